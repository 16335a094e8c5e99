"""Deliveries placed one after another: what is known from the delivery before saves looks and changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from oneroof.planning import filling, tables
from oneroof.planning.packing import HAIR, Packing
from oneroof.planning.placing import HOPS, place_all
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.rounding import whole_units
from oneroof.planning.solve import Search
from tests.planning.tiny import Draw

WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"
ROOM = 64


@pytest.fixture(scope="module")
def winter() -> Relaxation:
    return Search(Problem.of(tables.read(WINTER))).run(0.001)


def placed(packing: Packing, s: int, each: int, left: np.ndarray, ceiling: np.ndarray) -> list[tuple[int, float, int]]:
    """Pair, units and day of up to ``each`` deliveries of a source through what is left."""
    pairs = len(packing.pairs.source)
    pair, taken, day = np.zeros(ROOM, np.int64), np.zeros(ROOM), np.zeros(ROOM, np.int64)
    first, leg, when = np.zeros(ROOM + 1, np.int64), np.zeros(ROOM * HOPS, np.int64), np.zeros(ROOM * HOPS, np.int64)
    _, count = place_all(
        packing.of.pool.terms, packing.terrain, np.array([s]), 0, each, packing.market.price, left,
        packing.need - HAIR, packing.whole_item, 1e-6, packing.no_bay, np.zeros(pairs), np.zeros(pairs), ceiling,
        np.zeros(pairs), packing.labels, packing.open, pair, taken, day, first, leg, when,
    )  # fmt: skip
    return list(zip(pair[:count].tolist(), taken[:count].tolist(), day[:count].tolist(), strict=True))


def test_a_sweep_is_used_again_only_while_no_way_has_closed(winter: Relaxation) -> None:
    """All deliveries of a source at once are those that are found when each has a sweep of its own."""
    packing = Packing(winter, guided=False)
    several = 0
    for s in np.flatnonzero(packing.sources.is_offer).tolist():
        left, ceiling = packing.limits.amount.copy(), np.full(len(packing.pairs.source), np.inf)
        again, one_by_one = left.copy(), list[tuple[int, float, int]]()
        at_once = placed(packing, s, ROOM, left, ceiling)
        while more := placed(packing, s, 1, again, np.full(len(ceiling), np.inf)):
            one_by_one += more
        assert at_once == one_by_one
        assert (left == again).all()
        several += len(at_once) > 1
    assert several >= 3


@pytest.mark.parametrize("seed", range(6))
def test_offers_looked_at_side_by_side_first_make_the_same_plan(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    relaxation = Search(Problem.of(Draw(seed, pins=False).tables())).run(0.001)
    monkeypatch.setattr(filling, "MANY", 10**9)
    one_by_one = whole_units(relaxation)
    monkeypatch.setattr(filling, "MANY", 1)
    assert whole_units(relaxation) == one_by_one


def test_a_look_side_by_side_never_underrates_a_pair(winter: Relaxation, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pairs are found to be worth is at least what a sweep of their own source finds."""
    monkeypatch.setattr(filling, "MANY", 1)
    packing = Packing(winter)
    least = np.full(len(packing.pairs.source), -np.inf)
    offers = np.flatnonzero(packing.sources.is_offer)
    filling._look(packing, offers, least)
    seen = packing.by.ceiling.copy()
    assert np.isfinite(seen).any()
    packing.by.ceiling[:] = np.inf
    for s in offers.tolist():
        placed_nothing = placed(packing, s, 1, packing.limits.amount.copy(), packing.by.ceiling)
        assert len(placed_nothing) <= 1
    own = packing.by.ceiling - packing.charge
    looked = np.isfinite(seen) & np.isfinite(own)
    assert looked.any()
    assert (seen[looked] >= own[looked] - 1e-9).all()
