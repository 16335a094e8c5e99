"""Copies of the embedded database: taken while it is in use, put back whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from oneroof.running.chains import broken_chains
from oneroof.running.errors import BackupError


def place() -> Path:
    """Where the embedded database lies."""
    return Path(str(settings.DATABASES["default"]["NAME"]))


def copy(target: Path) -> None:
    """Copy the database as it stands at one instant, while others go on writing (SQLite's online backup)."""
    with closing(sqlite3.connect(place(), timeout=60)) as source, closing(sqlite3.connect(target)) as made:
        source.backup(made)
        # A file of its own, without a log beside it.
        made.execute("PRAGMA journal_mode=DELETE")


def put(source: Path) -> None:
    """Put a copy in the place of the database; the one that was there stays beside it as ``.replaced``."""
    target = place()
    connection.close()
    beside = target.with_name(f".{target.name}.restored")
    shutil.copyfile(source, beside)
    beside.chmod(0o600)
    verify(beside)
    if target.exists():
        with closing(sqlite3.connect(target, timeout=1)) as old:
            try:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (mode,) = old.execute("PRAGMA journal_mode=DELETE").fetchone()
            except sqlite3.OperationalError:
                mode = "in use"
        if mode != "delete":
            beside.unlink()
            raise BackupError(f"{target} is in use by another program. Stop it first.")
        replaced = target.with_name(f"{target.name}.replaced")
        replaced.unlink(missing_ok=True)
        os.link(target, replaced)
    beside.replace(target)


def verify(file: Path) -> None:
    """BackupError where SQLite finds the file damaged, or its journal is not whole; the file then goes."""
    with closing(sqlite3.connect(file)) as opened:
        try:
            (told,) = opened.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            told = str(error)
    if told == "ok":
        _number, breaks = broken_chains(NAME=str(file))
        told = "; ".join(breaks) or "ok"
    if told != "ok":
        file.unlink()
        raise BackupError(f"The copy is damaged ({told}). Nothing was replaced. Take another backup.")
