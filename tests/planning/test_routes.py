"""Sweeps against every itinerary there is, on tiny networks with closures, windows, caveats and prices."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from oneroof.planning.goals import timeliness
from oneroof.planning.limits import limits_of
from oneroof.planning.market import Market, market_of
from oneroof.planning.matching import Matching, match
from oneroof.planning.problem import NO_ONE, Floats, Problem
from oneroof.planning.routes import Quotes, Router
from tests.planning.tiny import Draw, date, read

Itinerary = tuple[tuple[int, int], ...]  # legs with their departure days
INF = float("inf")
SEEDS = range(50)


def drawn(seed: int) -> tuple[Problem, Matching, Market]:
    """A problem of at most two weeks with random prices on every limit."""
    draw = Draw(seed, pins=seed % 2 == 0)
    draw.weeks = 1 + seed % 2
    draw.days = 7 * draw.weeks
    draw.settings["weeks"] = draw.weeks
    draw.draw()
    del draw.rows["legs"][6 - draw.weeks :]  # more ways than anyone can list
    problem = Problem.of(read(draw.settings, draw.rows))
    matching, limits = match(problem), limits_of(problem)
    rng = np.random.default_rng(seed)
    y = rng.choice([0.0, 0.5, 1.0, 3.0, 10.0], limits.end) * rng.uniform(0.5, 1.5, limits.end)
    return problem, matching, market_of(problem, matching, limits, np.where(np.isfinite(limits.amount), y, 0.0))


def allowed_legs(problem: Problem, matching: Matching, s: int) -> list[int]:
    """Legs that the source's caveats and its item allow and that carry anything at all, from the problem alone."""
    p, sources = problem, matching.sources
    not_via = p.offers.not_via[sources.what[s]] if sources.is_offer[s] else ()
    explosive = bool(p.items.explosives[sources.item[s]])
    return [
        leg
        for leg in range(len(p.legs.keys))
        if p.nodes.nations[p.legs.destination[leg]] not in not_via
        and (p.legs.explosives[leg] or not explosive)
        and p.legs.capacity[leg] > 0
        and p.nodes.handling[p.legs.origin[leg]] > 0
    ]


def itineraries(problem: Problem, legs: list[int], node: int, first: int, until: int) -> Iterator[Itinerary]:
    """Every way that leaves a node between two days, itself and all that go on from it."""
    for leg in legs:
        if problem.legs.origin[leg] != node:
            continue
        days = int(problem.legs.days[leg])
        last = min(until, int(problem.legs.closes[leg]), problem.days - 1 - days)
        for day in range(max(first, int(problem.legs.opens[leg])), last + 1):
            yield ((leg, day),)
            for rest in itineraries(problem, legs, int(problem.legs.destination[leg]), day + days, problem.days):
                yield ((leg, day), *rest)


def bay_row(matching: Matching, s: int) -> int:
    """The row of a source's order prices: 0 for offers, then one for each purchase."""
    bought = np.flatnonzero(~matching.sources.is_offer).tolist()
    return 1 + bought.index(s) if s in bought else 0


def cheapest(problem: Problem, matching: Matching, market: Market, s: int) -> Floats:
    """(days, nodes) the least cost per tonne of an itinerary of source ``s`` that ends on the day; inf without."""
    sources, home = matching.sources, int(matching.sources.node[s])
    least = np.full((problem.days, len(problem.nodes.keys)), INF)
    bay = market.bays[bay_row(matching, s)]
    first, until = int(sources.first[s]), int(sources.until[s])
    for way in itineraries(problem, allowed_legs(problem, matching, s), home, first, until):
        leg, day = way[-1]
        place = day + int(problem.legs.days[leg]), int(problem.legs.destination[leg])
        cost = bay[way[0][1]] + sum(market.price[leg, day // 7] for leg, day in way)
        least[place] = min(least[place], cost)
    for day in range(first, until + 1):
        least[day, home] = min(least[day, home], bay[day])
    return least


def asked(router: Router, market: Market) -> Quotes:
    """Quotes of all pairs, with the itineraries of all."""
    count = len(router.terrain.pair_node)
    return router.quote(market, np.zeros(count), np.full(count, -np.inf))


@cache
def quoted(seed: int) -> tuple[Problem, Matching, Market, Router, Quotes, list[Floats]]:
    """A drawn problem, its quotes, and the true least costs of every source."""
    problem, matching, market = drawn(seed)
    router = Router(problem, matching)
    least = [cheapest(problem, matching, market, s) for s in range(len(matching.sources.item))]
    return problem, matching, market, router, asked(router, market), least


@pytest.mark.parametrize("seed", SEEDS)
def test_quotes_are_the_best_of_all_itineraries(seed: int) -> None:
    problem, matching, _, _, quotes, least = quoted(seed)
    pairs, wanted = matching.pairs, problem.requirements
    days = np.arange(problem.days)
    for i in range(len(pairs.source)):
        s, r = int(pairs.source[i]), int(pairs.requirement[i])
        cost = matching.sources.tonnes[s] * least[s][:, wanted.node[r]]
        if pairs.part[i] == NO_ONE:
            value = pairs.gain[i] * timeliness(wanted.due[r], wanted.latest[r], days) - cost
            best = value[: pairs.last[i] + 1].max()
            assert quotes.value[i] == pytest.approx(best, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_needs_of_packages_are_quoted_by_their_cheapest_source(seed: int) -> None:
    problem, matching, _, router, quotes, least = quoted(seed)
    pairs, wanted, terrain = matching.pairs, problem.requirements, router.terrain
    for need in range(len(terrain.need_begin)):
        begin, first, end = terrain.need_begin[need], terrain.need_first[need], terrain.need_first[need + 1]
        rivals = np.flatnonzero(terrain.pair_need == need)
        by_day = np.full((len(rivals) + 1, problem.days), INF)
        for k, i in enumerate(rivals):
            s, node = int(pairs.source[i]), int(wanted.node[pairs.requirement[i]])
            by_day[k] = matching.sources.tonnes[s] * np.minimum.accumulate(least[s][:, node])
        expected = by_day[:, begin : begin + end - first]
        assert quotes.cost[first:end] == pytest.approx(expected.min(axis=0), rel=1e-12, abs=1e-12)
        for t in np.flatnonzero(expected.min(axis=0) < INF):
            mine = expected[rivals.tolist().index(quotes.pair[first + t]), t]
            assert mine == pytest.approx(expected[:, t].min(), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_traces_are_ways_that_may_be_ridden_and_cost_their_label(seed: int) -> None:
    problem, matching, market, router, _, least = quoted(seed)
    sources, legs = matching.sources, problem.legs
    requests = [
        (s, node, day)
        for s in range(len(sources.item))
        for node, day in np.ndindex(len(problem.nodes.keys), problem.days)
        if node != sources.node[s] and sources.first[s] <= day <= router.terrain.last[s]
        if least[s][: day + 1, node].min() < INF
    ]
    columns = np.array(requests, np.int64).reshape(-1, 3).T.copy()
    ways = router.ways(market, columns[0], columns[1], columns[2])
    for k, (s, node, day) in enumerate(requests):
        ridden = [(int(ways.leg[k, i]), int(ways.day[k, i])) for i in range(int(ways.length[k]))]
        at, free = int(sources.node[s]), int(sources.first[s])
        for leg, leave in ridden:
            assert leg in allowed_legs(problem, matching, s)
            assert legs.origin[leg] == at
            assert max(free, legs.opens[leg]) <= leave <= legs.closes[leg]
            at, free = int(legs.destination[leg]), leave + int(legs.days[leg])
        assert (at, ridden[0][1] <= sources.until[s], free <= day) == (node, True, True)
        bay = market.bays[bay_row(matching, s)][ridden[0][1]]
        cost = bay + sum(market.price[leg, leave // 7] for leg, leave in ridden)
        assert cost == pytest.approx(least[s][: day + 1, node].min(), rel=1e-12, abs=1e-12)


def test_quotes_and_traces_do_not_depend_on_threads() -> None:
    for seed in range(10):
        problem, matching, market, router, quotes, _ = quoted(seed)
        other = Router(problem, matching, threads=2)
        again = asked(other, market)
        assert (again.value.tobytes(), again.day.tobytes()) == (quotes.value.tobytes(), quotes.day.tobytes())
        assert (again.cost.tobytes(), again.pair.tobytes()) == (quotes.cost.tobytes(), quotes.pair.tobytes())
        known = np.flatnonzero((quotes.day >= 0) & (matching.pairs.part == NO_ONE))
        source, node = matching.pairs.source[known], problem.requirements.node[matching.pairs.requirement[known]]
        one = router.ways(market, source, node, quotes.day[known])
        two = other.ways(market, source, node, quotes.day[known])
        assert (one.length == two.length).all()
        for k, length in enumerate(one.length.tolist()):
            assert one.leg[k, :length].tolist() == two.leg[k, :length].tolist()
            assert one.day[k, :length].tolist() == two.day[k, :length].tolist()


def test_goods_may_come_back_to_their_node_and_leave_it_again_after_their_window() -> None:
    """Only a second departure from the source's own node reaches a leg that opens after the window."""
    problem = Problem.of(read({"weeks": 2}, returning()))
    matching = match(problem)
    router = Router(problem, matching)
    limits = limits_of(problem)
    market = market_of(problem, matching, limits, np.zeros(limits.end))
    quotes = asked(router, market)
    assert (quotes.value.tolist(), quotes.day.tolist()) == ([160.0 - 3.0], [12])
    ways = router.ways(market, np.array([0]), np.array([2]), np.array([12]))
    assert [problem.legs.keys[leg] for leg in ways.leg[0, : ways.length[0]]] == ["A-B", "B-A", "A-C"]


def returning() -> dict[str, list[dict[str, object]]]:
    """A depot whose offer must leave early, and whose only leg to the site opens late."""
    place = {"nation": "DEU", "kind": "hub", "latitude": 50, "longitude": 20}
    leg = {"mode": "road", "days": 1, "cost_per_tonne": 1}
    return {
        "nations": [{"nation": "DEU"}],
        "nodes": [{"node": node} | place for node in "ABC"],
        "items": [{"item": "I", "unit": "each", "tonnes_per_unit": 1, "value_per_unit": 10}],
        "legs": [
            {"leg": "A-B", "origin": "A", "destination": "B", "opens": ""} | leg,
            {"leg": "B-A", "origin": "B", "destination": "A", "opens": ""} | leg,
            {"leg": "A-C", "origin": "A", "destination": "C", "opens": date(8)} | leg,
        ],
        "requirements": [{"requirement": "R", "item": "I", "quantity": 2, "node": "C", "due": date(12), "priority": 1}],
        "offers": [
            {"offer": "O", "donor": "DEU", "item": "I", "quantity": 2, "node": "A", "stage": "pledged"}
            | {"available_until": date(3)}
        ],
    }
