"""Events as the database keeps them, row by row, for the verifier and for exports: no model, nothing made nicer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from django.db import connection


class Row(NamedTuple):
    """One event as text; ``before``, ``after`` and ``release`` are the very text of their columns."""

    id: str
    chain: str
    position: Any
    at: str
    actor: str | None
    party: str | None
    role: str
    action: str
    verb: str
    kind: str
    record: str
    before: str
    after: str
    why: str
    release: str
    previous: str
    hash: str


# The columns that hold keys of 32 digits on SQLite: of single things, and of parties and people.
KEYS, KEYS_OF_MANY = (0, 7, 10), (1, 4, 5)
AT = 3
POSTGRESQL = ", ".join(
    {
        "at": """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        "position": "position",
    }.get(name, f"{name}::text")
    for name in Row._fields
)
SQLITE = ", ".join(name if name == "position" else f"CAST({name} AS text)" for name in Row._fields)
BATCH = 2000


def every_row() -> Iterator[Row]:
    """All events of the database, chain by chain in order of position; one statement, so one moment of it."""
    if connection.vendor == "postgresql":
        with connection.chunked_cursor() as cursor:
            cursor.itersize = 20_000
            cursor.execute(f"SELECT {POSTGRESQL} FROM oneroof_event ORDER BY oneroof_event.chain, position, id")
            while batch := cursor.fetchmany(BATCH):
                yield from map(Row._make, batch)
    else:
        with bytes_as_they_are(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {SQLITE} FROM oneroof_event ORDER BY chain, position, id")
            while batch := cursor.fetchmany(BATCH):
                yield from map(from_sqlite, batch)


def rows_after(chain: uuid.UUID, position: int, *, up_to: int, most: int = BATCH) -> list[Row]:
    """The next rows of a chain after a position, at most ``most`` and none beyond ``up_to``."""
    places = [str(chain) if connection.vendor == "postgresql" else chain.hex, position, up_to, most]
    columns = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    chosen = (
        f"SELECT {columns} FROM oneroof_event WHERE oneroof_event.chain = %s AND position > %s AND position <= %s "
        "ORDER BY position LIMIT %s"
    )
    with bytes_as_they_are(), connection.cursor() as cursor:
        cursor.execute(chosen, places)
        return [Row._make(row) if connection.vendor == "postgresql" else from_sqlite(row) for row in cursor.fetchall()]


@contextmanager
def bytes_as_they_are() -> Iterator[None]:
    """On SQLite, texts come as bytes: what is no UTF-8 any more is then found as changed, and does not end the run."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    connection.connection.text_factory = bytes
    try:
        yield
    finally:
        connection.connection.text_factory = str


def from_sqlite(values: tuple[Any, ...]) -> Row:
    """A row of SQLite: keys get their hyphens, the instant its canonical form."""
    row = [v.decode("utf-8", "surrogateescape") if type(v) is bytes else v for v in values]
    for place in KEYS:
        key = row[place]
        if key is not None:
            row[place] = f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
    for place in KEYS_OF_MANY:
        row[place] = hyphened(row[place])
    row[AT] = canonical_at(row[AT])
    return Row._make(row)


@lru_cache(maxsize=4096)
def hyphened(key: str | None) -> str | None:
    """A key of 32 digits as it is written elsewhere; those of parties and people come again and again."""
    return None if key is None else f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def canonical_at(text: str) -> str:
    """``2024-07-11 09:30:00.123456`` as Django keeps it in SQLite, in the canonical form; other texts stay.

    Without microseconds Django writes none; six zeros are another text and not taken for the same.
    """
    if text[10:11] == " ":
        if len(text) == 26 and text[20:] != "000000":
            return f"{text[:10]}T{text[11:]}Z"
        if len(text) == 19:
            return f"{text[:10]}T{text[11:]}.000000Z"
    return text


def leaf_bytes(row: Row) -> bytes:
    """The canonical leaf of a row, put together from its columns; the same bytes as `chain.canonical` of the event."""
    text = encode_basestring
    actor = "null" if row.actor is None else f'"{row.actor}"'
    party = "null" if row.party is None else f'"{row.party}"'
    return (
        f'{{"action":"{row.action}","actor":{actor},"after":{row.after},"at":"{row.at}","before":{row.before},'
        f'"chain":"{row.chain}","id":"{row.id}","kind":{text(row.kind)},"party":{party},"position":{row.position},'
        f'"record":"{row.record}","release":{row.release},"role":{text(row.role)},"verb":{text(row.verb)},'
        f'"why":{text(row.why)}}}'
    ).encode("utf-8", "surrogateescape")


def as_line(row: Row) -> bytes:
    """A row as one line of the export: canonical JSON of the event with the two hashes."""
    return (
        b'{"event":'
        + leaf_bytes(row)
        + f',"hash":"{row.hash}","previous":"{row.previous}"}}\n'.encode("utf-8", "surrogateescape")
    )


def exported(chain: uuid.UUID, around: Callable[[], AbstractContextManager[None]] = nullcontext) -> Iterator[bytes]:
    """The lines of a chain as it stands now, oldest first, some at a time.

    Each batch is read within ``around()``: an answer is sent after its request has lost the database's sight.
    """
    with around(), connection.cursor() as cursor:
        key = str(chain) if connection.vendor == "postgresql" else chain.hex
        cursor.execute("SELECT max(position) FROM oneroof_event WHERE oneroof_event.chain = %s", [key])
        last = cursor.fetchone()[0] or 0
    position = 0
    while position < last:
        with around():
            batch = rows_after(chain, position, up_to=last)
        if not batch:
            return
        position = batch[-1].position
        yield from map(as_line, batch)
