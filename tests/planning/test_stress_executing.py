"""A plan carried out in a future: what is planned, what is late, and what late goods do."""

import numpy as np
import pytest

from oneroof.planning.executing import execute
from oneroof.planning.futures import draw
from oneroof.planning.ledger import Ledger
from oneroof.planning.planner import Options
from oneroof.planning.problem import Problem
from oneroof.planning.scenarios import planned
from oneroof.planning.shocks import Shock, Shocks
from oneroof.planning.tally import tally
from tests.planning import tiny
from tests.planning.carried import nothing, plan, problem

DEU, POL = 0, 1
HUB = 1


@pytest.mark.parametrize("seed", range(12))
def test_with_no_shocks_every_future_is_as_planned(seed: int) -> None:
    p = Problem.of(tiny.Draw(seed, pins=False).tables())
    lines = planned(p, Options()).plan.tables
    account = tally(p, Ledger.of(p, lines))
    found = execute(p, lines, draw(p, Shocks((), False, ""), 3, 1))
    for f in range(3):
        assert found.objective[f] == pytest.approx(account.objective, rel=1e-12, abs=1e-9)
        assert found.in_time[f] == pytest.approx(account.in_time, rel=1e-12, abs=1e-9)
        assert tuple(found.met[f].tolist()) == account.met
        assert found.cost[f] == pytest.approx(account.transport_cost, rel=1e-12, abs=1e-9)


def test_goods_that_are_late_but_there_before_their_departure_leave_as_planned() -> None:
    p = problem()
    lines = plan(p, ("D1", "O1", "R1", 5, (("L1", 0), ("L2", 5))))
    futures = nothing(p)
    futures.late[0, 0, 0] = 3
    assert execute(p, lines, futures).arrive.tolist() == [[8]]


def test_goods_that_miss_their_departure_take_the_next_day_with_room() -> None:
    p = problem()
    lines = plan(p, ("D1", "O1", "R1", 5, (("L1", 0), ("L2", 5))))
    futures = nothing(p)
    futures.late[0, 0, 0] = 4
    found = execute(p, lines, futures)
    assert (found.arrive.tolist(), found.in_time.tolist()) == ([[9]], [[5.0, 0.0]])
    futures.late[0, 0, 0] = 9  # there on day 11, on the site on day 14: due is day 13, latest day 193
    found = execute(p, lines, futures)
    assert (found.arrive.tolist(), found.met.tolist()) == ([[14]], [[False, False]])
    assert found.points[0, 0] == pytest.approx(5 * 1600 * (1 - 1 / 180))


def test_late_goods_take_only_room_that_is_not_booked_and_split_into_whole_units() -> None:
    p = problem(room=10)
    lines = plan(
        p,
        ("D1", "O1", "R1", 5, (("L1", 0), ("L2", 6))),
        ("D2", "O2", "R2", 7, (("L1", 0), ("L2", 12))),
    )
    futures = nothing(p)
    futures.closed[0, HUB, 0] = True  # D1 can't leave on day 6; week 1 has 3 tonnes left beside D2, week 2 takes 2
    found = execute(p, lines, futures)
    assert found.arrive.tolist() == [[17, 15]]
    assert found.in_time.tolist() == [[3.0, 0.0]]  # 3 units leave on day 7 and are there on day 10
    assert found.points[0, 0] == pytest.approx(3 * 1600 + 2 * 1600 * (1 - 4 / 180))
    assert found.cost.tolist() == [12 * 1 + 12 * 2]


def test_fractions_leave_where_units_need_not_be_whole() -> None:
    item = [{"item": "I", "unit": "t", "tonnes_per_unit": 1, "value_per_unit": 100, "whole_units": "no"}]
    p = problem(room=9.5, items=item)
    lines = plan(
        p, ("D1", "O1", "R1", 5, (("L1", 0), ("L2", 6))), ("D2", "O2", "R2", 7, (("L1", 0), ("L2", 12)))
    )  # fmt: skip
    futures = nothing(p)
    futures.closed[0, HUB, 0] = True
    assert execute(p, lines, futures).in_time.tolist() == [[2.5, 0.0]]


def test_those_with_most_points_a_tonne_leave_first() -> None:
    p = problem(room=7)
    first = ("D1", "O1", "R2", 7, (("L1", 0), ("L2", 6)))
    second = ("D2", "O2", "R1", 5, (("L1", 0), ("L2", 7)))
    futures = nothing(p)
    futures.closed[0, HUB, :2] = True
    found = execute(p, plan(p, first, second), futures)  # both wait until day 14; R1 has priority 1
    assert found.arrive.tolist() == [[24, 17]]  # R2: 2 units with R1 in week 2, the other 5 in week 3


def test_released_room_goes_to_others() -> None:
    p = problem(room=7)
    late = ("D1", "O1", "R1", 5, (("L1", 0), ("L2", 7)))
    other = ("D2", "O2", "R2", 7, (("L1", 0), ("L2", 6)))
    futures = nothing(p)
    futures.closed[0, HUB, 0] = True  # D2 misses day 6
    futures.late[0, 0, 0] = 20  # and neither is at the hub before day 22
    found = execute(p, plan(p, late, other), futures)
    assert found.arrive.tolist() == [[25, 31]]  # on day 22 R1 leaves whole and 2 units of R2; the rest on day 28


def test_goods_of_a_donor_that_pauses_leave_later_and_others_as_planned() -> None:
    p = problem()
    lines = plan(p, ("D1", "O1", "R1", 5, (("L1", 3), ("L2", 5))), ("D2", "O2", "R2", 7, (("L1", 3), ("L2", 14))))
    futures = nothing(p)
    futures.paused[0, DEU, :2] = True
    found = execute(p, lines, futures)
    assert found.arrive.tolist() == [[24, 17]]  # at the hub on day 16; 3 leave then, beside the 7 booked, 2 on day 21
    assert found.in_time.tolist() == [[0.0, 0.0]]


def test_a_pause_holds_back_what_the_donors_fund_has_bought() -> None:
    p = problem(
        funds=[{"fund": "F", "donor": "POL", "amount": 1000}],
        suppliers=[{"supplier": "V", "item": "I", "node": "A", "unit_price": 1, "lead_days": 0}],
    )
    lines = plan(p, ("D1", "P1", "R1", 5, (("L1", 0), ("L2", 2))))
    lines["purchases"] = [
        {"purchase": "P1", "supplier": "V", "fund": "F", "order_on": tiny.date(0), "ready_on": tiny.date(0)}
        | {"quantity": "5", "cost": "5"}
    ]
    futures = nothing(p)
    futures.paused[0, POL, 0] = True
    assert execute(p, lines, futures).arrive.tolist() == [[12]]


def test_what_comes_after_the_horizon_is_missing() -> None:
    p = problem(weeks=2)
    lines = plan(p, ("D1", "O1", "R1", 5, (("L1", 0), ("L2", 5))))
    futures = nothing(p)
    futures.late[0, 1, 0] = 6
    found = execute(p, lines, futures)
    assert (found.arrive.tolist(), found.points.tolist(), found.cost.tolist()) == ([[14]], [[0.0, 0.0]], [15.0])


def test_a_package_counts_when_its_last_part_is_there() -> None:
    p = problem(
        packages=[{"package": "P"}],
        package_parts=[
            {"package": "P", "kind": "item", "part": "I", "quantity": 2},
            {"package": "P", "kind": "course", "part": "C", "quantity": 1},
        ],
        courses=[
            {"course": "C", "node": "H", "days": 2, "first_start": tiny.date(0), "last_start": tiny.date(7)}
            | {"every_days": 7}
        ],
        requirements=[
            {"requirement": "R1", "package": "P", "quantity": 2, "node": "S", "due": tiny.date(10), "priority": 1}
            | {"points_per_unit": 100, "latest": tiny.date(20)}
        ],
    )
    lines = plan(p, ("D1", "O1", "R1", 2, (("L1", 0), ("L2", 2))), ("D2", "O2", "R1", 2, (("L1", 0), ("L2", 2))))
    cohort = {"course": "C", "requirement": "R1", "start_on": tiny.date(0), "ready_on": tiny.date(2)}
    lines["cohorts"] = [{**cohort, "persons": "2"}]
    futures = nothing(p)
    assert execute(p, lines, futures).in_time.tolist() == [[2.0]]
    futures.paused[0, POL, 0] = True  # the second package: leaves on day 7, on the site on day 12, due is day 10
    found = execute(p, lines, futures)
    assert (found.in_time.tolist(), found.points.tolist()) == ([[1.0]], [[pytest.approx(180.0)]])


def test_a_hub_that_is_surely_closed_lets_nothing_arrive() -> None:
    p = problem()
    lines = plan(p, ("D1", "O1", "R1", 5, (("L1", 0), ("L2", 2))))
    shocks = Shocks((Shock("X", "closed_node", "kind:hub", 1.0, 1, 1, 1),), False, "")
    found = execute(p, lines, draw(p, shocks, 50, 3))
    assert (found.met.any(), found.points.any(), found.cost.tolist()) == (False, False, [5.0] * 50)


def test_a_leg_late_every_second_week_meets_half_of_the_futures() -> None:
    p = problem(due=5)
    lines = plan(p, ("D1", "O1", "R1", 5, (("L1", 0), ("L2", 2))))
    shocks = Shocks((Shock("X", "late_leg", "L2", 0.5, 1, 1, 1),), False, "")
    share = execute(p, lines, draw(p, shocks, 1000, 5)).met[:, 0].mean()
    assert abs(share - 0.5) < 4 * np.sqrt(0.25 / 1000)


def test_threads_and_the_order_of_lines_change_nothing() -> None:
    p = Problem.of(tiny.Draw(3, pins=False).tables())
    lines = planned(p, Options()).plan.tables
    kinds = (("A", "late_leg", 4), ("B", "closed_node", 1), ("C", "paused_donor", 1))
    shocks = Shocks(tuple(Shock(key, kind, "*", 0.3, 0, 1, most) for key, kind, most in kinds), False, "")
    futures = draw(p, shocks, 40, 9)
    one = execute(p, lines, futures, threads=1)
    three = execute(p, {name: rows[::-1] for name, rows in lines.items()}, futures, threads=3)
    assert len(lines["movements"]) > 1
    assert one.objective.std() > 0
    assert (one.objective == three.objective).all()
    assert (one.in_time == three.in_time).all()
    assert (one.arrive == three.arrive[:, ::-1]).all()
