"""What needs me today: what runs out or is out of sight, to whoever can do something about it, and to nobody else."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from oneroof.access.actions import change_release, release_set
from oneroof.access.middleware import viewer_of
from oneroof.access.models import ApiToken
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item, add_substitute
from oneroof.logistics.actions import add_closure, add_leg, add_node
from oneroof.sources.actions import add_source, cite
from oneroof.staffing.actions import add_contact, add_liaison_post
from tests.house.test_in_a_browser import faults, too_wide

ITEM = {"unit": "set", "tonnes_per_unit": "1"}


@pytest.fixture
def seats(second):
    return {code: second(code, "donor_representative") for code in ("DNK", "NLD", "USA")}


@pytest.fixture
def world(seats, parties):
    """Makes what needs Denmark: ``world(3)`` three of each sort; the Netherlands hides what it showed."""
    denmark, dutch = viewer_of(seats["DNK"]), viewer_of(seats["NLD"])
    today = timezone.localdate()

    def make(count, first=0):
        for number in range(first, first + count):
            with looking(dutch):
                shown = {"to": release_set([parties["DNK"]])}
                other = add_item(dutch, **shown, code=f"OTHER{number}", name="Other", **ITEM)
                node = add_node(dutch, **shown, code=f"PORT{number}", name="P", kind="depot", nation=parties["NLD"])
            with looking(denmark):
                own = {"to": release_set()}
                until = timezone.now() + timedelta(days=3)
                to = release_set([parties["USA"]])
                item = add_item(denmark, to=to, embargo_until=until, code=f"GUN{number}", name="Gun", **ITEM)
                add_substitute(denmark, **own, item=item, substitute=other, units_per_unit=1)
                home = add_node(denmark, **own, code=f"D{number}", name="D", kind="depot", nation=parties["DNK"])
                add_leg(denmark, **own, code=f"LEG{number}", origin=home, destination=node, mode="road", days=2)
                days = {"starts_on": today + timedelta(days=5), "ends_on": today + timedelta(days=9)}
                add_closure(denmark, **own, node=home, **days, reason=f"Repair {number}")
                ends = {"ends_on": today + timedelta(days=20)}
                add_contact(denmark, **own, code=f"C{number}", party=parties["DNK"], function=f"Desk {number}", **ends)
                post = {
                    "sender": parties["DNK"],
                    "host": parties["UKR"],
                    "function": f"Office {number}",
                    "place": "Kyiv",
                }
                add_liaison_post(denmark, **own, code=f"L{number}", **post, on=date(2024, 7, 11))
                source = add_source(denmark, **own, publisher="P", title=f"Rumour {number}", reliability="F")
                cite(denmark, item, **own, source=source, about="stock", claim="Many", credibility=6)
            with looking(dutch):
                for record in (other, node):
                    nobody = release_set()
                    change_release(dutch, record, to=nobody, detail_to=nobody, embargo_until=None, why="Withdrawn")
            ApiToken.objects.create(
                secondment=seats["DNK"], label=f"Depot {number}", hash="0" * 64,
                expires_at=timezone.now() + timedelta(days=5),
            )  # fmt: skip

    return make


def browser(held):
    client = Client()
    client.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def cards(client):
    text = html.unescape(client.get("/").content.decode())
    told = re.findall(r'<h2 class="card-title">(.*?)</h2>.*?href="([^"]*)"', text, re.S)
    return {words: address for words, address in told if words != "Protect your account"}


def test_what_runs_out_or_is_out_of_sight_is_told_to_its_owner(world, seats):
    world(1)
    told = cards(browser(seats["DNK"]))

    assert sorted(told) == [
        "A closure begins: Repair 0",
        "A leg of yours leads out of sight: LEG0",
        "A liaison post waits: Office 0, Kyiv",
        "A point of contact lapses: Desk 0",
        "A source is cited, and nobody has judged it: Rumour 0",
        "A substitute of yours names an item out of sight",
        "An API token expires: Depot 0",
        "The embargo on your record ends: Item GUN0",
    ]


def test_the_page_is_marked_for_its_party_alone_where_it_tells_something(world, seats):
    world(1)

    assert "Denmark only" in browser(seats["DNK"]).get("/").content.decode()


def test_every_card_leads_to_a_page(world, seats):
    world(1)
    danish = browser(seats["DNK"])

    assert {words: danish.get(address).status_code for words, address in cards(danish).items()} == dict.fromkeys(
        cards(danish), 200
    )


def test_nobody_else_is_told(world, seats, signed_in):
    world(2)

    assert cards(browser(seats["NLD"])) == cards(browser(seats["USA"])) == cards(signed_in("HQ")) == {}
    assert cards(signed_in("DNK", "reader")) == {}


def test_a_citation_that_is_hidden_is_no_reason_to_judge_a_source(seats, parties):
    denmark, dutch = viewer_of(seats["DNK"]), viewer_of(seats["NLD"])
    with looking(denmark):
        to = release_set([parties["NLD"]])
        source = add_source(denmark, to=to, publisher="P", title="Rumour", reliability="F")

    def told(to, claim):
        with looking(dutch):
            cite(dutch, parties["NLD"], to=to, source=source, about="stock", claim=claim, credibility=6)
        return [words for words in cards(browser(seats["DNK"])) if "Rumour" in words]

    assert (len(told(release_set(), "Few")), len(told(release_set([parties["DNK"]]), "Many"))) == (0, 1)


def test_what_is_far_off_or_over_is_not_told(seats, parties):
    denmark, today = viewer_of(seats["DNK"]), timezone.localdate()
    with looking(denmark):
        own = {"to": release_set()}
        add_item(denmark, **own, embargo_until=timezone.now() + timedelta(days=9), code="A", name="A", **ITEM)
        add_item(denmark, **own, embargo_until=timezone.now() - timedelta(days=1), code="B", name="B", **ITEM)
        home = add_node(denmark, **own, code="D", name="D", kind="depot", nation=parties["DNK"])
        for days in (-3, 15):
            add_closure(denmark, **own, node=home, starts_on=today + timedelta(days=days), reason="Repair")
            ends = {"ends_on": today + timedelta(days=days * 3)}
            add_contact(denmark, **own, code=f"C{days}", party=parties["DNK"], function="Desk", **ends)
        add_source(denmark, **own, publisher="P", title="Not cited", reliability="F")
    assert cards(browser(seats["DNK"])) == {}


def test_a_secondment_that_ends_is_told_to_its_person_and_to_whoever_keeps_people(second, parties):
    ends_on = timezone.localdate() + timedelta(days=20)
    held = second("DNK", "donor_representative", ends_on=ends_on)
    second("DNK", "reader", ends_on=timezone.localdate() + timedelta(days=40))
    keeper, office, other = (second(code, "administrator") for code in ("DNK", "HQ", "NLD"))

    assert cards(browser(held)) == {"Your secondment ends: donor’s representative, DNK": "/me/"}
    told = {f"The secondment of {held.person.name} ends: donor’s representative, DNK": f"/people/{held.person_id}/"}
    assert cards(browser(keeper)) == cards(browser(office)) == told
    assert cards(browser(other)) == {}
    assert browser(keeper).get(f"/people/{held.person_id}/").status_code == 200


def test_three_of_each_cost_as_many_queries_as_one_and_at_most_five_are_told(world, seats, queries):
    danish = browser(seats["DNK"])
    danish.get("/")
    world(1)
    one = queries(lambda: danish.get("/"))
    world(2, first=1)
    assert queries(lambda: danish.get("/")) == one
    world(4, first=3)
    assert len([words for words in cards(danish) if words.startswith("A leg")]) == 5


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "uk")])
def test_the_page_has_no_fault(opened, world, seats, width, language):
    world(1)
    page = opened(browser(seats["DNK"]), width=width, language=language)
    page.goto(page.home + "/")

    assert (faults(page), too_wide(page), page.faults) == ([], False, [])
