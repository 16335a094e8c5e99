"""A replan with a small change stays near the plan that people already work by."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from oneroof.planning import tables as problems
from oneroof.planning.plan import Plan
from oneroof.planning.planner import Options, make_plan
from oneroof.planning.problem import Problem
from oneroof.planning.resume import begun
from oneroof.planning.solve import Search
from oneroof.planning.stay import earlier
from oneroof.planning.tables import Tables
from oneroof.planning.verify import verify
from tests.planning.battery import TABLES, battery, put
from tests.planning.tiny import Rows, date, read

WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return problems.read(WINTER)


@pytest.fixture(scope="module")
def old(tables) -> Plan:
    return make_plan(Problem.of(tables), Options(next_pledges=0))


def lines(plan: Plan) -> set[tuple[str, ...]]:
    """What is delivered when, without the keys of deliveries."""
    columns = ("source_kind", "requirement", "item", "quantity", "depart_on", "arrive_on")
    return {tuple(row[c] for c in columns) for row in plan.tables["deliveries"]}


def with_cell(tables: Tables, table: str, place: int, **cells: str) -> Tables:
    """The tables with some cells of one row changed."""
    rows = list(tables.rows[table])
    rows[place] = rows[place] | cells
    return replace(tables, rows=tables.rows | {table: tuple(rows)})


def test_the_same_question_keeps_the_same_plan(tables, old):
    again = make_plan(Problem.of(tables), Options(stay_near=old, next_pledges=0))

    assert lines(again) == lines(old)
    assert "0 move, 0 are dropped" in again.summary["moved"]


def test_lines_that_a_change_does_not_touch_stay(tables, old):
    priorities = [row["priority"] for row in tables.rows["requirements"]]
    place = priorities.index(max(priorities))
    changed = with_cell(tables, "requirements", place, priority="5")

    near = make_plan(Problem.of(changed), Options(stay_near=old, next_pledges=0))
    free = make_plan(Problem.of(changed), Options(next_pledges=0))

    assert verify(Problem.of(changed), near) == []
    assert len(lines(near) & lines(old)) >= len(lines(free) & lines(old))


def test_what_is_no_longer_possible_goes(tables, old):
    used = sorted({row["source"] for row in old.tables["deliveries"] if row["source_kind"] == "offer"})
    gone = replace(
        tables, rows=tables.rows | {"offers": tuple(r for r in tables.rows["offers"] if r["offer"] != used[0])}
    )

    near = make_plan(Problem.of(gone), Options(stay_near=old, next_pledges=0))

    assert verify(Problem.of(gone), near) == []
    assert used[0] not in {row["source"] for row in near.tables["deliveries"]}


def test_a_worse_day_gives_way_to_a_much_better_one(tables, old):
    """Staying near has a price, not a veto: an old plan that delivers nothing binds nothing."""
    empty = Plan({name: [] for name in old.tables}, dict(old.summary))

    near = make_plan(Problem.of(tables), Options(stay_near=empty, next_pledges=0))

    assert near.summary["objective"] >= 0.97 * old.summary["objective"]


def with_pins(tables: Tables, *pins: tuple[str, str, str]) -> Tables:
    """The tables with these pins: offer, requirement, quantity."""
    rows = tuple({"offer": offer, "requirement": what, "quantity": much} for offer, what, much in sorted(pins))
    return replace(tables, rows=tables.rows | {"pins": rows})


def brought(plan: Plan, offer: str, requirement: str) -> float:
    """Units of an offer that a plan brings to a requirement."""
    rows = [row for row in plan.tables["deliveries"] if (row["source"], row["requirement"]) == (offer, requirement)]
    return sum(float(row["quantity"]) for row in rows)


def test_a_pin_that_the_earlier_plan_lacks_is_kept(tables, old):
    assert brought(old, "DEU-BOILER", "R-BOILER-KYIV") < 30
    pinned = Problem.of(with_pins(tables, ("DEU-BOILER", "R-BOILER-KYIV", "30")))

    near = make_plan(pinned, Options(stay_near=old, next_pledges=0))

    assert brought(near, "DEU-BOILER", "R-BOILER-KYIV") == 30
    assert verify(pinned, near) == []


def test_a_pin_raised_above_the_earlier_quantity_adds_to_the_earlier_lines(tables):
    one = Problem.of(with_pins(tables, ("DEU-BOILER", "R-BOILER-KYIV", "26")))
    before = make_plan(one, Options(next_pledges=0))
    more = Problem.of(with_pins(tables, ("DEU-BOILER", "R-BOILER-KYIV", "30")))
    relaxation = Search(more).run(0.005)

    packing = begun(relaxation, earlier(relaxation, before))
    near = make_plan(more, Options(stay_near=before, next_pledges=0))

    days: Counter[int] = Counter()
    for placed in packing.placed:
        if relaxation.matching.pairs.pin[placed.trip.pair] == 0:
            days[placed.trip.arrive] += int(placed.units)
    old_days: Counter[int] = Counter()
    for row in before.tables["deliveries"]:
        if row["source"] == "DEU-BOILER":
            old_days[more.day(row["arrive_on"])] += int(row["quantity"])
    assert old_days <= days
    assert days.total() == 30
    assert brought(near, "DEU-BOILER", "R-BOILER-KYIV") == 30
    assert verify(more, near) == []


PARTLESS = put("courses", "2025-01-13,2025-03-17,7", "2025-12-01,2025-12-01,7")  # no start in time: no battery


@pytest.mark.parametrize("changed", [{}, PARTLESS], ids=["with packages", "without"])
@pytest.mark.parametrize("asked", ["1", "3", "5"])
def test_a_new_pin_on_a_part_of_a_package_is_kept(tmp_path, changed, asked):
    free = battery(tmp_path / "free", changed | {"pins": "offer,requirement,quantity\n"})
    pinned = battery(tmp_path / "pinned", changed | {"pins": f"offer,requirement,quantity\nO-gun,R-battery,{asked}\n"})
    before = make_plan(free, Options(next_pledges=0))

    near = make_plan(pinned, Options(stay_near=before, next_pledges=0))

    assert verify(pinned, near) == []
    assert brought(near, "O-gun", "R-battery") >= float(asked)
    if not changed:  # guns that a pin brings make batteries like any others
        assert {row["requirement"] for row in near.tables["served"]} >= {"R-battery"}


def test_a_pinned_part_of_an_incomplete_package_stays_on_its_days(tmp_path):
    pinned = battery(tmp_path / "p", PARTLESS | {"pins": "offer,requirement,quantity\nO-gun,R-battery,3\n"})
    before = make_plan(pinned, Options(next_pledges=0))

    near = make_plan(pinned, Options(stay_near=before, next_pledges=0))

    assert lines(near) == lines(before)


def test_a_pin_on_an_item_and_one_on_a_part_share_an_offer(tmp_path):
    free = battery(tmp_path / "free", {"pins": "offer,requirement,quantity\n"})
    both = "offer,requirement,quantity\nO-gun,R-battery,2\nO-gun,R-gun,3\nO-old,R-gun,2\n"
    pinned = battery(tmp_path / "pinned", {"pins": both})
    before = make_plan(free, Options(next_pledges=0))

    near = make_plan(pinned, Options(stay_near=before, next_pledges=0))

    assert verify(pinned, near) == []
    assert [brought(near, *pin) for pin in (("O-gun", "R-battery"), ("O-gun", "R-gun"), ("O-old", "R-gun"))] == [
        2,
        3,
        2,
    ]


def test_packages_that_still_fit_stay_where_others_do_not(tmp_path):
    """There is money for a gun fewer: one battery stays as it was, instead of both being made anew."""
    whole = battery(tmp_path / "whole", {"pins": "offer,requirement,quantity\n"})
    before = make_plan(whole, Options(next_pledges=0))
    money = put("funds", "F-art,USA,3000", "F-art,USA,1800")
    fewer = battery(tmp_path / "fewer", money | {"pins": "offer,requirement,quantity\n"})
    relaxation = Search(fewer).run(0.005)

    packing = begun(relaxation, earlier(relaxation, before))

    assert [(w.count, sum(x.units for x in w.parts), sum(n for _, n in w.cohorts)) for w in packing.wholes] == [
        (1, 2, 6)
    ]


def test_an_earlier_plan_in_fractions_gives_whole_units(tmp_path):
    problem = battery(tmp_path / "p")
    fractions = make_plan(problem, Options(relaxed=True, next_pledges=0))
    assert any(float(row["quantity"]) % 1 for row in fractions.tables["deliveries"] if "Gun" in row["item"])

    near = make_plan(problem, Options(stay_near=fractions, next_pledges=0))

    assert verify(problem, near) == []


def test_persons_of_a_course_that_the_package_no_longer_needs_go(tmp_path):
    before = make_plan(battery(tmp_path / "before"), Options(next_pledges=0))
    assert before.tables["cohorts"]
    without_course = battery(tmp_path / "after", {"package_parts": "package,kind,part,quantity\nBattery,item,Gun,2\n"})

    near = make_plan(without_course, Options(stay_near=before, next_pledges=0))

    assert verify(without_course, near) == []
    assert near.tables["cohorts"] == []


def test_a_package_of_courses_alone_stays(tmp_path):
    school = {
        "package_parts": "package,kind,part,quantity\nBattery,course,Gunnery,6\n",
        "pins": "offer,requirement,quantity\n",
        "requirements": TABLES["requirements"].replace("2025-03-24,1,Artillery,", "2025-03-24,1,Artillery,100"),
    }
    problem = battery(tmp_path / "p", school)
    before = make_plan(problem, Options(next_pledges=0))
    relaxation = Search(problem).run(0.005)

    packing = begun(relaxation, earlier(relaxation, before))

    assert before.tables["cohorts"]
    assert sum(n for whole in packing.wholes for _, n in whole.cohorts) == sum(
        float(row["persons"]) for row in before.tables["cohorts"]
    )


class Line:
    """Nodes A, B, C and D, legs A-B (2 days) and B-C (1 day), and a plan with one delivery from A to C."""

    def __init__(self) -> None:
        nations = dict(zip("ABCD", ("DEU", "POL", "UKR", "SVK"), strict=True))
        self.rows: Rows = {
            "nations": [{"nation": nation} for nation in nations.values()],
            "nodes": [
                {"node": node, "nation": nations[node], "kind": "hub", "latitude": 50, "longitude": 20}
                for node in "ABCD"
            ],
            "legs": [
                {"leg": "AB", "origin": "A", "destination": "B", "days": 2} | LEG,
                {"leg": "BC", "origin": "B", "destination": "C", "days": 1} | LEG,
            ],
            "items": [
                {"item": "Shell", "unit": "each", "tonnes_per_unit": 1, "value_per_unit": 9, "explosives": "yes"}
            ],
            "requirements": [
                {"requirement": "R", "item": "Shell", "quantity": 4, "node": "C", "due": date(9), "latest": date(13),
                 "priority": 1}
            ],
            "offers": [
                {"offer": "O", "donor": "DEU", "item": "Shell", "quantity": 4, "node": "A", "stage": "pledged",
                 "available_from": "", "available_until": "", "not_via": ""}
            ],
        }  # fmt: skip
        self.plan = Plan(
            {
                "deliveries": [
                    {"delivery": "D1", "source_kind": "offer", "source": "O", "requirement": "R", "item": "Shell",
                     "quantity": "4", "tonnes": "4", "depart_on": date(1), "arrive_on": date(5)}
                ],
                "movements": [
                    {"delivery": "D1", "step": "1", "leg": "AB", "depart_on": date(1), "arrive_on": date(3),
                     "tonnes": "4"},
                    {"delivery": "D1", "step": "2", "leg": "BC", "depart_on": date(4), "arrive_on": date(5),
                     "tonnes": "4"},
                ],
                "purchases": [],
                "cohorts": [],
            },
            {},
        )  # fmt: skip

    def change(self, table: str, **cells: object) -> None:
        """Change cells of the last row of a table, or of the first leg."""
        place = 0 if table == "first leg" else -1
        self.rows["legs" if "leg" in table else table][place] |= cells

    def trips(self) -> list[tuple[tuple[int, ...], int, float]]:
        """What of the plan is still possible: departures, arrival, units."""
        relaxation = Search(Problem.of(read({"weeks": 2}, self.rows))).relaxation("", 0)
        return [(trip.days, trip.arrive, units) for trip, units in earlier(relaxation, self.plan).trips]

    def verified(self) -> list[str]:
        """What is wrong with a plan near the earlier one."""
        problem = Problem.of(read({"weeks": 2}, self.rows))
        return verify(problem, make_plan(problem, Options(stay_near=self.plan, next_pledges=0)))


LEG = {"mode": "road", "cost_per_tonne": 0, "tonnes_per_week": 9, "explosives": "", "opens": "", "closes": ""}
BROKEN: dict[str, tuple[str, dict[str, object]]] = {
    "the origin of a leg changed": ("legs", {"origin": "D"}),
    "the origin of the first leg changed": ("first leg", {"origin": "D"}),
    "the destination of a leg changed": ("first leg", {"destination": "D"}),
    "the destination of the last leg changed": ("legs", {"destination": "D"}),
    "the goods lie elsewhere": ("offers", {"node": "B"}),
    "they are wanted elsewhere": ("requirements", {"node": "B"}),
    "the next departure is missed": ("first leg", {"days": 4}),
    "a leg opens later": ("legs", {"opens": date(5)}),
    "a leg is closed by then": ("legs", {"closes": date(3)}),
    "explosives may not ride": ("legs", {"explosives": "no"}),
    "the offer may not go that way": ("offers", {"not_via": "POL"}),
    "the goods come later": ("offers", {"available_from": date(2)}),
    "the goods leave earlier": ("offers", {"available_until": date(0)}),
    "they come too late": ("requirements", {"due": date(3), "latest": date(5)}),
    "the leg is gone": ("legs", {"leg": "New"}),
}


@pytest.mark.parametrize("change", BROKEN)
def test_a_line_whose_way_is_broken_goes(change):
    line = Line()
    assert line.trips() == [((1, 4), 5, 4)]

    line.change(BROKEN[change][0], **BROKEN[change][1])

    assert line.trips() == []
    assert line.verified() == []


@pytest.mark.parametrize(("days", "arrive"), [(1, 5), (3, 7)])
def test_a_line_stays_on_its_departures_where_the_last_leg_takes_longer(days, arrive):
    line = Line()
    line.change("legs", days=days)
    line.change("first leg", days=3)

    assert line.trips() == [((1, 4), arrive, 4)]
    assert line.verified() == []
