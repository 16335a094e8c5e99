"""Points of contact and liaison posts under the walls."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from oneroof.access.actions import change_release, release_set
from oneroof.access.viewer import PUBLIC, looking
from oneroof.journal.errors import NotYours, Refused
from oneroof.journal.models import Event
from oneroof.staffing.actions import (
    add_contact,
    add_liaison_post,
    change_contact,
    change_liaison_post,
    move_liaison_post,
)
from oneroof.staffing.models import MAY_FOLLOW, ContactDetail, ContactPoint, LiaisonDetail, LiaisonPost, Status

DETAIL = {"name": "Mette Jensen", "phone": "+45 12 34 56 78", "email": "mette@example.org"}


@pytest.fixture
def add(denmark, parties):
    """Enters a record of Denmark's of either kind, with a detail."""

    def make(kind, to, detail_to, **more):
        with looking(denmark):
            if kind is ContactPoint:
                fields = {"code": "DNK-1", "party": parties["DNK"], "function": "Transport desk", "detail": DETAIL}
                return add_contact(denmark, to=to, detail_to=detail_to, **{**fields, **more})
            fields = {
                "code": "DNK-KYIV", "sender": parties["DNK"], "host": parties["UKR"], "function": "Liaison office",
                "place": "Kyiv", "on": date(2024, 7, 11), "detail": {"holder": "Mette Jensen"},
            }  # fmt: skip
            return add_liaison_post(denmark, to=to, detail_to=detail_to, **{**fields, **more})

    return make


KINDS = [(ContactPoint, ContactDetail), (LiaisonPost, LiaisonDetail)]


@pytest.mark.parametrize(("kind", "detail"), KINDS)
def test_each_viewer_sees_record_and_detail_as_released(add, parties, viewer, denmark, kind, detail):
    add(kind, release_set([parties["NLD"], parties["UKR"]]), release_set([parties["UKR"]]))

    seen = {}
    for name, held in {
        "owner": denmark,
        "detail released": viewer("UKR"),
        "released": viewer("NLD"),
        "other": viewer("USA"),
        "headquarters": viewer("HQ"),
        "administrator": viewer("DNK", "administrator"),
        "public": PUBLIC,
    }.items():
        with looking(held):
            seen[name] = kind.objects.visible_to(held).count(), detail.objects.visible_to(held).count()
    assert seen == {
        "owner": (1, 1),
        "detail released": (1, 1),
        "released": (1, 0),
        "other": (0, 0),
        "headquarters": (0, 0),
        "administrator": (0, 0),
        "public": (0, 0),
    }


@pytest.mark.parametrize(("kind", "detail"), KINDS)
def test_what_is_public_is_seen_by_everybody_and_its_detail_by_the_owner(add, denmark, kind, detail):
    add(kind, release_set(public=True), None)

    counts = []
    for held in (denmark, PUBLIC):
        with looking(held):
            counts.append((kind.objects.visible_to(held).count(), detail.objects.visible_to(held).count()))
    assert counts == [(1, 1), (1, 0)]


@pytest.mark.parametrize(("kind", "detail"), KINDS)
def test_under_embargo_the_headquarters_sees_what_is_released_to_it(add, parties, viewer, denmark, kind, detail):
    record = add(kind, both := release_set([parties["NLD"], parties["HQ"]]), both)
    with looking(denmark):
        later = timezone.now() + timedelta(days=1)
        change_release(denmark, record, to=both, detail_to=both, embargo_until=later, why="Not yet agreed")

    counts = []
    for held in (viewer("HQ"), viewer("NLD")):
        with looking(held):
            counts.append((kind.objects.visible_to(held).count(), detail.objects.visible_to(held).count()))
    assert counts == [(1, 1), (0, 0)]


@pytest.mark.parametrize(("kind", "change"), [(ContactPoint, change_contact), (LiaisonPost, change_liaison_post)])
def test_another_party_changes_nothing(add, viewer, parties, kind, change):
    record = add(kind, both := release_set([parties["NLD"]]), both)
    other, unknowing = viewer("NLD"), viewer("USA")

    with looking(other), pytest.raises(NotYours, match="Only its owner"):
        change(other, record, function="Mine")
    with looking(unknowing), pytest.raises(NotYours, match="There is no such record"):
        change(unknowing, record, function="Mine")


@pytest.mark.parametrize("kind", [ContactPoint, LiaisonPost])
def test_a_code_counts_per_owner(add, viewer, parties, kind):
    add(kind, release_set(), None, code="DESK")
    with pytest.raises(Refused, match="already have"):
        add(kind, release_set(), None, code="DESK")
    other = viewer("NLD")

    with looking(other):
        contact = add_contact(other, to=release_set(), code="DESK", party=parties["NLD"], function="Desk")
    assert contact.owner == parties["NLD"]


def test_a_contact_does_not_end_before_it_starts(add):
    with pytest.raises(Refused) as refused:
        add(ContactPoint, release_set(), None, function="", starts_on=date(2024, 2, 1), ends_on=date(2024, 1, 31))

    assert sorted(refused.value.faults) == ["ends_on", "function"]


def test_names_and_numbers_of_people_stay_out_of_the_journal(add, denmark):
    contact = add(ContactPoint, release_set(), None)
    with looking(denmark):
        change_contact(denmark, contact, detail={**DETAIL, "name": "Lars Holm"})
        stored = ContactDetail.objects.visible_to(denmark).get()
        told = str(list(Event.objects.filter(record=contact.pk).values_list("before", "after")))
        kinds = list(Event.objects.filter(record=contact.pk).values_list("verb", "kind"))

    assert stored.name == "Lars Holm"
    assert "Jensen" not in told
    assert "Holm" not in told
    assert kinds == [("add", "contact_point"), ("add", "contact_detail"), ("change", "contact_detail")]


def test_the_same_detail_again_leaves_no_event(add, denmark):
    contact = add(ContactPoint, release_set(), None)
    with looking(denmark):
        change_contact(denmark, contact, detail=DETAIL)

        assert Event.objects.filter(record=contact.pk).count() == 2


def test_a_post_goes_step_by_step_and_remembers_each_day(add, denmark):
    post = add(LiaisonPost, release_set(), None)
    days = [date(2024, 7, day) for day in (11, 12, 13, 14)]
    with looking(denmark):
        for status, on in zip(("discussed", "agreed", "open"), days[1:], strict=True):
            move_liaison_post(denmark, post, status, on=on, note=f"{status} now")
        stored = LiaisonPost.objects.visible_to(denmark).get()

    assert (stored.status, stored.status_on) == ("open", days[-1])
    assert [(step["status"], step["on"], step["note"]) for step in stored.story] == [
        ("proposed", days[0], ""), ("discussed", days[1], "discussed now"), ("agreed", days[2], "agreed now"),
        ("open", days[3], "open now"),
    ]  # fmt: skip


@pytest.mark.parametrize("now", list(Status))
def test_skipped_steps_are_refused(add, denmark, now):
    post = add(LiaisonPost, release_set(), None, status=now)
    taken = set()
    with looking(denmark):
        for status in Status:
            fresh = LiaisonPost.objects.visible_to(denmark).get()
            fresh.status = now
            try:
                move_liaison_post(denmark, fresh, status, on=date(2024, 8, 1))
            except Refused as refused:
                assert list(refused.faults) == ["status"]
            else:
                taken.add(status)
                move_back(post)

    assert taken == MAY_FOLLOW[now]


def move_back(post):
    """Put a post back to where it stood, behind the actions' back."""
    LiaisonPost._base_manager.filter(pk=post.pk).update(status=post.status, status_on=post.status_on, steps=post.steps)


def test_a_step_is_not_earlier_than_the_last(add, denmark):
    post = add(LiaisonPost, release_set(), None)

    with looking(denmark), pytest.raises(Refused) as refused:
        move_liaison_post(denmark, post, "open", on=date(2024, 7, 10))

    assert sorted(refused.value.faults) == ["on", "status"]


def test_a_post_is_between_two_parties(add, parties):
    with pytest.raises(Refused, match="with itself"):
        add(LiaisonPost, release_set(), None, host=parties["DNK"])


PATHS = {ContactPoint: "contact-points", LiaisonPost: "liaison-posts"}


@pytest.mark.parametrize("kind", [ContactPoint, LiaisonPost])
def test_over_the_api_a_detail_that_is_not_released_is_none(add, signed_in, parties, kind):
    made = add(kind, release_set([parties["NLD"], parties["USA"]]), release_set([parties["NLD"]]))
    told = [signed_in(code).get(f"/api/v1/{PATHS[kind]}/{made.pk}/detail") for code in ("DNK", "NLD", "USA")]
    none = signed_in("USA").get(f"/api/v1/{PATHS[kind]}/{uuid.uuid4()}/detail")

    assert ["Mette Jensen" in answer.content.decode() for answer in told] == [True, True, False]
    assert (told[2].status_code, told[2].content) == (none.status_code, none.content) == (404, none.content)


@pytest.mark.parametrize("kind", [ContactPoint, LiaisonPost])
def test_the_form_of_a_record_shows_its_detail_to_its_owner_and_is_no_page_to_others(add, signed_in, parties, kind):
    made = add(kind, release_set([parties["NLD"]]), release_set([parties["NLD"]]))
    pages = [signed_in(code).get(f"{made.get_absolute_url()}change/") for code in ("DNK", "NLD")]

    assert ("Mette Jensen" in pages[0].content.decode(), pages[1].status_code) == (True, 404)
