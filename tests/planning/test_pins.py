"""Pins are kept whatever they earn; pins that can't be kept are refused by name."""

from dataclasses import replace
from pathlib import Path

import pytest

from oneroof.planning import tables as problems
from oneroof.planning.faults import ProblemError
from oneroof.planning.plan import Plan
from oneroof.planning.planner import Options, make_plan
from oneroof.planning.problem import Problem
from oneroof.planning.verify import verify

WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"


def with_pins(*pins: tuple[str, str, str]) -> Problem:
    """The winter problem with pins: offer, requirement, quantity."""
    tables = problems.read(WINTER)
    rows = tuple({"offer": offer, "requirement": what, "quantity": much} for offer, what, much in sorted(pins))
    return Problem.of(replace(tables, rows=tables.rows | {"pins": rows}))


def planned(problem: Problem) -> Plan:
    return make_plan(problem, Options(next_pledges=0))


def refused(problem: Problem) -> list[str]:
    """The pins that a refusal names."""
    with pytest.raises(ProblemError) as told:
        planned(problem)
    assert {fault.table for fault in told.value.faults} == {"pins"}
    return [fault.value.split(":")[0] for fault in told.value.faults]


def test_a_pin_is_kept_though_it_earns_less():
    problem = with_pins(("DEU-BOILER", "R-BOILER-KYIV", "30"))

    plan = planned(problem)

    brought = sum(float(r["quantity"]) for r in plan.tables["deliveries"] if r["source"] == "DEU-BOILER")
    assert brought == 30
    assert verify(problem, plan) == []
    assert plan.summary["bound"] >= plan.summary["objective"]


def test_a_pin_on_an_offer_that_waits_for_consent_is_refused():
    problem = with_pins(("CZE-SATELLITE-CRATE", "R-SATELLITE-CRATE-KYIV", "1"), ("DEU-BOILER", "R-BOILER-KYIV", "1"))

    assert refused(problem) == ["CZE-SATELLITE-CRATE to R-SATELLITE-CRATE-KYIV"]


def test_a_pin_beyond_what_is_required_is_refused():
    assert refused(with_pins(("NOR-TENT", "R-TENT-LVIV", "151"))) == ["NOR-TENT to R-TENT-LVIV"]


def test_pins_that_only_together_ask_too_much_are_named_together():
    problem = with_pins(
        ("NOR-WINTER-KIT", "R-WINTER-KIT-KYIV", "140"),
        ("NOR-WINTER-KIT", "R-WINTER-KIT-LVIV", "140"),
        ("DEU-BOILER", "R-BOILER-KYIV", "1"),
    )

    assert refused(problem) == ["NOR-WINTER-KIT to R-WINTER-KIT-KYIV", "NOR-WINTER-KIT to R-WINTER-KIT-LVIV"]
