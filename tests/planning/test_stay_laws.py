"""What holds for every replan near an earlier plan, whatever changed in between: it keeps every rule and every pin."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from oneroof.planning.faults import ProblemError
from oneroof.planning.planner import Options, make_plan
from oneroof.planning.problem import Problem
from oneroof.planning.tables import Tables
from oneroof.planning.verify import verify
from tests.planning.tiny import Draw, date, read

SEEDS = 6  # problems for every change


def a_leg_goes(draw: Draw, r: Random) -> None:
    del draw.rows["legs"][r.randrange(len(draw.rows["legs"]))]


def a_leg_leads_elsewhere(draw: Draw, r: Random) -> None:
    leg = r.choice(draw.rows["legs"])
    end, other = r.sample(["origin", "destination"], 2)
    leg[end] = r.choice([row["node"] for row in draw.rows["nodes"] if row["node"] != leg[other]])


def legs_take_longer(draw: Draw, r: Random) -> None:
    for leg in draw.rows["legs"]:
        leg["days"] = int(str(leg["days"])) + r.choice([0, 1])


def legs_carry_less(draw: Draw, r: Random) -> None:
    for leg in draw.rows["legs"][:2]:
        leg["tonnes_per_week"] = r.choice([1, 2, 5, 8.5])


def dates_move(draw: Draw, r: Random) -> None:
    for row in draw.rows["requirements"][:2]:
        due = r.randint(0, draw.days)
        row |= {"due": date(due), "latest": date(due + r.randint(1, 20))}
    r.choice(draw.rows["offers"]).update(available_from=date(r.randint(0, draw.days - 1)), available_until="")


def goods_are_wanted_elsewhere(draw: Draw, r: Random) -> None:
    r.choice(draw.rows["requirements"])["node"] = draw.key("nodes", "node")


def an_offer_shrinks(draw: Draw, r: Random) -> None:
    offer = r.choice(draw.rows["offers"])
    offer["quantity"] = max(float(str(offer["quantity"])) // 2, 1)


def money_shrinks(draw: Draw, r: Random) -> None:
    for fund in draw.rows["funds"]:
        fund["amount"] = r.choice([5, 20, 60])


def courses_and_packages_change(draw: Draw, r: Random) -> None:
    for course in draw.rows["courses"]:
        course |= {"seats": r.choice([1, 2, 4]), "days": r.randint(1, 12)}
    parts = draw.rows["package_parts"]
    for part in parts:
        part["quantity"] = r.choice([1, 2, 3, 0.5])
    if len({str(part["package"]) for part in parts}) < len(parts):
        first = next(part for part in parts if sum(x["package"] == part["package"] for x in parts) > 1)
        parts.remove(first)


def items_become_whole(draw: Draw, r: Random) -> None:
    for item in draw.rows["items"]:
        item["whole_units"] = r.choice(["yes", "no"])


def the_start_moves(draw: Draw, r: Random) -> None:
    draw.settings["start"] = date(r.choice([1, 3, 7]))


def a_pin_comes(draw: Draw, r: Random) -> None:
    """A pin of an offer on what it may serve, as the item or as a part; one that is there is raised."""
    parts = {(part["package"], part["part"]) for part in draw.rows["package_parts"]}
    may = [
        (offer["offer"], row["requirement"])
        for offer in draw.rows["offers"]
        for row in draw.rows["requirements"]
        if draw.likely(offer, row) and (row["item"] == offer["item"] or (row["package"], offer["item"]) in parts)
    ]
    for offer, requirement in r.sample(may, min(len(may), 2)):
        pins = [pin for pin in draw.rows["pins"] if (pin["offer"], pin["requirement"]) != (offer, requirement)]
        draw.rows["pins"] = [*pins, {"offer": offer, "requirement": requirement, "quantity": r.choice([0.5, 1, 1.5])}]


CHANGES: list[Callable[[Draw, Random], None]] = [
    a_leg_goes, a_leg_leads_elsewhere, legs_take_longer, legs_carry_less, dates_move, goods_are_wanted_elsewhere,
    an_offer_shrinks, money_shrinks, courses_and_packages_change, items_become_whole, the_start_moves, a_pin_comes,
]  # fmt: skip


def planned(tables: Tables, **options: Any) -> tuple[Problem, Any]:
    """A problem and its plan; None where pins can't be kept together."""
    problem = Problem.of(tables)
    try:
        return problem, make_plan(problem, Options(next_pledges=0, **options))
    except ProblemError:
        return problem, None


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_plan_near_another_keeps_every_rule(change: Callable[[Draw, Random], None]) -> None:
    told, judged = [], 0
    for seed in range(SEEDS * CHANGES.index(change), SEEDS * (CHANGES.index(change) + 1)):
        r, draw = Random(seed), Draw(seed)
        draw.draw()
        _, old = planned(read(draw.settings, draw.rows), relaxed=seed % 5 == 0)
        for also in (change, r.choice(CHANGES)):
            also(draw, r)
        problem, near = planned(read(draw.settings, draw.rows), stay_near=old)
        if old is not None and near is not None:
            judged += 1
            told += [f"seed {seed}: {sentence}" for sentence in verify(problem, near)]
    assert told == []
    assert judged >= 2  # others ask for pins that can't be kept
