"""What administrators do, how far they reach, and that they read no party's records."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from oneroof.access.actions import release_set
from oneroof.access.actors import House
from oneroof.access.kinds import record_kinds
from oneroof.access.middleware import viewer_of
from oneroof.access.models import Detail, Person, Record, Secondment
from oneroof.access.people import add_person, add_secondment, change_end, people_in_reach
from oneroof.access.roles import Role
from oneroof.access.viewer import PUBLIC, WATCH, looking
from oneroof.catalogue.actions import add_item
from oneroof.catalogue.models import Item
from oneroof.journal.errors import Refused
from oneroof.journal.models import Event

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def house(db):
    """The house itself, with a sight set on PostgreSQL."""
    with looking(PUBLIC):
        yield House()


@pytest.fixture
def browser_of():
    """A browser in which somebody is signed in."""

    def make(held):
        browser = Client()
        browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return make


@pytest.fixture
def chief(second, browser_of):
    """A browser of the headquarters' administrator."""
    return browser_of(second("HQ", "administrator"))


def form(party, **more):
    told = {"email": "anna@example.org", "name": "Anna", "language": "en", "party": party.pk, "role": "reader"}
    return {**told, "starts_on": TODAY.isoformat(), "ends_on": "", "why": "Letter of 11 July", **more}


def test_an_administrator_adds_a_person_and_hands_over_a_link_that_is_shown_once(chief, parties):
    answer = chief.post("/people/add/", form(parties["DNK"]))
    person = Person.objects.get(email="anna@example.org")
    assert answer["Location"] == f"/people/{person.pk}/"
    assert not person.has_usable_password()

    shown = chief.post(f"/people/{person.pk}/link/")
    again = chief.get(f"/people/{person.pk}/link/")

    path = shown.context["address"].removeprefix("http://127.0.0.1:8000")
    assert path in shown.content.decode()
    assert path not in again.content.decode()
    newcomer = Client()
    assert newcomer.post(path)["Location"] == "/me/welcome/"
    assert newcomer.get("/items/").wsgi_request.viewer.party == parties["DNK"].pk


def test_every_fault_of_a_new_person_is_told_at_once(chief, parties):
    answer = chief.post("/people/add/", form(parties["DNK"], email="anna", role="king", starts_on="soon"))

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"email", "role", "starts_on"}


def test_an_address_that_has_an_account_gets_the_secondment_alone(chief, parties, second):
    held = second("DNK", "auditor")

    chief.post("/people/add/", form(parties["NLD"], email=held.person.email.upper(), name="Other", role="auditor"))

    person = Person.objects.get(pk=held.person_id)
    assert person.name == held.person.name
    assert sorted(s.party.code for s in person.secondments.all()) == ["DNK", "NLD"]


@pytest.mark.parametrize("path", ["/people/add/", "/people/{}/", "/people/{}/link/", "/people/{}/second/"])
@pytest.mark.parametrize("role", [role for role in Role.values if role != "administrator"] + [None])
def test_to_everybody_else_there_are_no_pages_of_people(signed_in, second, role, path):
    held = second("NLD", "reader")
    browser = signed_in("DNK", role) if role else Client()

    assert browser.get(path.format(held.person_id)).status_code == 404
    assert browser.post(path.format(held.person_id)).status_code == 404


def test_a_nations_administrator_keeps_that_nations_people_alone(second, browser_of, parties):
    danish, dutch = second("DNK", "reader"), second("NLD", "reader")
    both = second("DNK", "auditor")
    Secondment.objects.create(person=both.person, party=parties["NLD"], role="auditor", starts_on=TODAY)
    browser = browser_of(second("DNK", "administrator"))

    page = browser.get("/people/").content.decode()
    told = {str(p.person_id): browser.get(f"/people/{p.person_id}/").status_code for p in (danish, dutch, both)}
    links = {str(p.person_id): browser.post(f"/people/{p.person_id}/link/").status_code for p in (danish, dutch, both)}

    assert danish.person.email in page and dutch.person.email not in page and "NLD" not in page
    assert list(told.values()) == [200, 404, 200]
    assert list(links.values()) == [200, 404, 404], "an account that acts for others too is not theirs"
    assert browser.post("/people/add/", form(parties["NLD"])).status_code == 422
    assert not Person.objects.filter(email="anna@example.org").exists()


def test_nobody_changes_their_own_secondments_or_makes_their_own_link(chief, parties):
    me = chief.get("/people/").wsgi_request.secondment

    answer = chief.post(f"/people/{me.person_id}/second/", form(parties["DNK"]))

    assert answer.status_code == 422
    assert "Ask another administrator" in answer.content.decode()
    assert chief.post(f"/people/{me.person_id}/link/").status_code == 404
    assert Secondment.objects.filter(person=me.person_id).count() == 1


def test_the_same_role_twice_at_a_time_is_refused_and_after_each_other_is_not(house, second, parties):
    held = second("DNK", "reader", starts_on=TODAY, ends_on=TODAY + 10 * DAY)
    more = {"party": parties["DNK"], "role": "reader"}

    for start, end in [(0, 5), (5, None), (10, 20), (-5, None), (-5, 0)]:
        ends_on = None if end is None else TODAY + end * DAY
        with pytest.raises(Refused, match="Extend that secondment"):
            add_secondment(house, held.person, starts_on=TODAY + start * DAY, ends_on=ends_on, **more)

    add_secondment(house, held.person, starts_on=TODAY + 11 * DAY, **more)
    add_secondment(house, held.person, starts_on=TODAY, party=parties["NLD"], role="reader")
    assert held.person.secondments.count() == 3


def test_two_senior_civilians_at_a_time_are_refused_wherever_they_are(house, second, parties):
    held = second("HQ", "senior_civilian", ends_on=TODAY)
    other = second("DNK", "reader").person

    with pytest.raises(Refused) as refused:
        add_secondment(house, other, party=parties["USA"], role="senior_civilian", starts_on=TODAY)
    assert list(refused.value.faults) == ["role"]
    add_secondment(house, other, party=parties["USA"], role="senior_civilian", starts_on=TODAY + DAY)
    with pytest.raises(Refused, match="one senior civilian"):
        change_end(house, held, ends_on=TODAY + 30 * DAY)


def test_an_end_before_the_start_is_refused(house, second, parties):
    held = second("DNK", "reader", starts_on=TODAY)

    with pytest.raises(Refused, match="before it starts"):
        change_end(house, held, ends_on=TODAY - DAY)
    with pytest.raises(Refused, match="before it starts"):
        add_secondment(house, held.person, party=parties["NLD"], role="reader", starts_on=TODAY, ends_on=TODAY - DAY)


def test_what_administrators_do_stands_in_the_history_without_names(chief, parties):
    chief.post("/people/add/", form(parties["DNK"]))
    person = Person.objects.get(email="anna@example.org")
    chief.post(f"/people/{person.pk}/link/")

    with looking(WATCH):
        told = list(Event.objects.filter(kind__in=("person", "secondment")).order_by("position"))

    assert [(e.verb, e.kind) for e in told] == [("add", "person"), ("add", "secondment"), ("make_link", "person")]
    assert {e.actor for e in told} == {chief.get("/people/").wsgi_request.user.pk}
    assert "anna" not in repr([vars(e) for e in told]).lower()


def test_a_person_sees_that_somebody_made_a_link_for_them(chief, second, browser_of):
    held = second("DNK", "reader")
    chief.post(f"/people/{held.person_id}/link/")

    mine = browser_of(held).get("/me/").context["lately"]
    kept = chief.get(f"/people/{held.person_id}/").context["lately"]

    assert [(line.what, line.by) for line in mine] == [
        ("signed in", "themselves"),
        ("one-time link made", "somebody else"),
    ]
    assert [line.what for line in kept] == ["signed in", "one-time link made"]


def test_a_joint_auditor_sees_what_the_parties_that_appointed_them_see(house, second, parties, viewer):
    for code in ("DNK", "NLD", "USA"):
        donor = viewer(code)
        with looking(donor):
            add_item(donor, to=release_set(), code=f"OF-{code}", name="x", unit="set", tonnes_per_unit="1")
    held = second("DNK", "auditor")
    Secondment.objects.create(person=held.person, party=parties["NLD"], role="auditor", starts_on=TODAY)
    Secondment.objects.create(person=held.person, party=parties["USA"], role="auditor", starts_on=TODAY + DAY)
    Secondment.objects.create(person=held.person, party=parties["USA"], role="reader", starts_on=TODAY)

    joint = viewer_of(held)

    with looking(joint):
        assert [item.code for item in Item.objects.visible_to(joint)] == ["OF-DNK", "OF-NLD"]
        assert not any(joint.writes(kind) for kind in record_kinds())


def test_an_auditor_of_headquarters_and_a_donor_waits_for_embargoes_as_the_donor_does(second, parties, viewer):
    held = second("HQ", "auditor")
    assert viewer_of(held).headquarters

    Secondment.objects.create(person=held.person, party=parties["DNK"], role="auditor", starts_on=TODAY)

    assert not viewer_of(held).headquarters


def test_one_acts_by_one_secondment_at_a_time_and_may_change_it(second, parties, browser_of):
    held = second("DNK", "reader")
    other = Secondment.objects.create(person=held.person, party=parties["NLD"], role="planner", starts_on=TODAY)
    strange = second("USA", "reader")
    browser = browser_of(held)
    assert browser.get("/items/").wsgi_request.secondment == held
    before = browser.session.session_key

    assert browser.post("/me/secondments/", {"secondment": str(other.pk)}).status_code == 302
    assert browser.get("/items/").wsgi_request.viewer.parties == (parties["NLD"].pk,)
    assert browser.session.session_key != before
    assert browser.post("/me/secondments/", {"secondment": str(strange.pk)}).status_code == 404
    assert browser.get("/me/secondments/").status_code == 200


def walled_kinds():
    return [kind for kind in Record.__subclasses__() + Detail.__subclasses__() if not kind._meta.abstract]


def test_an_administrator_reads_and_writes_no_kind_under_the_walls(viewer, parties):
    donor, keeper = viewer("HQ"), viewer("HQ", "administrator")
    with looking(donor):
        add_item(donor, to=release_set(parties.values()), code="X", name="x", unit="set", tonnes_per_unit="1")

    assert len(walled_kinds()) >= 1
    with looking(keeper):
        for kind in walled_kinds():
            assert kind.objects.visible_to(keeper).count() == 0, kind
            wall = str(kind.objects.visible_to(keeper).query)
            assert str(keeper.party) not in wall and keeper.party.hex not in wall, kind
        for word in record_kinds():
            assert not keeper.writes(word), word


def test_the_list_of_people_costs_the_same_with_one_and_with_many(chief, second, queries):
    one = queries(lambda: chief.get("/people/"))
    for code in ("DNK", "NLD", "USA"):
        second(code, "reader")

    assert queries(lambda: chief.get("/people/")) == one
    assert people_in_reach(House()).count() == 4


def test_dangerous_steps_ask_again_who_is_there(chief, second, monkeypatch):
    me = chief.get("/people/").wsgi_request.user
    me.set_password("four-plain-words-here")
    me.save()
    browser = Client()
    browser.post("/accounts/login/", {"login": me.email, "password": "four-plain-words-here"})
    person = second("DNK", "reader").person
    path = f"/people/{person.pk}/link/"
    assert browser.get(path).status_code == 200
    session = browser.session
    for step in session["account_authentication_methods"]:
        step["at"] -= 301
    session.save()

    answers = [browser.get(path), browser.post(path)]

    assert [a["Location"] for a in answers] == [f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}"] * 2
    assert Person.objects.get(pk=person.pk).link == 0
    back = browser.post(answers[0]["Location"], {"password": "four-plain-words-here"})
    assert back["Location"] == path
    assert browser.post(path).status_code == 200


def test_a_demonstration_person_added_by_the_house_is_marked(house, parties):
    held = add_person(
        house, email="d@example.org", name="D", party=parties["DNK"], role="reader", starts_on=TODAY, demonstration=True
    )

    assert Person.objects.get(pk=held.person_id).demonstration
