"""Pegging both ways: what serves a requirement, and what lives off a source or a limit."""

import json

import pytest

from oneroof.planning.faults import ProblemError
from oneroof.planning.pegging import peg
from tests.planning.battery import battery, put
from tests.planning.greedy import greedy


@pytest.fixture(scope="module")
def problem(tmp_path_factory):
    return battery(tmp_path_factory.mktemp("pegging") / "problem")


@pytest.fixture(scope="module")
def plan(problem):
    return greedy(problem)


def test_a_requirement_tells_which_sources_serve_it(problem, plan):
    assert peg(problem, plan, "R-gun").lines() == [
        "requirement R-gun (Howitzer): 4 of 4 in time, 0 late.",
        "  2 Gun (8 t) from offer O-gun of DEU, arriving 2025-01-09 to 2025-01-11",
        "  4 Old gun (12 t) from offer O-old of USA, arriving 2025-01-11",
    ]


def test_a_purchase_tells_its_supplier_and_its_fund(problem, plan):
    assert (
        "  40 Round (2 t) from supplier S-round, bought with fund F-open of DEU, arriving 2025-01-25"
        in peg(problem, plan, "R-round").lines()
    )


def test_a_package_tells_who_is_taught(problem, plan):
    lines = peg(problem, plan, "R-battery").lines()

    assert "  12 persons from course Gunnery, ready 2025-01-27 to 2025-02-03" in lines
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("key", "kind", "requirements"),
    [
        ("O-gun", "offer", ["R-battery", "R-gun"]),
        ("USA", "donor", ["R-battery", "R-gun", "R-round"]),
        ("F-open", "fund", ["R-round"]),
        ("F-art", "fund", []),
        ("S-round", "supplier", ["R-round"]),
        ("Gunnery", "course", ["R-battery"]),
        ("School", "node", ["R-battery"]),
        ("Gun", "item", ["R-battery", "R-gun"]),
        ("Other-Site", "leg", ["R-gun"]),
        ("Hub", "node", ["R-battery", "R-fuel", "R-gun", "R-round"]),
        ("Depot", "node", ["R-battery", "R-fuel", "R-gun", "R-local", "R-round"]),
    ],
)
def test_a_source_or_a_limit_tells_who_lives_off_it(key, kind, requirements, problem, plan):
    (found,) = peg(problem, plan, key).found

    assert found.kind == kind
    assert sorted({one.requirement for one in found.pegs}) == requirements


def test_what_nothing_lives_off_says_so(problem, plan):
    assert peg(problem, plan, "O-hint").lines() == ["offer O-hint: no requirement lives off it in this plan."]


def test_a_key_of_several_tables_is_shown_for_all(tmp_path):
    problem = battery(tmp_path / "problem", put("suppliers", "S-round", "Hub"))
    found = peg(problem, greedy(problem), "Hub").found

    assert [one.kind for one in found] == ["supplier", "node"]
    assert [len(one.pegs) for one in found] == [1, 6]


def test_an_unknown_key_names_the_nearest(problem, plan):
    with pytest.raises(ProblemError) as told:
        peg(problem, plan, "r-guns")

    (sentence,) = told.value.sentences()
    assert sentence.startswith("r-guns is no key of requirements, offers,")
    assert "Nearest: R-gun" in sentence


def test_a_pegging_speaks_json(problem, plan):
    told = json.loads(json.dumps(peg(problem, plan, "R-round").as_json()))

    (found,) = told["found"]
    assert (found["quantity"], found["in_time"], found["late"]) == (200, 190, 0)
    assert [(one["kind"], one["source"], one["quantity"]) for one in found["pegs"]] == [
        ("offer", "O-round", 150),
        ("purchase", "S-round", 40),
    ]
