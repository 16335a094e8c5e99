"""Who looks: a person acting for a party in a role, or the public."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, models

from oneroof.access import roles
from oneroof.journal.actions import kind_of, walls_of


@dataclass(frozen=True)
class Viewer:
    """What the walls need to know of whoever asks.

    ``parties`` are those whose sight the viewer has: the party acted for; for a joint auditor every party that
    appointed them; for the public and for administrators none, so that they see what is public.
    """

    person: uuid.UUID | None = None
    party: uuid.UUID | None = None
    role: str = roles.PUBLIC
    parties: tuple[uuid.UUID, ...] = ()
    headquarters: bool = False

    def reads(self, kind: str) -> bool:
        """Whether the role reads a kind of record, where the walls let it through."""
        return roles.reads(self.role, kind)

    def writes(self, kind: str) -> bool:
        """Whether the role writes a kind of record, for its own party."""
        return roles.writes(self.role, kind)

    def may_write(self, record: models.Model) -> bool:
        """Whether the role writes this kind, and the record is the party's own or the house's."""
        owner = getattr(record, "owner_id", None)
        return self.writes(kind_of(record)) and (owner is None or owner == self.party)

    def sees(self, record: models.Model) -> bool:
        """Whether the record, as it stands in the database, is visible; records without walls are open inside."""
        walled = walls_of(type(record))
        return self.person is not None if walled is None else bool(walled.stands(self, record))


KEEPER = str(roles.Role.ADMINISTRATOR)
PUBLIC = Viewer()
# The house itself where it looks after its own chain: of every party's records it sees what is public.
WATCH = Viewer(role=KEEPER)


@contextmanager
def looking(viewer: Viewer) -> Iterator[None]:
    """Tell PostgreSQL whose sight the connection has; without it the database shows no record under the walls.

    At the end the sight is again what it was before: that of whoever asked for the page, or none.
    """
    before = _looks.get()
    _looks.set(viewer)
    tell(viewer)
    try:
        yield
    finally:
        _looks.set(before)
        tell(before)


# Whose sight the connection of this thread or task has.
_looks: ContextVar[Viewer | None] = ContextVar("looks", default=None)


def tell(viewer: Viewer | None) -> None:
    """Set, or with None take away, the connection's sight (docs/walls.md); SQLite has no such wall."""
    if connection.vendor != "postgresql":
        return
    sight = "" if viewer is None else ",".join(str(party) for party in viewer.parties) or "public"
    told = {"sight": sight, "office": "", "person": "", "keeper": ""}
    if viewer is not None:
        told["office"] = "yes" if viewer.headquarters else ""
        told["person"] = str(viewer.person or "")
        told["keeper"] = str(viewer.party or "all") if viewer.role == KEEPER else ""
    with connection.cursor() as cursor:
        sets = ", ".join(f"set_config('oneroof.{name}', %s, false)" for name in told)
        cursor.execute(f"SELECT {sets}", list(told.values()))
