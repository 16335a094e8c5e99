"""Ways through what is left: looking only at days and nodes that matter finds what a look at all of them finds."""

from pathlib import Path

import numpy as np
import pytest

from oneroof.planning.ledger import Ledger
from oneroof.planning.limits import limits_of
from oneroof.planning.problem import Problem
from oneroof.planning.room import FLOOR, Room, Stock
from tests.planning.planted import sound

FREE = (False, ())


def room_of(folder: Path, seed: int) -> tuple[Problem, Room, np.random.Generator]:
    """A problem's room, what is left of legs and nodes drawn at random."""
    draw = np.random.default_rng(seed)
    problem = sound(seed).problem(folder / "p")
    room = Room.of(problem, limits_of(problem), Ledger.of(problem, {}))
    room.legs[:] = draw.choice([0.0, 2.0, 10.0, 60.0], room.legs.shape)
    room.nodes[:] = draw.choice([2.0, 20.0, 90.0], room.nodes.shape)
    return problem, room, draw


@pytest.mark.parametrize("seed", range(12))
def test_prices_and_ways_are_those_of_a_whole_sweep(tmp_path: Path, seed: int) -> None:
    p, room, draw = room_of(tmp_path, seed)
    lim, need, top = room.limits, 3.0, 900.0
    dual = draw.choice([0.0, 5.0, 400.0, 2000.0], len(room.left))
    found = 0
    for node in range(len(p.nodes.keys)):
        by = int(draw.integers(0, p.days))
        stocks = [
            Stock(home, int(draw.integers(0, p.days)), int(draw.integers(0, p.days)), 1.0, FREE)
            for home in range(len(p.nodes.keys))
        ]
        charges = []
        for left, prices, amount in (
            (room.legs, lim.leg_weeks(dual, len(p.legs.keys)), p.legs.capacity),
            (room.nodes, lim.node_weeks(dual, len(p.nodes.keys)), p.nodes.handling),
        ):
            charged = np.where((amount <= 0)[:, None], top, np.clip(prices, FLOOR * top, top))
            charges.append(np.where(left < need - 1e-6, charged, 0.0))
        price = np.ascontiguousarray(p.legs.cost[:, None] + charges[0] + charges[1][p.legs.origin])
        price[~room.roads.allowed(*FREE)] = np.inf
        prices = room.prices(stocks, need, dual, top, node, by)
        ways = [room.way(stock, float(cost), node, by) for stock, cost in zip(stocks, prices, strict=True)]
        room.roads.sweep(price, node, 0, by)
        for stock, cost, way in zip(stocks, prices.tolist(), ways, strict=True):
            whole = room.roads.follow(price, node, stock.node, stock.first, stock.until, by)
            assert cost == (np.inf if whole is None else whole.price)
            assert np.isinf(cost) or way == whole
            found += whole is not None and len(whole.legs) > 0
    assert found


def test_a_trial_leaves_the_room_as_it_was(tmp_path: Path) -> None:
    p, room, _ = room_of(tmp_path, 1)
    before, brought = room.left.copy(), 0.0
    with room.trial():
        for node in range(len(p.nodes.keys)):
            for home in range(len(p.nodes.keys)):
                stock = Stock(home, 0, p.days - 1, 50.0, FREE)
                brought += room.bring([stock], 1.0, True, node, p.days - 1, 50.0) if home != node else 0.0
        assert (room.left != before).any()
    assert brought > 0
    assert (room.left == before).all()


def test_what_could_come_is_what_comes(tmp_path: Path) -> None:
    p, room, _ = room_of(tmp_path, 2)
    for node in range(len(p.nodes.keys)):
        stock = Stock(0, 3, p.days - 1, 80.0, FREE)
        could = room.could(stock, 0.7, False, node, p.days - 10, 80.0)
        assert could == room.copy().bring([stock], 0.7, False, node, p.days - 10, 80.0)


@pytest.mark.parametrize("seed", range(6))
def test_many_ways_at_once_are_those_found_one_by_one(tmp_path: Path, seed: int) -> None:
    p, room, _ = room_of(tmp_path, seed)
    total = 0.0
    for node in range(len(p.nodes.keys)):
        stock = Stock(0, 2, p.days - 1, 300.0, FREE)
        together, apart, brought = room.copy(), room.copy(), 0.0
        apart.crowd = 1
        for _ in range(together.crowd):
            brought += apart.bring([stock], 1.5, True, node, p.days - 3, 300.0 - brought)
        assert together.bring([stock], 1.5, True, node, p.days - 3, 300.0) == brought
        assert (together.left == apart.left).all()
        total += brought if node else 0.0
    assert total > 0
