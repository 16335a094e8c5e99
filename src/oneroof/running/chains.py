"""Whether a database's journal is whole: every chain without holes, every hash as it follows from what it covers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from oneroof.journal.rows import every_row
from oneroof.journal.verifying import walk


def broken_chains(**database: Any) -> tuple[int, list[str]]:
    """How many events a database has, and in words where each broken chain breaks first.

    The database is the default one with other settings: another file (``NAME``), another role (``USER``). Signed
    checkpoints prove more: `oneroof audit verify`.
    """
    with _elsewhere(database):
        walked = walk(every_row(), {})
    return walked.events, [f"chain {f.chain} breaks at position {f.position}: {f.what}" for f in walked.faults]


@contextmanager
def _elsewhere(database: dict[str, Any]) -> Iterator[None]:
    """The default connection with other settings, for a while."""
    before = connection.settings_dict
    connection.close()
    connection.settings_dict = {**before, **database}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before
