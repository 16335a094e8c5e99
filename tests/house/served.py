"""A house of its own for a test: an empty database of either kind, its commands, its server in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

SUPERUSER = os.environ.get("ONEROOF_DATABASE_URL", "")
POSTGRESQL = SUPERUSER.startswith("postgres")
ROLES = {
    "oneroof_owner": "NOSUPERUSER NOBYPASSRLS",
    "oneroof_app": "NOSUPERUSER NOBYPASSRLS",
    "oneroof_backup": "NOSUPERUSER BYPASSRLS",
}


@dataclass
class House:
    """Where a house lives: its environment, and what it was last started as."""

    home: Path
    env: dict[str, str]
    database: str = ""
    session: str = ""
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        command = [sys.executable, "-m", "oneroof", *arguments]
        env = {**self.env, **more}
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)

    def python(self, module: str, *arguments: str, **more: str) -> str:
        """Run a module of the tests in this house; what it prints."""
        command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
        env = {**self.env, "DJANGO_SETTINGS_MODULE": "oneroof.settings", **more}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *options: str, **more: str) -> str:
        """Start the server in a group of its own and wait until it answers; its address."""
        port = str(free_port())
        log = (self.home / "server.log").open("ab")
        command = [sys.executable, "-m", "oneroof", "serve", "--port", port, *options]
        process = subprocess.Popen(command, env={**self.env, **more}, stderr=log, start_new_session=True)
        log.close()
        self.started.append(process)
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            assert process.poll() is None, (self.home / "server.log").read_text()
            with suppress(OSError):
                get(f"{address}/healthz")
                return address
            time.sleep(0.05)
        raise AssertionError("the server did not answer within 30 seconds")

    def kill(self) -> None:
        """SIGKILL to every process of the server at once."""
        process = self.started.pop()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> int:
        """SIGTERM to the server, as an operator stops it; its exit status."""
        process = self.started.pop()
        process.terminate()
        return process.wait(timeout=60)

    def log(self) -> str:
        """What the server logged."""
        return (self.home / "server.log").read_text()


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def get(address: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer; raises OSError where nobody answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers or {}), timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def answer_json(address: str) -> object:
    """The body of an answer as JSON."""
    return json.loads(get(address)[2])


@contextmanager
def house(folder: Path, like: House | None = None) -> Iterator[House]:
    """A house with an empty database of the kind that the tests run on, or a copy of another; servers end with it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ONEROOF_", "DJANGO_"))}
    env = {**kept, "ONEROOF_HOME": str(folder), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    # The tests ask more often than people do.
    env |= {"ONEROOF_REQUESTS_PER_PERSON": "0", "ONEROOF_REQUESTS_PER_ADDRESS": "0"}
    made = House(folder, env)
    if like is not None:
        made.session = like.session
        for file in like.home.glob("*"):
            if file.is_file() and file.name != "running.lock":
                shutil.copy(file, folder)
    if POSTGRESQL:
        made.database = f"house_{uuid.uuid4().hex}"
        make_database(made.database, like.database if like else "template1")
        for variable, role in (("", "app"), ("OWNER_", "owner"), ("BACKUP_", "backup")):
            made.env[f"ONEROOF_{variable}DATABASE_URL"] = address_of(made.database, f"oneroof_{role}")
    try:
        yield made
    finally:
        while made.started:
            with suppress(ProcessLookupError):
                made.kill()
        if POSTGRESQL:
            as_superuser(f"DROP DATABASE {made.database} WITH (FORCE)")


def make_database(name: str, template: str) -> None:
    """A copy of a database, of the role oneroof_owner; the roles are made where they are missing."""
    for role, rights in ROLES.items():
        if not as_superuser("SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            as_superuser(f"CREATE ROLE {role} LOGIN {rights}")
    as_superuser("GRANT pg_read_all_data TO oneroof_backup")
    as_superuser(f"CREATE DATABASE {name} OWNER oneroof_owner TEMPLATE {template}")


def address_of(database: str, role: str) -> str:
    """The address of a database on the tests' server, for a role; the server trusts its own computer."""
    parts = urlsplit(SUPERUSER)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{role}@{host}", f"/{database}", parts.query, ""))


def as_superuser(statement: str, *values: object, database: str = "") -> list[tuple[object, ...]]:
    """Run one statement as the tests' superuser; its rows."""
    import psycopg  # noqa: PLC0415 only on PostgreSQL

    address = SUPERUSER
    if database:
        parts = urlsplit(SUPERUSER)
        address = urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []
