"""``oneroof backup`` and ``restore``: the whole house in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oneroof.commands.ending import RefusedError
from oneroof.commands.planning import Force
from oneroof.commands.screen import counted, say
from oneroof.commands.server import answering, ready

Keys = Annotated[
    bool, typer.Option("--with-keys", help="Also the keys of ONEROOF_HOME. Whoever has them can forge sign-ins.")
]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup to write.")],
    with_keys: Keys = False,
    force: Force = False,
) -> None:
    """Write a backup while the server runs: the database at one instant, in one file with its digests.

    On PostgreSQL as the role of ONEROOF_BACKUP_DATABASE_URL. The file holds every party's records: keep it as
    closely as the database.

    Example: `oneroof backup oneroof-1.backup`
    """
    if file.exists() and not force:
        raise RefusedError(f"{file} exists and is not replaced. Choose another name, or add --force to replace it.")
    if not file.absolute().parent.is_dir():
        raise RefusedError(f"{file.absolute().parent} is no folder. Make it first, or choose another.")
    ready()
    answering()
    from oneroof.running.backups import back_up, digest
    from oneroof.running.errors import BackupError

    try:
        back_up(file, with_keys=with_keys)
    except BackupError as error:
        raise RefusedError(f"{error} No backup was written.") from error
    say(f"{file} holds the house ({file.stat().st_size / 1e6:,.1f} MB), sha256 {digest(file)}.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup that oneroof backup wrote.")],
    with_keys: Keys = False,
    force: Force = False,
) -> None:
    """Put a backup in the place of the database: verified, all of it or nothing. Stop the server first.

    On PostgreSQL as the role of ONEROOF_OWNER_DATABASE_URL. A database that holds tables is replaced with --force
    alone.

    Example: `oneroof restore oneroof-1.backup`
    """
    if not file.is_file():
        raise RefusedError(f"{file} is no file. Name a backup that oneroof backup wrote.")
    ready(as_owner=True)
    from django.conf import settings

    from oneroof.running import lock

    try:
        with lock.held(Path(settings.HOME), alone=True):
            _restore(file, force, with_keys)
    except lock.InUseError as error:
        raise RefusedError(
            f"A server or a worker is at work in {settings.HOME}. Stop it, then restore. Nothing was changed."
        ) from error


def _restore(file: Path, force: bool, with_keys: bool) -> None:
    """Restore, bring the tables to this version, verify the journal as it lies there now."""
    from oneroof.commands.serving import migrate_tables
    from oneroof.running.backups import restore
    from oneroof.running.chains import broken_chains
    from oneroof.running.errors import BackupError

    answering()
    try:
        manifest = restore(file, force=force, with_keys=with_keys)
    except BackupError as error:
        raise RefusedError(str(error)) from error
    migrated = migrate_tables()
    say(f"Restored the house of {manifest['made_at']}" + (f", and migrated it by {migrated}." if migrated else "."))
    number, breaks = broken_chains()
    if breaks:
        raise RefusedError(f"The journal is not whole: {'; '.join(breaks)}. Do not serve it; restore another backup.")
    say(f"The journal is whole: {counted(number, 'event')}.")
