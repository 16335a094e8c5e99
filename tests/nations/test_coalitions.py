"""Coalitions keep a lead; groups freeze when they are chosen."""

from datetime import date

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item
from oneroof.catalogue.models import Item
from oneroof.journal.errors import Refused, Stale
from oneroof.nations.actions import (
    Place,
    add_coalition,
    add_group,
    add_member,
    change_coalition,
    change_group,
    change_member,
)
from oneroof.nations.models import Coalition


@pytest.fixture
def planner(viewer):
    with looking(held := viewer("HQ")):
        yield held


@pytest.fixture
def drones(planner, parties):
    places = [Place(parties["DNK"], lead=True), Place(parties["NLD"])]
    return add_coalition(planner, code="DRONE", name="Drone Coalition", members=places)


def test_a_coalition_without_a_lead_is_refused_and_leaves_nothing(planner, parties):
    with pytest.raises(Refused, match="Nobody would lead"):
        add_coalition(planner, code="DRONE", name="Drone Coalition", members=[Place(parties["NLD"])])

    assert not Coalition.objects.exists()


def test_the_last_lead_may_not_go(planner, drones, parties):
    lead = drones.memberships.get(party=parties["DNK"])

    for change in ({"lead": False}, {"ends_on": date(2025, 1, 1)}):
        with pytest.raises(Refused, match="Name another lead first"):
            change_member(planner, drones.memberships.get(pk=lead.pk), **change)


def test_a_lead_may_go_once_another_leads(planner, drones, parties):
    change_member(planner, drones.memberships.get(party=parties["NLD"]), lead=True)
    change_member(planner, drones.memberships.get(party=parties["DNK"]), ends_on=date(2025, 1, 1))

    assert [(m.party.code, m.lead, m.ends_on) for m in drones.memberships.all()] == [
        ("DNK", True, date(2025, 1, 1)), ("NLD", True, None),
    ]  # fmt: skip


def test_a_coalition_that_ends_is_led_to_its_last_day(planner, drones, parties):
    change_coalition(planner, drones, ends_on=date(2025, 6, 30))
    change_member(planner, drones.memberships.get(party=parties["DNK"]), ends_on=date(2025, 6, 30))

    with pytest.raises(Refused, match="Nobody would lead"):
        change_coalition(planner, drones, ends_on=date(2025, 7, 1))


def test_a_party_is_in_a_coalition_once_at_a_time(planner, drones, parties):
    with pytest.raises(Refused, match="already in this coalition"):
        add_member(planner, drones, party=parties["NLD"], starts_on=date(2025, 1, 1))


def test_a_group_that_changes_later_changes_no_record(planner, parties, viewer):
    group = add_group(planner, name="Two donors", members=[parties["DNK"], parties["NLD"]])
    ukraine, netherlands, denmark, usa = viewer("UKR"), viewer("NLD"), viewer("DNK"), viewer("USA")
    with looking(ukraine):
        chosen = release_set(group.members.all())
        add_item(ukraine, to=chosen, code="TRUCK", name="Truck", unit="vehicle", tonnes_per_unit="9")

    with looking(planner):
        change_group(planner, group, members=[parties["DNK"], parties["USA"]])

    seen = {}
    for held in (netherlands, denmark, usa):
        with looking(held):
            seen[held.party] = Item.objects.visible_to(held).count()
    assert list(seen.values()) == [1, 1, 0]
    with looking(ukraine):
        assert release_set(group.members.all()).pk != chosen.pk


def test_a_group_names_somebody_and_its_list_has_a_version(planner, parties):
    with pytest.raises(Refused, match="at least one party"):
        add_group(planner, name="Nobody", members=[])
    group = add_group(planner, name="Two donors", members=[parties["DNK"], parties["NLD"]])
    seen = group.version
    change_group(planner, group, members=[parties["DNK"]])

    with pytest.raises(Stale):
        change_group(planner, group, members=[parties["USA"]], version=seen)
    assert [party.code for party in group.members.all()] == ["DNK"]
