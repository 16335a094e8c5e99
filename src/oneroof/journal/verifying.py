"""Walks through chains of events and finds what does not fit: the hashes, the positions, the checkpoints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from oneroof.journal.chain import START, hash_after
from oneroof.journal.rows import Row, leaf_bytes

# Of each chain, by position: the hashes that checkpoints give, with where they come from.
Known = Mapping[str, Mapping[int, list[tuple[str, str]]]]
READ = json.JSONDecoder().decode
MEND = "Restore the journal from a backup made before the change, and ask who had access to the database since then."


@dataclass(frozen=True)
class Fault:
    """The first fault of a chain: where, what, why."""

    chain: str
    position: int
    event: str
    what: str
    why: str
    cure: str = MEND


@dataclass
class Walked:
    """What was verified: events, and of each chain its length, its checkpoints that fit, and its first fault."""

    events: int = 0
    chains: dict[str, int] = field(default_factory=dict)
    checkpoints: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def walk(rows: Iterable[Row], known: Known, progress: Callable[[int], None] = lambda events: None) -> Walked:
    """Verify events that come chain by chain; of each chain the first fault is told and the rest passed over."""
    walked = Walked()
    chain, position, previous, broken = "", 0, START, False
    marks: Mapping[int, list[tuple[str, str]]] = {}
    release = ""

    def end() -> None:
        walked.chains[chain] = position
        if not broken:
            _ends_early(walked, chain, position, marks)

    for row in rows:
        walked.events += 1
        if not walked.events % 100_000:
            progress(walked.events)
        if row.chain != chain:
            if chain:
                end()
            chain, position, previous, broken = row.chain, 0, START, row.chain in walked.chains
            marks = known.get(chain, {})
        if broken:
            continue
        fault = _fault(row, position, previous, release) or _unlike_checkpoint(row, marks, walked)
        if fault:
            walked.faults.append(fault)
            broken = True
            continue
        position, previous, release = row.position, row.hash, row.release
    if chain:
        end()
    for missing in set(known) - set(walked.chains):
        walked.chains[missing] = 0
        _ends_early(walked, missing, 0, known[missing])
    return walked


def _fault(row: Row, position: int, previous: str, release: str) -> Fault | None:
    """What is wrong with a row after the one at ``position`` with hash ``previous``; None where it fits.

    ``release`` is a text that was found to be an object before: it mostly repeats.
    """
    if row.position != position + 1 or type(row.position) is not int:
        skipped = type(row.position) is int and row.position > position
        what = f"position {position + 1} is missing" if skipped else "a position stands twice"
        why = "An event was deleted, added or moved: positions count from 1 without holes."
        return Fault(row.chain, position + 1, row.id, what, f"{why} The row that comes next has {row.position!r}.")
    if row.previous != previous:
        why = "An event was deleted, added or changed before it, or this column was."
        return Fault(row.chain, position + 1, row.id, "the previous hash is not that of the event before", why)
    try:
        computed = hash_after(previous, leaf_bytes(row))
        fits = computed == row.hash and _objects(row, release)
    except (TypeError, ValueError, UnicodeError):
        fits = False
    if not fits:
        why = "A column of this event was changed, or its hash was."
        return Fault(row.chain, position + 1, row.id, "the hash does not fit the event", why)
    return None


def _objects(row: Row, release: str) -> bool:
    """Whether each column of JSON is one object: then nothing can move from one column to the next unseen."""
    for text in (row.before, row.after):
        if text != "{}" and type(READ(text)) is not dict:
            return False
    return row.release in ("{}", release) or type(READ(row.release)) is dict


def _unlike_checkpoint(row: Row, marks: Mapping[int, list[tuple[str, str]]], walked: Walked) -> Fault | None:
    """A fault where a checkpoint gives this position another hash."""
    for known, where in marks.get(row.position, ()):
        if known != row.hash:
            why = f"{where} gives this position another hash: the chain was changed and its hashes were made anew."
            return Fault(row.chain, row.position, row.id, "the chain is not the one that was signed", why)
        walked.checkpoints[row.chain] = walked.checkpoints.get(row.chain, 0) + 1
    return None


def _ends_early(walked: Walked, chain: str, position: int, marks: Mapping[int, list[tuple[str, str]]]) -> None:
    """A fault where a checkpoint knows a later position than the chain has."""
    later = [place for place in marks if place > position]
    if later:
        where = marks[max(later)][0][1]
        why = f"{where} signs position {max(later)}: the events after {position} were deleted."
        walked.faults.append(Fault(chain, position + 1, "", f"the chain ends at position {position}", why))
