"""Whose room is whose: what is asked of all rides at once is what counting them one by one says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from oneroof.planning import tables
from oneroof.planning.compare import compare_sides
from oneroof.planning.crowding import SLACK, TRACE, Crowding
from oneroof.planning.planner import Options
from oneroof.planning.problem import Problem
from oneroof.planning.scenarios import Change, changed, planned, replanned
from oneroof.planning.sides import Side

WASHINGTON = tables.read(Path(__file__).parents[2] / "examples" / "washington-2024")


@pytest.fixture(scope="module")
def sides() -> tuple[Side, Side]:
    """The reference plan, and the one without Germany."""
    first = planned(Problem.of(WASHINGTON), Options())
    return first.side, replanned(first, Problem.of(changed(WASHINGTON, Change(without=("DEU",)))), Options()).side


def rides(side: Side) -> Iterator[tuple[str, Any, str, Any, float]]:
    """Place, its limit, requirement, date and tonnes of every ride, for its leg and for the node that it leaves."""
    p, lines = side.problem, side.ledger.lines
    for of, leg, day in zip(lines.of_move.tolist(), lines.leg.tolist(), lines.leave.tolist(), strict=True):
        node, who = int(p.legs.origin[leg]), p.requirements.keys[lines.requirement[of]]
        for place, limit in (
            (f"leg {p.legs.keys[leg]}", p.legs.capacity[leg]),
            (f"node {p.nodes.keys[node]}", p.nodes.handling[node]),
        ):
            yield place, limit, who, (p.date(day), side.lines[side.line_of[of]]), float(lines.weight[of])


def counted(had: Side, other: Side) -> dict[Any, list[tuple[str, int, list[str]]]]:
    """The same by loops."""
    mine, theirs, needs = (defaultdict[Any, Any](lambda: defaultdict(float)) for _ in range(3))
    limits = {place: limit for place, limit, *_ in rides(other)}
    for place, _limit, who, (date, line), tonnes in rides(had):
        weeks = had.problem.day(date) // 7, other.problem.day(date) // 7
        mine[place, weeks[0]][who] += tonnes
        needs[line][place, *weeks] += tonnes
    for place, _limit, who, (date, _line), tonnes in rides(other):
        theirs[place, other.problem.day(date) // 7][who] += tonnes
    found: dict[Any, list[tuple[str, int, list[str]]]] = {}
    for line, places in needs.items():
        for (place, week, there), tonnes in sorted(places.items()):
            beside = sum(theirs[place, there].values()) - theirs[place, there].get(line.requirement, 0.0)
            if beside + tonnes <= limits.get(place, float("inf")) * (1 + SLACK) + TRACE:
                continue
            gain = {who: x - mine[place, week].get(who, 0.0) for who, x in theirs[place, there].items()}
            who = sorted((who for who in gain if gain[who] > TRACE), key=lambda who: (-round(gain[who], 6), who))
            if who:
                found.setdefault(line, []).append((place, there, who))
    return found


@pytest.mark.parametrize("days", [0, 3, -10])
@pytest.mark.parametrize("way", [1, -1])
def test_crowds_are_those_that_loops_over_rides_find(sides: tuple[Side, Side], days: int, way: int) -> None:
    """Also where the other problem begins on another day, so that its weeks do."""
    had, other = sides[::way]
    moved = Side(replace(other.problem, start=other.problem.start + timedelta(days=days)), other.ledger)
    crowds = Crowding(had, moved).crowds()
    found = {line: [(one.thing, one.week, sorted(one.who)) for one in told] for line, told in crowds.items()}

    assert len(found) > 20
    assert found == {
        line: [(x, week, sorted(who)) for x, week, who in told] for line, told in counted(had, moved).items()
    }


def test_who_gains_most_is_named_first(sides: tuple[Side, Side]) -> None:
    crowds, loops = Crowding(*sides).crowds(), counted(*sides)

    assert [x.who[0] for told in crowds.values() for x in told] == [
        loops[line][i][2][0] for line in crowds for i in range(len(crowds[line]))
    ]


def test_a_plan_that_moves_nothing_is_compared_too(sides: tuple[Side, Side]) -> None:
    nothing = planned(Problem.of(replace(WASHINGTON, rows={**WASHINGTON.rows, "legs": (), "pins": ()})), Options()).side
    gone, back = compare_sides(sides[0], nothing), compare_sides(nothing, sides[0])

    assert (Crowding(sides[0], nothing).crowds(), Crowding(nothing, sides[0]).crowds()) == ({}, {})
    assert all(
        "is gone" in change.reason
        for change in gone.changes
        if change.kind == "dropped" and "persons" not in change.sentence
    )
    assert len(gone.changes) == len(back.changes) > 50
