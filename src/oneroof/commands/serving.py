"""``oneroof serve``, ``migrate``, ``work`` and ``health``: the server and what keeps it going."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from oneroof.commands.checking import Json
from oneroof.commands.ending import OUR_FAULT, RefusedError
from oneroof.commands.screen import counted, err, say, say_json
from oneroof.commands.server import answering, ready

THREADS_A_WORKER = 4  # requests at a time: pages wait for the database more than they compute
GRACE = 30  # seconds that a stopping server gives requests under way


def serve(
    host: Annotated[str, typer.Option(envvar="ONEROOF_HOST", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="ONEROOF_PORT", min=1, max=65535, help="The port to listen at.")] = 8000,
    workers: Annotated[int, typer.Option(envvar="ONEROOF_WORKERS", min=1, max=64, help="Processes that answer.")] = 1,
) -> None:
    """Serve the pages and the API until Ctrl-C or SIGTERM.

    The embedded database is made and migrated first. On PostgreSQL run `oneroof migrate` before; the server refuses
    to start with a role that the database's walls do not hold.

    Example: `oneroof serve --port 8080`
    """
    ready()
    answering()
    from django.conf import settings
    from django.db import connection

    from oneroof.running import lock

    try:
        with lock.held(Path(settings.HOME)):
            if connection.vendor == "sqlite":
                migrate_tables()
            fit_to_serve()
            connection.close()
            _listen(host, port, workers, Path(settings.HOME))
    except lock.InUseError as error:
        raise RefusedError(f"{settings.HOME} is being restored. Start the server when that is done.") from error


def fit_to_serve() -> None:
    """RefusedError, with all reasons, where the tables or the role of PostgreSQL are not as they must be."""
    from oneroof.running import database_role, health

    told = [database_role.faults(), [fault] if (fault := health.migrations()) else []]
    if found := [fault for part in told for fault in part]:
        raise RefusedError("\n".join([*found, "The server did not start."]))


def _listen(host: str, port: int, workers: int, home: Path) -> None:
    """Run granian until a signal; requests under way are answered first."""
    import socket

    from granian.constants import Interfaces
    from granian.server import Server

    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise RefusedError(
                f"{host}:{port} can't be listened at: {(error.strerror or str(error)).lower()}. "
                f"Choose another port (--port {port + 1 if port < 65535 else 8000}) or stop what uses it."
            ) from error
    if workers > 1:
        _share_metrics(home / "metrics")
    say(f"OneRoof serves at http://{host}:{port}. Stop it with Ctrl-C.", to=err())
    Server(
        "oneroof.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS_A_WORKER,
        backpressure=64,
        log_level="warning",
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
        websockets=False,
    ).serve()


def _share_metrics(folder: Path) -> None:
    """Several processes count in files of a folder, emptied at the start."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def migrate() -> None:
    """Make or change the tables, as the role that owns them.

    On PostgreSQL as ONEROOF_OWNER_DATABASE_URL; the server's role oneroof_app is made, if that role may make roles,
    and gets its rights.

    Example: `oneroof migrate`
    """
    ready(as_owner=True)
    answering()
    from django.db import connection

    from oneroof.access.row_security import APPLICATION

    if connection.vendor == "postgresql" and not _application_role():
        raise RefusedError(
            f"There is no role {APPLICATION}, and this role may not make it. Run as a superuser: CREATE ROLE "
            f"{APPLICATION} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '...'; then run oneroof migrate again."
        )
    made = migrate_tables()
    say(f"{counted(made, 'migration')} done." if made else "The tables are those of this version.")


def migrate_tables() -> int:
    """Bring the tables to this version and give the server's role its rights; how many migrations were done."""
    from django.core.management import call_command

    from oneroof.access.row_security import grant
    from oneroof.running.health import missing_migrations

    missing = len(missing_migrations())
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
    grant()
    return missing


def _application_role() -> bool:
    """Whether the server's role is there; it is made where this role may make roles, without a password."""
    from django.db import connection

    from oneroof.access.row_security import APPLICATION

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
        if cursor.fetchone():
            return True
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        (may_make,) = cursor.fetchone()
        if may_make:
            cursor.execute(f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB")
            say(
                f"Made the role {APPLICATION}, without a password. Give it one: ALTER ROLE {APPLICATION} PASSWORD "
                f"'...'; and let ONEROOF_DATABASE_URL name it.",
                to=err(),
            )
    return bool(may_make)


def work(once: Annotated[bool, typer.Option("--once", help="End when no job waits.")] = False) -> None:
    """Carry out waiting jobs until Ctrl-C or SIGTERM; several may run.

    Among them are the house's own: what has expired is removed each hour, and a backup is made each day in
    ONEROOF_BACKUP_FOLDER.

    Example: `oneroof work --once`
    """
    ready()
    answering()
    from django.conf import settings
    from django.db import connection

    from oneroof.running import lock

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with lock.held(Path(settings.HOME)):
            if connection.vendor == "sqlite":
                migrate_tables()
            fit_to_serve()
            from oneroof.running.working import work as carry_on

            if not once:
                say("OneRoof works. Stop it with Ctrl-C.", to=err())
            done = carry_on(stop.is_set, stop.wait, once=once)
    except lock.InUseError as error:
        raise RefusedError(f"{settings.HOME} is being restored. Start the worker when that is done.") from error
    say(f"{counted(done, 'job')} done.", to=err())


def health(json: Json = False) -> None:
    """Say whether the house is fit to work: database, disk, migrations, journal, the database's role.

    The exit status is 0 when it is and 1 when it is not.

    Example: `oneroof health`
    """
    ready()
    from oneroof.running import database_role
    from oneroof.running.health import CHECKS, examine

    found = examine()
    if "database" not in found and (faults := database_role.faults()):
        found["role"] = " ".join(faults)
    if json:
        say_json({"status": "failing" if found else "ok", "failing": found})
    for told in [] if json else found.values():
        say(told)
    if found:
        raise typer.Exit(OUR_FAULT)
    if not json:
        say(f"All is well: {', '.join([*CHECKS, 'role'])}.")
