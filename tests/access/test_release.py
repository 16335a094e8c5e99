"""Who sees a record: the owner's pages of it, and looking as another party does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from oneroof.access.actions import release_set
from oneroof.access.middleware import viewer_of
from oneroof.access.preview import seen_as
from oneroof.access.release_views import as_party
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item
from oneroof.catalogue.models import Item
from oneroof.journal.models import Event
from oneroof.logistics.actions import add_leg, add_node


@pytest.fixture
def held(second):
    return second("DNK", "donor_representative")


@pytest.fixture
def browser(held):
    made = Client()
    made.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


@pytest.fixture
def item(held, parties):
    with looking(viewer_of(held)):
        return add_item(
            viewer_of(held), to=release_set([parties["NLD"]]), code="X", name="Howitzer", unit="set", tonnes_per_unit=1
        )


def test_the_owner_sees_who_sees_a_record(browser, item):
    page = browser.get(f"/release/item/{item.pk}/")

    assert page.status_code == 200
    assert [party.code for party in page.context["sees"]] == ["NLD"]
    assert "can’t be unread" in page.content.decode()


@pytest.mark.parametrize("part", ["", "change/", "preview/?party=USA"])
@pytest.mark.parametrize(
    ("code", "role"), [("NLD", None), ("USA", None), ("HQ", None), ("DNK", "reader"), (None, None)]
)
def test_to_others_there_is_no_such_page(item, signed_in, code, role, part):
    assert signed_in(code, role).get(f"/release/item/{item.pk}/{part}").status_code == 404


def test_a_kind_or_record_that_is_not_there_is_no_page(browser, item, held):
    for path in ("/release/person/", "/release/nothing/"):
        assert browser.get(f"{path}{item.pk}/").status_code == 404
    assert browser.get(f"/release/item/{held.pk}/").status_code == 404
    assert browser.get(f"/release/item/{item.pk}/preview/?party=XYZ").status_code == 404


def test_widening_and_narrowing_are_events_with_their_reason(browser, item, parties, held):
    def change(**more):
        told = {"who": "own", "detail": "same", "embargo_until": "", "why": "Agreed on 11 July", "version": ""}
        path = f"/release/item/{item.pk}/change/"
        told["version"] = browser.get(path).context["version"]
        return browser.post(path, {**told, **more})

    assert change(who="public").status_code == 302
    assert Client().get("/items/").content.decode().count("Howitzer") >= 1
    assert change(who="own").status_code == 302
    assert "Howitzer" not in Client().get("/items/").content.decode()
    assert change(why="").status_code == 422

    with looking(viewer_of(held)):
        told = list(Event.objects.filter(record=item.pk, verb="release").order_by("position"))
    assert [e.why for e in told] == ["Agreed on 11 July"] * 2
    assert all("releasable_to" in e.after and "releasable_to" in e.before for e in told)


def test_looking_as_another_shows_what_that_party_sees(browser, item, parties):
    told = {code: browser.get(f"/release/item/{item.pk}/preview/?party={code}").content.decode() for code in
            ("NLD", "USA", "HQ", "public")}  # fmt: skip

    assert {code: "does not exist" not in page for code, page in told.items()} == {
        "NLD": True, "USA": False, "HQ": False, "public": False,
    }  # fmt: skip
    assert "vehicle" not in told["NLD"] and "Howitzer" in told["NLD"]


def test_looking_as_another_waits_for_embargoes_as_they_do(browser, item, held, parties):
    with looking(viewer_of(held)):
        Item.objects.visible_to(viewer_of(held))
        both = release_set([parties["NLD"], parties["HQ"]])
        item.releasable_to, item.embargo_until = both, timezone.now() + timedelta(days=1)
        item.save()
        seen = {code: seen_as(item, viewer_of(held), as_party(parties[code])) is not None for code in ("NLD", "HQ")}

    assert seen == {"NLD": False, "HQ": True}


def test_looking_as_another_shows_no_name_of_what_is_hidden_from_them(browser, held, parties):
    some, denmark = release_set([parties["NLD"]]), viewer_of(held)
    with looking(denmark):
        a, b = (
            add_node(denmark, to=to, code=name, name=name, kind="depot", nation=parties["DNK"])
            for to, name in ((some, "Aarhus"), (release_set(), "Billund"))
        )
        leg = add_leg(denmark, to=some, code="AB", origin=a, destination=b, mode="road", days=1)
    page = browser.get(f"/release/leg/{leg.pk}/preview/?party=NLD").content.decode().split("<main", 1)[1]

    assert ("Aarhus" in page, "Billund" in page) == (True, False)


def test_looking_through_the_eyes_of_others_shows_nothing_that_is_not_ones_own(item, viewer, parties):
    other = viewer("NLD")

    with looking(other):
        mine = viewer("USA")
        assert seen_as(item, mine, as_party(parties["NLD"])) is None


@pytest.mark.parametrize(("code", "known", "exact"), [("NLD", True, True), ("USA", True, False), ("HQ", False, False)])
def test_looking_as_another_shows_details_only_to_whom_they_are_released(browser, held, parties, code, known, exact):
    with looking(viewer_of(held)):
        node = add_node(
            viewer_of(held),
            to=release_set([parties["NLD"], parties["USA"]]),
            detail_to=release_set([parties["NLD"]]),
            place={"latitude": "55.123456", "longitude": "12.654321"},
            code="DEPOT",
            name="Aarhus",
            kind="depot",
            nation=parties["DNK"],
        )

    page = browser.get(f"/release/node/{node.pk}/preview/?party={code}").content.decode()

    assert ("Aarhus" in page.split("<main", 1)[1], "55.123456" in page) == (known, exact)
