"""Who sees a record, by the rule of the walls."""

from datetime import timedelta

import pytest
from django.utils import timezone

from oneroof.access.actions import change_release, release_set
from oneroof.access.viewer import PUBLIC, looking
from oneroof.catalogue.actions import add_item
from oneroof.catalogue.models import Item
from oneroof.journal.errors import Refused
from oneroof.journal.models import Event

HOWITZER = {"code": "HOWITZER", "name": "Howitzer", "unit": "vehicle", "tonnes_per_unit": "25"}


def codes(viewer):
    with looking(viewer):
        return [item.code for item in Item.objects.visible_to(viewer)]


@pytest.fixture
def add(denmark):
    def make(to, **more):
        with looking(denmark):
            return add_item(denmark, to=to, **{**HOWITZER, **more})

    return make


def test_a_record_is_seen_by_its_owner_and_by_whom_it_is_released_to(add, parties, viewer, denmark):
    add(release_set([parties["NLD"]]))

    assert [codes(v) for v in (denmark, viewer("NLD"), viewer("USA"), viewer("HQ"), PUBLIC)] == [
        ["HOWITZER"], ["HOWITZER"], [], [], [],
    ]  # fmt: skip


def test_the_headquarters_alone_does_not_wait_for_an_embargo(add, parties, viewer, denmark):
    item = add(release_set([parties["NLD"], parties["HQ"]]))
    with looking(denmark):
        later = timezone.now() + timedelta(days=1)
        change_release(
            denmark,
            item,
            to=item.releasable_to,
            detail_to=item.releasable_to,
            embargo_until=later,
            why="Not yet agreed",
        )

    assert [codes(v) for v in (denmark, viewer("NLD"), viewer("HQ"))] == [["HOWITZER"], [], ["HOWITZER"]]


def test_an_administrator_sees_what_is_public(add, parties, viewer):
    add(release_set([parties["HQ"]]))
    add(release_set(public=True), code="PUBLIC")

    assert codes(viewer("HQ", "administrator")) == ["PUBLIC"]


def test_details_go_to_no_more_parties_than_the_record(add, parties, denmark):
    item = add(release_set([parties["NLD"]]))

    with looking(denmark), pytest.raises(Refused, match="some of the parties"):
        change_release(
            denmark, item, to=item.releasable_to, detail_to=release_set(public=True), embargo_until=None, why="x"
        )


def test_another_party_changes_nothing(add, parties, viewer):
    item = add(release_set([parties["NLD"]]))
    other = viewer("NLD")

    with looking(other), pytest.raises(Refused, match="Only its owner"):
        change_release(
            other, item, to=release_set(public=True), detail_to=release_set(), embargo_until=None, why="Mine now"
        )


def test_each_action_adds_one_event_to_the_owners_chain(add, parties, denmark):
    add(release_set([parties["NLD"]]))
    add(release_set(), code="OTHER")

    with looking(denmark):
        told = list(Event.objects.filter(chain=denmark.party).values_list("position", "verb", "kind", "after__code"))
    assert told == [(1, "add", "item", "HOWITZER"), (2, "add", "item", "OTHER")]
