"""Whether a database's journal is whole: every chain without holes, every hash as it follows from what it covers."""

from __future__ import annotations

from typing import Any

from django.db import connections

from oneroof.journal.actions import leaf_of
from oneroof.journal.chain import START, leaf_hash
from oneroof.journal.models import Event


def broken_chains(**database: Any) -> tuple[int, list[str]]:
    """How many events a database has, and in words where each broken chain breaks first.

    The database is the default one with other settings: another file (``NAME``), another role (``USER``).
    """
    connections.settings["copy"] = {**connections.settings["default"], **database}
    try:
        return _read("copy")
    finally:
        connections["copy"].close()
        del connections["copy"], connections.settings["copy"]


def _read(using: str) -> tuple[int, list[str]]:
    number, found = 0, {}
    last: dict[str, tuple[int, str]] = {}
    for event in Event.objects.using(using).order_by("chain", "position").iterator(chunk_size=2000):
        number += 1
        chain = str(event.chain)
        position, before = last.get(chain, (0, START))
        right = event.position == position + 1 and event.previous == before
        if chain not in found and not (right and leaf_hash(event.previous, leaf_of(event)) == event.hash):
            found[chain] = f"chain {chain} breaks at position {event.position}"
        last[chain] = (event.position, event.hash)
    return number, list(found.values())
