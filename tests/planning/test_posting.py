"""Shipments in a ledger: what is posted is what a reader finds in the tables that are printed of it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from oneroof.planning import tables as problems
from oneroof.planning.ledger import Ledger, Lines
from oneroof.planning.posting import posted
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.rounding import fractional, rounded
from oneroof.planning.solve import Search
from oneroof.planning.whole import Shipments
from oneroof.planning.writing import lines_of
from tests.planning.tiny import Draw, read

WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"


def drawn(seed: int) -> Problem:
    draw = Draw(seed, pins=False)
    draw.draw()
    return Problem.of(read(draw.settings, draw.rows))


def assert_same(one: Ledger, other: Ledger) -> None:
    """Every line, purchase and cohort is the same to the last digit."""
    for field in fields(Lines):
        a, b = getattr(one.lines, field.name), getattr(other.lines, field.name)
        if field.name in ("tonnes", "carried"):  # as printed: half a unit of the sixth decimal may go either way
            assert np.allclose(a, b, rtol=0, atol=1.01e-6), field.name
        else:
            assert np.array_equal(a, b), field.name
    assert one.purchases == other.purchases
    assert one.cohorts == other.cohorts


@pytest.fixture(scope="module")
def winter() -> Relaxation:
    return Search(Problem.of(problems.read(WINTER))).run(0.001)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("made", [rounded, fractional])
def test_a_posted_ledger_is_the_one_that_is_read_from_its_tables(made, seed):
    relaxation = Search(drawn(seed)).run(0.01)
    ledger = posted(relaxation, made(relaxation))

    assert_same(ledger, Ledger.of(relaxation.problem, lines_of(relaxation.problem, ledger)))


@pytest.mark.parametrize("made", [rounded, fractional])
def test_purchases_and_cohorts_are_posted_as_they_are_printed(made, winter):
    ledger = posted(winter, made(winter))

    assert ledger.purchases
    assert ledger.cohorts
    assert_same(ledger, Ledger.of(winter.problem, lines_of(winter.problem, ledger)))


def test_deliveries_stand_by_requirement_arrival_and_source_whatever_order_they_were_found_in(winter):
    shipments = rounded(winter)
    found = posted(winter, shipments)
    p, lines = winter.problem, found.lines
    names = [
        (p.requirements.keys[r], arrive, depart, "offer" if offered else "purchase")
        for r, arrive, depart, offered in zip(
            lines.requirement, lines.arrive, lines.depart, lines.from_offer, strict=True
        )
    ]

    assert names == sorted(names)
    assert_same(found, posted(winter, Shipments(shipments.trips[::-1], shipments.cohorts[::-1], 0.0)))


def test_what_one_source_sends_one_way_on_the_same_days_is_one_delivery(winter):
    shipments = rounded(winter)
    halves = tuple((trip, units / 2) for trip, units in shipments.trips for _ in range(2))

    assert_same(posted(winter, Shipments(halves, shipments.cohorts, 0.0)), posted(winter, shipments))


def test_quantities_too_small_to_be_printed_are_no_deliveries(winter):
    shipments = rounded(winter)
    dust = tuple((trip, 1e-7) for trip, _ in shipments.trips[:3])
    found = posted(winter, Shipments(dust, (), 0.0))

    assert len(found.lines.key) == 0
    assert found.purchases == ()
