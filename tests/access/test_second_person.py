"""No administrator acts as somebody else alone: a second person agrees, or nothing opens."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from oneroof.access.actors import House
from oneroof.access.first import link_for, make_administrator
from oneroof.access.links import make_link
from oneroof.access.middleware import viewer_of
from oneroof.access.models import Person, Secondment
from oneroof.access.people import (
    add_person,
    add_secondment,
    ask_to_open,
    change_end,
    change_person,
    join_outside_account,
    take_factors_away,
)
from oneroof.access.second_person import AGREED, ASKED, answer_recovery, answer_secondment
from oneroof.access.viewer import PUBLIC, looking
from oneroof.journal.errors import NotYours, Refused

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def a_sight(db):
    """On PostgreSQL somebody's sight is set."""
    with looking(PUBLIC):
        yield


@pytest.fixture
def used(second):
    """Makes somebody who has signed in."""

    def make(code, role="reader", **dates):
        held = second(code, role, **dates)
        Person.objects.filter(pk=held.person_id).update(last_login=timezone.now())
        held.person.refresh_from_db()
        return held

    return make


@pytest.fixture
def chief(used):
    """The headquarters' administrator."""
    return viewer_of(used("HQ", "administrator"))


@pytest.fixture
def denmark(used):
    """Denmark's representative, who has signed in."""
    return used("DNK", "donor_representative")


def browser_of(held):
    browser = Client()
    browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def now(held):
    return Person.objects.get(pk=held.person_id)


OPENINGS = {
    "a link": make_link,
    "factors": lambda by, person: take_factors_away(by, person, "Phone lost"),
    "an outside account": lambda by, person: join_outside_account(by, person, "oidc-1", "mine"),
}


@pytest.mark.parametrize("way", OPENINGS)
def test_an_administrator_alone_opens_no_account_that_is_in_use(chief, denmark, way):
    with pytest.raises(Refused, match="second person"):
        OPENINGS[way](chief, now(denmark))
    ask_to_open(chief, now(denmark), "Phone lost")
    with pytest.raises(Refused, match="second person"):
        OPENINGS[way](chief, now(denmark))
    with pytest.raises(NotYours):
        answer_recovery(chief, now(denmark), agreed=True)


@pytest.mark.parametrize("way", OPENINGS)
def test_an_account_that_was_never_signed_in_to_opens_at_once(chief, second, way):
    OPENINGS[way](chief, second("DNK", "reader").person)


@pytest.mark.parametrize("who", [("DNK", "reader"), ("HQ", "administrator"), ("DNK", "administrator")])
def test_a_colleague_or_another_administrator_agrees_and_then_it_opens_once(chief, denmark, used, who):
    ask_to_open(chief, now(denmark), "Phone lost")

    answer_recovery(viewer_of(used(*who)), now(denmark), agreed=True)

    take_factors_away(chief, now(denmark), "Phone lost")
    path = make_link(chief, now(denmark)).removeprefix("http://127.0.0.1:8000")
    assert Client().post(path)["Location"] == "/me/welcome/"
    with pytest.raises(Refused, match="second person"):
        make_link(chief, now(denmark))


@pytest.mark.parametrize("who", [("NLD", "donor_representative"), ("NLD", "administrator"), ("HQ", "planner")])
def test_nobody_of_another_party_agrees(chief, denmark, used, who):
    ask_to_open(chief, now(denmark), "Phone lost")

    with pytest.raises(NotYours):
        answer_recovery(viewer_of(used(*who)), now(denmark), agreed=True)


def test_what_was_agreed_is_for_the_administrator_who_asked(chief, denmark, used):
    other = viewer_of(used("HQ", "administrator"))
    ask_to_open(chief, now(denmark), "Phone lost")
    answer_recovery(other, now(denmark), agreed=True)

    with pytest.raises(Refused, match="second person"):
        make_link(other, now(denmark))
    make_link(chief, now(denmark))


def test_asking_and_agreeing_are_over_after_their_time(chief, denmark, used, monkeypatch):
    friend, began = viewer_of(used("DNK")), timezone.now()
    ask_to_open(chief, now(denmark), "Phone lost")
    monkeypatch.setattr(timezone, "now", lambda: began + ASKED + DAY)
    with pytest.raises(NotYours):
        answer_recovery(friend, now(denmark), agreed=True)
    monkeypatch.setattr(timezone, "now", lambda: began + DAY)
    answer_recovery(friend, now(denmark), agreed=True)
    monkeypatch.setattr(timezone, "now", lambda: began + DAY + AGREED + DAY)
    with pytest.raises(Refused, match="second person"):
        make_link(chief, now(denmark))


def test_asking_again_takes_an_agreement_to_something_else_back(chief, denmark, used):
    ask_to_open(chief, now(denmark), "Phone lost")
    answer_recovery(viewer_of(used("DNK")), now(denmark), agreed=True)

    ask_to_open(viewer_of(used("HQ", "administrator")), now(denmark), "Phone lost again")

    with pytest.raises(Refused, match="second person"):
        make_link(chief, now(denmark))


def test_the_person_sees_what_is_asked_and_refuses(chief, denmark):
    browser = browser_of(denmark)
    assert b"asks to open your account anew" not in browser.get("/me/").content
    ask_to_open(chief, now(denmark), "Phone lost")
    assert b"asks to open your account anew" in browser.get("/me/").content
    told = {"kind": "person", "key": str(denmark.person_id)}

    assert browser.post("/me/waiting/", {**told, "answer": "agree"}).status_code == 404
    assert browser.post("/me/waiting/", {**told, "answer": "refuse"}).status_code == 302

    assert now(denmark).recovery_by is None
    assert b"asks to open your account anew" not in browser.get("/me/").content


def test_a_reason_is_asked_for(chief, denmark):
    with pytest.raises(Refused, match="Say why"):
        ask_to_open(chief, now(denmark), " ")


def test_a_nations_administrator_asks_for_that_nations_people_alone(used, denmark):
    keeper = viewer_of(used("NLD", "administrator"))

    with pytest.raises(NotYours):
        ask_to_open(keeper, now(denmark), "Phone lost")


def test_the_command_line_opens_alone(denmark):
    take_factors_away(House(), now(denmark), "Phone lost")
    make_link(House(), now(denmark))
    assert link_for(denmark.person.email, "Phone lost").startswith("http")


# --- Secondments ------------------------------------------------------------------------------------------------------


def newcomer(by, party, role="reader", email="anna@example.org", **more):
    return add_person(by, email=email, name="Anna", party=party, role=role, **{"starts_on": TODAY, **more})


def test_an_administrator_alone_adds_nobody_to_a_party_that_has_people(chief, denmark, parties):
    held = newcomer(chief, parties["DNK"])

    assert (held.waits, held.holds_on(TODAY)) == (True, False)
    browser = browser_of(held)
    assert browser.get("/items/")["Location"] == "/me/no-role/"
    with pytest.raises(NotYours):
        answer_secondment(chief, held, agreed=True)
    with pytest.raises(NotYours):
        answer_secondment(viewer_of(held), held, agreed=True)


@pytest.mark.parametrize("who", [("DNK", "reader"), ("HQ", "administrator"), ("DNK", "administrator")])
def test_somebody_of_the_party_or_another_administrator_agrees(chief, denmark, parties, used, who):
    held = newcomer(chief, parties["DNK"])

    answer_secondment(viewer_of(used(*who)), held, agreed=True)

    assert Secondment.objects.get(pk=held.pk).holds_on(TODAY)


def test_what_is_refused_is_removed(chief, denmark, parties):
    held = newcomer(chief, parties["DNK"])

    answer_secondment(viewer_of(denmark), held, agreed=False)

    assert not Secondment.objects.filter(person__email="anna@example.org").exists()


@pytest.mark.parametrize("who", [("NLD", "donor_representative"), ("NLD", "administrator"), ("HQ", "planner")])
def test_nobody_else_agrees_to_a_secondment(chief, denmark, parties, used, who):
    held = newcomer(chief, parties["DNK"])

    with pytest.raises(NotYours):
        answer_secondment(viewer_of(used(*who)), held, agreed=True)


def test_the_first_people_of_a_party_need_nobody_else(chief, second, parties):
    second("DNK", "reader")  # there, but never signed in

    assert newcomer(chief, parties["DNK"]).holds_on(TODAY)
    assert newcomer(chief, parties["HQ"], email="peter@example.org").holds_on(TODAY)


def test_those_who_left_count_so_that_nobody_is_shut_out_first(chief, denmark, parties):
    change_end(chief, denmark, ends_on=TODAY - DAY)
    change_person(chief, now(denmark), is_active=False)

    assert newcomer(chief, parties["DNK"]).waits


def test_an_administrator_is_made_by_two_or_on_the_machine(chief, parties, used):
    planner = viewer_of(used("NLD", "planner"))
    held = newcomer(chief, parties["NLD"], role="administrator")
    assert held.waits
    with pytest.raises(NotYours):
        answer_secondment(planner, held, agreed=True)

    with looking(PUBLIC):
        found, _address = make_administrator("anna@example.org", "Anna", "NLD")

    assert found == held
    assert Secondment.objects.get(pk=held.pk).holds_on(TODAY)


def test_a_further_secondment_and_one_that_was_over_wait_too(chief, denmark, used, parties):
    old = used("DNK", "reader", ends_on=TODAY - DAY)
    further = add_secondment(chief, used("NLD").person, party=parties["DNK"], role="auditor", starts_on=TODAY)
    longer = used("DNK", "reader", ends_on=TODAY + DAY)

    change_end(chief, old, ends_on=None)
    change_end(chief, longer, ends_on=None)

    assert [further.waits, old.waits, longer.waits] == [True, True, False]


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_from_asking_to_the_link_on_pages(used, denmark):
    keeper, friend = browser_of(used("HQ", "administrator")), browser_of(used("DNK"))
    page = f"/people/{denmark.person_id}/"
    assert f"{page}link/" not in keeper.get(page).content.decode()
    for step in ("link/", "factors/"):
        assert keeper.post(f"{page}{step}", {"why": "x"})["Location"] == f"{page}recovery/"

    keeper.post(f"{page}recovery/", {"why": "Phone lost"})
    assert "waits for a second person until" in keeper.get(page).content.decode()
    assert denmark.person.name in friend.get("/me/waiting/").content.decode()
    assert denmark.person in {one.person for one in friend.get("/me/waiting/").context["colleagues"]}
    friend.post("/me/waiting/", {"kind": "person", "key": str(denmark.person_id), "answer": "agree"})

    assert "a second person agreed" in keeper.get(page).content.decode()
    assert keeper.post(f"{page}link/").context["address"].startswith("http")


def test_a_secondment_is_agreed_to_on_the_page(used, denmark, parties, chief):
    held = newcomer(chief, parties["DNK"])
    friend = browser_of(used("DNK"))
    assert b"anna@example.org" in friend.get("/me/waiting/").content

    friend.post("/me/waiting/", {"kind": "secondment", "key": str(held.pk), "answer": "agree"})

    assert Secondment.objects.get(pk=held.pk).holds_on(TODAY)


@pytest.mark.parametrize("told", [{}, {"kind": "secondment", "key": "x"}, {"kind": "person", "key": "0" * 32}])
def test_what_does_not_wait_is_not_there(denmark, told):
    assert browser_of(denmark).post("/me/waiting/", {**told, "answer": "agree"}).status_code == 404


def test_nobody_of_another_party_reads_what_waits(used, denmark, parties, chief):
    newcomer(chief, parties["DNK"])
    ask_to_open(chief, now(denmark), "Phone lost")

    page = browser_of(used("NLD")).get("/me/waiting/")

    assert page.context["people"] == page.context["secondments"] == []
    assert b"anna@example.org" not in page.content
    assert denmark.person.name.encode() not in page.content
    assert Client().get("/me/waiting/").status_code == 302


@pytest.mark.parametrize("who", [("DNK", "reader"), ("HQ", "administrator")])
def test_the_page_of_what_waits_costs_the_same_with_one_and_with_three(used, denmark, parties, chief, queries, who):
    friend, others = browser_of(used(*who)), [denmark, used("DNK"), used("DNK")]
    newcomer(chief, parties["DNK"])
    ask_to_open(chief, now(denmark), "Phone lost")
    friend.get("/me/waiting/")
    one = queries(lambda: friend.get("/me/waiting/"))
    for name, held in zip(("peter", "maria"), others[1:], strict=True):
        newcomer(chief, parties["DNK"], email=f"{name}@example.org")
        ask_to_open(chief, now(held), "Phone lost")

    assert len(friend.get("/me/waiting/").context["people"]) == 3
    assert queries(lambda: friend.get("/me/waiting/")) == one
