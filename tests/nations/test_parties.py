"""Parties, what they are part of, and how they stand to bodies."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oneroof.access.viewer import looking
from oneroof.journal.errors import NotYours, Refused, Stale
from oneroof.journal.models import Event
from oneroof.nations.actions import add_partnership, add_party, change_partnership, change_party
from oneroof.nations.models import Party
from oneroof.nations.names import official_name, short_name, ukrainian_name


@pytest.fixture
def planner(viewer):
    with looking(held := viewer("HQ")):
        yield held


@pytest.fixture
def nato(planner):
    return add_party(planner, code="NATO", kind="organisation", name="NATO")


def unit(planner, code, whole):
    return add_party(planner, code=code, kind="unit", name=code, part_of=whole)


def test_nations_are_named_by_iso_3166_and_cldr():
    assert (official_name("DNK"), short_name("DNK"), ukrainian_name("DNK")) == (
        "Kingdom of Denmark",
        "Denmark",
        "Данія",
    )
    assert (official_name("EUU"), short_name("EUU"), ukrainian_name("EUU")) == (
        "", "European Union", "Європейський Союз",
    )  # fmt: skip
    assert (official_name("XXX"), ukrainian_name("XXX")) == ("", "")


def test_all_faults_of_a_party_are_told_at_once(planner):
    with pytest.raises(Refused) as refused:
        add_party(planner, code="ATLANTIS", name="", starts_on=date(2024, 2, 1), ends_on=date(2024, 1, 1))

    assert sorted(refused.value.faults) == ["code", "ends_on", "name"]
    assert "ISO 3166 has no nation with the code ATLANTIS" in refused.value.faults["code"][0]


def test_a_code_is_taken_once(planner, parties):
    with pytest.raises(Refused) as refused:
        add_party(planner, code="DNK", name="Denmark again")

    assert list(refused.value.faults) == ["code"]


def test_a_ministry_is_part_of_something_and_a_nation_of_nothing(planner, parties):
    with pytest.raises(Refused, match="part of a nation or a body"):
        add_party(planner, code="MOD", kind="ministry", name="Ministry of Defence")
    with pytest.raises(Refused, match="part of nothing here"):
        change_party(planner, parties["DNK"], part_of=parties["NLD"])


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_ring_of_parts_of_any_length_is_refused(planner, parties, length):
    top = last = unit(planner, "DNK-0", parties["DNK"])
    for number in range(1, length):
        last = unit(planner, f"DNK-{number}", last)

    with pytest.raises(Refused, match="would make a ring") as refused:
        change_party(planner, top, part_of=last)

    assert list(refused.value.faults) == ["part_of"]
    assert Party.objects.get(pk=top.pk).part_of == parties["DNK"]


def above(code, parent):
    """Every party above one, walked with a limit; more steps than parties would be a ring."""
    steps = []
    while (code := parent[code]) is not None:
        steps.append(code)
        if len(steps) > len(parent):
            return None
    return steps


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_however_parts_are_moved_nothing_stands_above_itself(planner, parties, moves):
    """The law, and its other half: a move is refused only where it would have made a ring."""
    point = transaction.savepoint()
    units = [unit(planner, f"U-{number}", parties["DNK"]) for number in range(6)]
    expected: dict[str, str | None] = {"DNK": None} | {f"U-{number}": "DNK" for number in range(6)}
    for lower, upper in moves:
        wanted = {**expected, f"U-{lower}": f"U-{upper}"}
        try:
            change_party(planner, Party.objects.get(pk=units[lower].pk), part_of=units[upper])
        except Refused:
            assert above(f"U-{lower}", wanted) is None
        else:
            expected = wanted
        assert above(f"U-{lower}", expected) is not None
    stored = dict(Party.objects.filter(code__startswith="U-").values_list("code", "part_of__code"))
    assert stored == {code: whole for code, whole in expected.items() if code != "DNK"}
    transaction.savepoint_rollback(point)


def test_only_planners_and_administrators_write_parties(viewer, parties):
    for code, role in (("DNK", "donor_representative"), ("HQ", "auditor"), ("UKR", "recipient_officer")):
        held = viewer(code, role)
        with looking(held), pytest.raises(NotYours):
            add_party(held, code="SWE", name="Sweden")
    administrator = viewer("HQ", "administrator")
    with looking(administrator):
        add_party(administrator, code="SWE", name="Sweden")

    assert Party.objects.filter(code="SWE").count() == 1


def test_a_change_of_what_somebody_else_changed_is_refused(planner, parties):
    seen = parties["DNK"].version
    change_party(planner, parties["DNK"], name_uk="Данія")

    with pytest.raises(Stale):
        change_party(planner, parties["DNK"], version=seen, name="Danmark")


def test_a_changed_party_leaves_an_event(planner, parties):
    change_party(planner, parties["DNK"], name_uk="Данія", why="Readers in Kyiv")

    event = Event.objects.get(record=parties["DNK"].pk)
    assert (event.verb, event.before["name_uk"], event.after["name_uk"], event.why) == (
        "change", "", "Данія", "Readers in Kyiv",
    )  # fmt: skip


def test_a_partnership_does_not_end_before_it_starts(planner, parties, nato):
    with pytest.raises(Refused) as refused:
        add_partnership(
            planner, party=parties["UKR"], body=nato, kind="partner",
            starts_on=date(1994, 2, 8), ends_on=date(1994, 2, 7),
        )  # fmt: skip

    assert list(refused.value.faults) == ["ends_on"]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "refused"),
    [
        (None, None, True),
        (None, date(2000, 1, 1), True),
        (date(2010, 12, 31), None, True),
        (date(2003, 1, 1), date(2004, 1, 1), True),
        (None, date(1999, 12, 31), False),
        (date(2011, 1, 1), None, False),
    ],
)
def test_the_same_standing_does_not_overlap(planner, parties, nato, starts_on, ends_on, refused):
    same = {"party": parties["UKR"], "body": nato, "kind": "partner"}
    add_partnership(planner, **same, starts_on=date(2000, 1, 1), ends_on=date(2010, 12, 31))

    if refused:
        with pytest.raises(Refused, match="2000-01-01 – 2010-12-31"):
            add_partnership(planner, **same, starts_on=starts_on, ends_on=ends_on)
    else:
        add_partnership(planner, **same, starts_on=starts_on, ends_on=ends_on)
        assert parties["UKR"].partnerships.count() == 2


def test_standings_of_two_kinds_may_overlap_and_one_may_end(planner, parties, nato):
    partner = add_partnership(planner, party=parties["UKR"], body=nato, kind="partner", starts_on=date(1994, 2, 8))
    add_partnership(planner, party=parties["UKR"], body=nato, kind="recipient", starts_on=date(2024, 7, 11))
    change_partnership(planner, partner, ends_on=date(2030, 1, 1))

    assert [p.holds_on(date(2031, 1, 1)) for p in parties["UKR"].partnerships.all()] == [False, True]


def test_a_party_has_no_partnership_with_itself(planner, nato):
    with pytest.raises(Refused, match="with itself"):
        add_partnership(planner, party=nato, body=nato, kind="partner")
