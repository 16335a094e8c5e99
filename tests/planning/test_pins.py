"""Pins are kept in whole units; pins that can't be kept together are named, and only they."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oneroof.planning import tables
from oneroof.planning.faults import ProblemError
from oneroof.planning.pins import kept
from oneroof.planning.plan import Plan
from oneroof.planning.planner import Options, make_plan
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.solve import Search
from oneroof.planning.verify import verify
from tests.planning.battery import SETTINGS, TABLES


def battery(folder: Path, pins: str, **changed: str) -> Problem:
    """The battery problem with pins."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "problem.toml").write_text(SETTINGS)
    for name, text in (TABLES | changed | {"pins": "offer,requirement,quantity\n" + pins}).items():
        (folder / f"{name}.csv").write_text(text)
    return Problem.of(tables.read(folder))


def empty(problem: Problem) -> Relaxation:
    """A relaxation that nobody has solved."""
    return Search(problem).relaxation("", 0)


def refused(problem: Problem, in_whole_units: bool = True) -> list[tuple[str, str]]:
    """Pins that are named, with the reason."""
    with pytest.raises(ProblemError) as error:
        kept(empty(problem), in_whole_units)
    return [(fault.value, fault.reason) for fault in error.value.faults]


def delivered(problem: Problem, offer: str, requirement: str, options: Options | None = None) -> float:
    """Units of an offer that a plan brings to a requirement."""
    lines = make_plan(problem, options or Options()).tables["deliveries"]
    return sum(float(d["quantity"]) for d in lines if (d["source"], d["requirement"]) == (offer, requirement))


@pytest.mark.parametrize("options", [Options(), Options(exact=True), Options(relaxed=True, gap=1e-6)])
def test_a_pin_is_kept_although_it_earns_less(tmp_path: Path, options: Options) -> None:
    free = battery(tmp_path / "free", "")
    pinned = battery(tmp_path / "pinned", "O-old,R-gun,6\n")
    assert delivered(free, "O-old", "R-gun", options) < 6
    assert delivered(pinned, "O-old", "R-gun", options) >= 6 - 1e-6


def test_a_pinned_part_comes_even_where_no_package_is_complete(tmp_path: Path) -> None:
    problem = battery(
        tmp_path,
        "O-gun,R-battery,3\n",
        courses=TABLES["courses"].split("\n")[0] + "\n",
        package_parts="package,kind,part,quantity\nBattery,item,Gun,2\nBattery,item,Fuel,9999\n",
    )
    assert delivered(problem, "O-gun", "R-battery") >= 3


def test_a_fraction_of_a_whole_unit_is_rounded_up(tmp_path: Path) -> None:
    assert delivered(battery(tmp_path, "O-gun,R-gun,1.5\n"), "O-gun", "R-gun") >= 2


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("O-pending,R-gun,1", "names an offer that lacks consent or a day to leave on"),
        ("O-hint,R-gun,1", "names an offer below the stage pledged"),
        ("O-round,R-gun,1", "names an offer whose item does not serve the requirement"),
        ("O-art,R-gun,1", "names an offer that its caveat keeps to another coalition"),
        ("O-gun,R-gun,6", "asks for more than the 5 units of the offer"),
        ("O-fuel,R-fuel,31", "asks for more than the requirement's quantity of 30.5"),
    ],
)
def test_a_pin_that_can_never_be_kept_is_named_alone(tmp_path: Path, pin: str, reason: str) -> None:
    problem = battery(tmp_path, f"O-old,R-gun,1\n{pin}\n")
    offer, requirement, quantity = pin.split(",")
    assert refused(problem) == [(f"{offer} to {requirement}: {quantity}", reason)]


def test_the_smallest_set_of_pins_that_exclude_one_another_is_named(tmp_path: Path) -> None:
    problem = battery(tmp_path, "O-gun,R-gun,3\nO-gun,R-battery,3\nO-fuel,R-fuel,2\n")
    assert refused(problem) == [
        ("O-gun to R-battery: 3", "can't be kept together with O-gun to R-gun"),
        ("O-gun to R-gun: 3", "can't be kept together with O-gun to R-battery"),
    ]
    with pytest.raises(ProblemError):
        make_plan(problem)


def test_pins_that_only_whole_units_exclude_are_kept_in_fractions(tmp_path: Path) -> None:
    # Each lorry week carries 5 tonnes: one howitzer of 4 tonnes, or a howitzer and a quarter.
    legs = "leg,origin,destination,mode,days,tonnes_per_week,cost_per_tonne,explosives,opens,closes\n" + (
        "D-S,Depot,Site,road,1,5,10,,,2025-01-26\n"
    )
    problem = battery(tmp_path, "O-gun,R-gun,3\n", legs=legs)
    assert sum(units for _, units in kept(empty(problem))) == 3
    more = battery(tmp_path / "more", "O-gun,R-gun,3\nO-art,R-battery,1\n", legs=legs)
    assert [value for value, _ in refused(more)] == ["O-art to R-battery: 1", "O-gun to R-gun: 3"]
    light = legs.replace(",5,10,", ",6,10,")
    third = battery(tmp_path / "third", "O-gun,R-gun,3\nO-art,R-battery,1\n", legs=light)
    assert sum(units for _, units in kept(empty(third), in_whole_units=False)) == pytest.approx(4)
    assert [value for value, _ in refused(third)] == ["O-art to R-battery: 1", "O-gun to R-gun: 3"]


def test_a_plan_with_pins_keeps_every_rule(tmp_path: Path) -> None:
    problem = battery(tmp_path, "O-gun,R-gun,2\nO-art,R-battery,1\nO-old,R-gun,2\n")
    assert verify(problem, make_plan(problem)) == []


WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"


def with_pins(*pins: tuple[str, str, str]) -> Problem:
    """The winter problem with pins: offer, requirement, quantity."""
    winter = tables.read(WINTER)
    rows = tuple({"offer": offer, "requirement": what, "quantity": much} for offer, what, much in sorted(pins))
    return Problem.of(replace(winter, rows=winter.rows | {"pins": rows}))


def planned(problem: Problem) -> Plan:
    return make_plan(problem, Options(next_pledges=0))


def named(problem: Problem) -> list[str]:
    """The pins that a refusal names."""
    with pytest.raises(ProblemError) as told:
        planned(problem)
    assert {fault.table for fault in told.value.faults} == {"pins"}
    return [fault.value.split(":")[0] for fault in told.value.faults]


def test_a_pin_of_the_winter_example_is_kept_though_it_earns_less() -> None:
    problem = with_pins(("DEU-BOILER", "R-BOILER-KYIV", "30"))

    plan = planned(problem)

    brought = sum(float(r["quantity"]) for r in plan.tables["deliveries"] if r["source"] == "DEU-BOILER")
    assert brought == 30
    assert verify(problem, plan) == []
    assert plan.summary["bound"] >= plan.summary["objective"]


def test_a_pin_on_an_offer_that_waits_for_consent_is_refused() -> None:
    problem = with_pins(("CZE-SATELLITE-CRATE", "R-SATELLITE-CRATE-KYIV", "1"), ("DEU-BOILER", "R-BOILER-KYIV", "1"))

    assert named(problem) == ["CZE-SATELLITE-CRATE to R-SATELLITE-CRATE-KYIV"]


def test_a_pin_beyond_what_is_required_is_refused() -> None:
    assert named(with_pins(("NOR-TENT", "R-TENT-LVIV", "151"))) == ["NOR-TENT to R-TENT-LVIV"]


def test_pins_that_only_together_ask_too_much_are_named_together() -> None:
    problem = with_pins(
        ("NOR-WINTER-KIT", "R-WINTER-KIT-KYIV", "140"),
        ("NOR-WINTER-KIT", "R-WINTER-KIT-LVIV", "140"),
        ("DEU-BOILER", "R-BOILER-KYIV", "1"),
    )

    assert named(problem) == ["NOR-WINTER-KIT to R-WINTER-KIT-KYIV", "NOR-WINTER-KIT to R-WINTER-KIT-LVIV"]
