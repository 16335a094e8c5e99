"""Nobody can tell from any answer whether what another party hides exists."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import Q

from oneroof.access import visibility
from oneroof.access.actions import release_set
from oneroof.access.models import Record
from oneroof.access.row_security import APPLICATION
from oneroof.access.viewer import looking
from oneroof.journal.actions import kind_of
from tests.house.makers import MAKERS
from tests.house.worlds import OBSERVERS, addresses, browser, differences, hide, live, observe, settle, still

pytestmark = pytest.mark.django_db


@contextmanager
def world_of(seed: int, *, hiding: bool, first: str) -> Iterator[tuple[object, list[str]]]:
    """A world that is rolled back at its end; ``first`` says which records are made first, hidden or shared ones."""
    with transaction.atomic(), still(f"{seed} shared"):
        world = settle(seed)
        secret = release_set()
        if hiding and first == "hidden":
            hide_apart(world, secret)
        live(world, MAKERS, count=12)
        if hiding and first == "shared":
            hide_apart(world, secret)
        yield world
        transaction.set_rollback(True)


def hide_apart(world, secret):
    """Hidden records draw from dice and bytes of their own, so that they move nothing that is shared.

    They may rest on shared records (a hidden closure of a node that all see), but never the other way round.
    """
    shared, world.dice = world.dice, random.Random(f"{world.seed} hidden")
    made, world.made = world.made, {kind: list(records) for kind, records in world.made.items()}
    with still(f"{world.seed} hidden"):
        hide(world, MAKERS, 2, secret)
    world.dice, world.made = shared, made


def both_worlds(seed: int, observers: tuple, most: int = 20, *, lists: bool = False) -> list[str]:
    """What observers can tell apart between two worlds that differ in hidden records alone.

    They ask for at most so many addresses, drawn by the seed, and follow links to as many more; with ``lists`` for
    every address without a record's id, and for nothing more.
    """
    dice = random.Random(seed)
    first = dice.choice(("hidden", "shared"))
    with world_of(seed, hiding=True, first=first) as world:
        hidden = world.keys(world.hidden)
        shared = world.keys(record for records in world.made.values() for record in records)
        words = [str(world.hidden[0]).split()[0], "H0"]
        keys = [] if lists else [*dice.sample(shared, min(6, len(shared))), *dice.sample(hidden, 6)]
        asked = addresses(keys, sorted(MAKERS), words)
        asked = asked if lists else dice.sample(asked, min(most, len(asked)))
        limit = len(asked) if lists else 2 * most
        with_them = {seat: look(world, seat, asked, limit) for seat in observers}
    with world_of(seed, hiding=False, first=first) as world:
        without = {seat: look(world, seat, asked, limit) for seat in observers}
    return [f"{seat}: {told}" for seat in observers for told in differences(with_them[seat], without[seat])]


def look(world, seat, asked, limit):
    with still(f"{world.seed} {seat}"):
        return observe(browser(world, seat), asked, limit)


def test_every_kind_under_the_walls_is_in_the_worlds():
    kinds = {kind_of(model) for model in apps.get_models() if issubclass(model, Record)}

    assert kinds == set(MAKERS)


# The second wall makes it harder to go wrong; the first one alone is tried longer.
@pytest.mark.parametrize("seed", range(10 if settings.POSTGRESQL else 50))
def test_two_worlds_that_differ_in_hidden_records_answer_alike(seed):
    assert both_worlds(seed, (OBSERVERS[seed % len(OBSERVERS)],)) == []


@pytest.mark.parametrize("seat", [OBSERVERS[0], OBSERVERS[-1]], ids=str)
def test_two_worlds_answer_alike_on_every_list(seat):
    assert both_worlds(50, (seat,), lists=True) == []


def unfiltered(self, viewer):
    """What a kind would show without its filter."""
    rows = visibility.Visible(self.model, using=self._db)
    rows.viewer = viewer
    return rows.all()


# The filter is the same on both databases: on PostgreSQL one kind shows that its loss is seen there too.
@pytest.mark.parametrize("kind", ["item"] if settings.POSTGRESQL else sorted(MAKERS))
def test_without_the_filter_of_a_kind_the_worlds_differ(kind):
    whole = visibility.Walled.visible_to

    def holed(self, viewer):
        return unfiltered(self, viewer) if kind_of(self.model) == kind else whole(self, viewer)

    with patch.object(visibility.Walled, "visible_to", holed), told_everything():
        assert any(noticed(seed) for seed in range(60, 63))


def noticed(seed):
    """Whether the worlds differ, or a page stumbles over a record whose owner it can't show."""
    try:
        return bool(both_worlds(seed, OBSERVERS[:1], lists=True))
    except (AttributeError, ObjectDoesNotExist):
        return True


@pytest.mark.parametrize("hole", ["owner", "release", "embargo"])
def test_without_a_part_of_the_rule_somebody_sees_too_much(hole):
    def seen_too_much(seed):
        with world_of(seed, hiding=True, first="hidden") as world:
            before = counts(world)
            with patch.object(visibility, "sight", holed_sight(hole)), told_everything():
                after = counts(world)
        return any(after[seat] > before[seat] for seat in before)

    assert any(seen_too_much(seed) for seed in range(8))


def counts(world):
    models = [model for model in apps.get_models() if issubclass(model, Record)]
    told = {}
    for code, who in world.viewers.items():
        with looking(who):
            told[code] = sum(model.objects.visible_to(who).count() for model in models)
    return told


def holed_sight(hole):
    whole = visibility.sight

    def sight(viewer, path, release):
        if hole == "owner":
            return whole(viewer, path, release) | Q(**{f"{path}owner__isnull": False})
        if hole == "release":
            return whole(viewer, path, release) | Q(**{f"{path}{release}__isnull": False, f"{path}embargo_until": None})
        return whole(replace(viewer, headquarters=True), path, release)

    return sight


@contextmanager
def told_everything() -> Iterator[None]:
    """Without the second wall of PostgreSQL, so that a hole in the first one shows."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        yield
        cursor.execute(f"SET ROLE {APPLICATION}")
