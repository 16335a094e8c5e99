"""An owner's chain to look at, and the way to it as whoever owns the tables."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from oneroof.access.actions import release_set
from oneroof.access.row_security import APPLICATION
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item, change_item

FIELDS = {"name": "Howitzer", "name_uk": "Гаубиця", "unit": "vehicle", "tonnes_per_unit": "25.5"}


@pytest.fixture
def add(parties):
    """Adds an item: ``add(denmark, "A", "NLD")`` is released to the Netherlands."""

    def make(by, code, *to, **more):
        with looking(by):
            chosen = release_set([parties[c] for c in to])
            return add_item(by, to=chosen, why="First entry", **{**FIELDS, "code": code, **more})

    return make


@pytest.fixture
def change():
    def make(by, item, **fields):
        with looking(by):
            return change_item(by, item, why="Corrected “as told”", **fields)

    return make


@pytest.fixture
def busy(add, change, denmark, netherlands):
    """Denmark has written 12 events and the Netherlands 4, taking turns."""
    for number in range(4):
        item = add(denmark, f"D{number}", "NLD")
        change(denmark, item, name_uk=f"Гаубиця № {number}")
        change(denmark, item, tonnes_per_unit="26", explosives=True)
        add(netherlands, f"N{number}")


@contextmanager
def owner() -> Iterator[None]:
    """Within it the database sees whoever owns the tables (on PostgreSQL a superuser); nothing of it stays."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            connection.cursor().execute("RESET ROLE")
        try:
            yield
        finally:
            transaction.set_rollback(True)
    if connection.vendor == "postgresql":
        connection.cursor().execute(f"SET ROLE {APPLICATION}")


def unguard(table: str = "oneroof_event") -> None:
    """Take the guards away, as somebody with every right on the machine could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS event_position_in_chain")
        else:
            # Its unique constraint can't be dropped.
            for verb in ("update", "delete", "replace"):
                cursor.execute(f"DROP TRIGGER {table}_no_{verb}")
