"""Whoever names in a form, over the API or in a table what is hidden is answered as if it were not there."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item, add_package, add_substitute, change_item
from oneroof.journal.errors import Refused
from oneroof.logistics.actions import add_leg, add_node, change_leg, change_node
from oneroof.sources.actions import add_source, change_citation, cite
from tests.house.worlds import masked

NOTHING = str(uuid.UUID(int=7))
ITEM = {"name": "Gun", "unit": "set", "tonnes_per_unit": "1"}
NODE = {"name": "Port", "kind": "depot"}
SOURCE = {"publisher": "P", "title": "T", "reliability": "A"}
VALUE = {"value_per_unit": "28000", "currency": "EUR", "basis": "estimate"}
OWN = {"release-who": "own", "release-detail": "same"}
RELEASE = {"releasable_to": [], "detail_releasable_to": []}


@pytest.fixture
def hidden(denmark, parties):
    """Denmark's, of which nobody else knows: by what it is."""
    with looking(denmark):
        own = {"to": release_set()}
        ends = [add_node(denmark, **own, code=f"SECRET{n}", nation=parties["DNK"], **NODE) for n in (1, 2)]
        return {
            "item": add_item(denmark, **own, code="SECRET1", **ITEM),
            "node": ends[0],
            "leg": add_leg(denmark, **own, code="SECRET1", origin=ends[0], destination=ends[1], mode="road", days=1),
            "source": add_source(denmark, **own, **SOURCE),
        }


@pytest.fixture
def shown(netherlands, parties):
    """What the Netherlands has of its own."""
    with looking(netherlands):
        own = {"to": release_set()}
        node = add_node(netherlands, **own, code="PORT", nation=parties["NLD"], **NODE)
        item = add_item(netherlands, **own, code="GUN", **ITEM)
        source = add_source(netherlands, **own, **SOURCE)
        said = {"source": source, "about": "stock", "claim": "Many", "credibility": 2}
        return {
            "node": node,
            "item": item,
            "source": source,
            "citation": cite(netherlands, item, **own, **said),
            "package": add_package(netherlands, **own, code="KIT", name="Kit", parts=[PART]),
        }


PART = {"kind": "course", "course": "CREW", "quantity": "1"}
LEG = {"code": "L", "mode": "road", "days": 1}
CLAIM = {"about": "stock", "claim": "Few", "credibility": 3}
# Method, address and body over the API; a word in angle brackets is the id of a record of that name.
CALLS = [
    ("POST", "substitutes", {"item": "<item>", "substitute": "[item]", "units_per_unit": 1, **RELEASE}),
    ("POST", "substitutes", {"item": "[item]", "substitute": "<item>", "units_per_unit": 1, **RELEASE}),
    ("POST", "packages", {"code": "P", "name": "P", "parts": [{"item": "<item>", "quantity": 1}], **RELEASE}),
    ("PATCH", "packages/[package]", {"parts": [{"item": "<item>", "quantity": 1}]}),
    ("POST", "legs", {**LEG, "origin": "<node>", "destination": "[node]", **RELEASE}),
    ("POST", "legs", {**LEG, "origin": "[node]", "destination": "<node>", **RELEASE}),
    ("POST", "closures", {"node": "<node>", "starts_on": "2026-12-01", "reason": "Ice", **RELEASE}),
    ("POST", "closures", {"leg": "<leg>", "starts_on": "2026-12-01", "reason": "Ice", **RELEASE}),
    ("POST", "citations", {**CLAIM, "source": "<source>", "kind": "item", "record": "[item]", **RELEASE}),
    ("POST", "citations", {**CLAIM, "source": "[source]", "kind": "item", "record": "<item>", **RELEASE}),
    ("PATCH", "citations/[citation]", {"source": "<source>"}),
]


def filled(words, shown, hole):
    """Words with the ids of what is shown, and in place of the hidden one what is given."""
    words = re.sub(r"\[(\w+)\]", lambda found: str(shown[found[1]].pk), words)
    return re.sub(r"<\w+>", hole, words)


@pytest.mark.parametrize(("method", "address", "body"), CALLS)
def test_over_the_api_a_hidden_record_is_named_as_one_that_never_was(hidden, shown, signed_in, method, address, body):
    dutch = signed_in("NLD")

    def answer(hole):
        given = filled(json.dumps(body), shown, hole)
        told = dutch.generic(
            method, f"/api/v1/{filled(address, shown, hole)}", given, "application/json", HTTP_IF_MATCH="*"
        )
        return told.status_code, told.content.decode().replace(hole, "")

    kind = re.search(r"<(\w+)>", json.dumps(body))[1]
    assert answer(str(hidden[kind].pk)) == answer(NOTHING)
    assert answer(NOTHING)[0] == 422


FORMS = [
    ("/legs/add/", {"origin": "<>", "destination": "PORT", **LEG}),
    ("/legs/add/", {"origin": "PORT", "destination": "<>", **LEG}),
    ("/closures/add/", {"node": "<>", "starts_on": "2026-12-01", "reason": "Ice", "capacity_left": "0"}),
    ("/closures/add/", {"leg": "<>", "starts_on": "2026-12-01", "reason": "Ice", "capacity_left": "0"}),
    ("/substitutes/add/", {"item": "<>", "substitute": "GUN", "units_per_unit": "1", "preference": "1"}),
    ("/packages/add/", {"code": "P", "name": "P", "parts": "6 <>"}),
]


@pytest.mark.parametrize(("address", "typed"), FORMS)
@pytest.mark.parametrize("code", ["{}", "{}@DNK"])
def test_in_a_form_a_hidden_code_is_refused_as_one_that_never_was(hidden, shown, signed_in, address, typed, code):
    dutch = signed_in("NLD")

    def answer(word):
        given = {name: str(value).replace("<>", code.format(word)) for name, value in typed.items()}
        told = dutch.post(address, {**given, **OWN})
        return told.status_code, masked(told.content).replace(word.encode(), b"")

    assert answer("SECRET1") == answer("NOTHING")
    assert answer("NOTHING")[0] == 422


@pytest.mark.parametrize("address", ["/items/[item]/picture/", "/citations/add/item/[item]/"])
def test_a_form_offers_no_source_that_is_hidden(hidden, shown, signed_in, address):
    page = signed_in("NLD").get(filled(address, shown, "")).content.decode()

    assert (str(shown["source"].pk) in page, str(hidden["source"].pk) in page) == (True, False)


def refusal(do, *given, **more):
    with pytest.raises(Refused) as told:
        do(*given, **more)
    return type(told.value), told.value.faults


def test_a_citation_is_not_moved_to_a_source_that_is_hidden_in_other_words_than_to_one_of_nobody(
    hidden, shown, netherlands, denmark
):
    with looking(netherlands):
        told = refusal(change_citation, netherlands, shown["citation"], source=hidden["source"])
        cited = refusal(cite, netherlands, hidden["item"], to=release_set(), source=shown["source"], **CLAIM)

    assert told == (Refused, {"source": ["There is no such record. Choose one of the list."]})
    assert cited == (Refused, {"": ["There is no such record."]})


CHANGES = {
    "item": (change_item, {"value": {"value_per_unit": "1"}}),
    "node": (change_node, {"place": {"latitude": "1"}}),
    "leg": (change_leg, {"cost": {"currency": "EUR"}}),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_whoever_may_not_change_a_record_does_not_learn_of_its_details_by_trying(denmark, netherlands, parties, kind):
    """Two records alike, one with a detail that is not released: the same change is refused in the same words."""
    to, nobody = release_set([parties["NLD"]]), release_set()
    release = {"to": to, "detail_to": nobody}
    with looking(denmark):
        ends = [add_node(denmark, **release, code=f"E{n}", nation=parties["DNK"], **NODE) for n in (1, 2)]
        way = {"origin": ends[0], "destination": ends[1], "mode": "road", "days": 1}
        place, cost = {"latitude": "50", "longitude": "20"}, {"cost_per_tonne": "5", "currency": "EUR"}
        make = {
            "item": lambda code, known: add_item(denmark, **release, code=code, value=known and VALUE, **ITEM),
            "node": lambda code, known: add_node(
                denmark, **release, code=code, nation=parties["DNK"], place=known and place, **NODE
            ),
            "leg": lambda code, known: add_leg(denmark, **release, code=code, cost=known and cost, **way),
        }[kind]
        pair = [make("WITH", True), make("WITHOUT", None)]
    change, typed = CHANGES[kind]
    with looking(netherlands):
        seen = [type(one).objects.visible_to(netherlands).get(pk=one.pk) for one in pair]
        told = [refusal(change, netherlands, one, **typed) for one in seen]

    assert told[0] == told[1]


def test_a_value_that_is_not_released_moves_no_answer_of_the_api(denmark, parties, signed_in):
    """Of two items alike, one with a value that is not released: reading, setting and removing it answer alike."""
    release = {"to": release_set([parties["NLD"]]), "detail_to": release_set()}
    with looking(denmark):
        pair = [add_item(denmark, **release, code=code, value=value, **ITEM) for code, value in
                (("WITH", VALUE), ("WITHOUT", None))]  # fmt: skip
    dutch = signed_in("NLD")

    def answers(item):
        address = f"/api/v1/items/{item.pk}/value"
        for method, body in (("GET", ""), ("PUT", json.dumps(VALUE)), ("DELETE", "")):
            for tag in ('"none"', '"other"', "*"):
                told = dutch.generic(method, address, body, "application/json", HTTP_IF_MATCH=tag)
                yield method, tag, told.status_code, told.content.decode().replace(str(item.pk), "")

    assert list(answers(pair[0])) == list(answers(pair[1]))


def test_a_circle_names_no_item_that_is_hidden(denmark, netherlands, parties, signed_in):
    """Denmark shows two substitutes, and not the item in their midst."""
    both, nobody = release_set([parties["NLD"]]), release_set()
    with looking(denmark):
        a, b = (add_item(denmark, to=both, code=code, **ITEM) for code in ("A", "B"))
        midst = add_item(denmark, to=nobody, code="SECRET", **ITEM)
        for item, substitute in ((a, midst), (midst, b)):
            add_substitute(denmark, to=both, item=item, substitute=substitute, units_per_unit="1")
    with looking(netherlands):
        told = refusal(add_substitute, netherlands, to=nobody, item=b, substitute=a, units_per_unit="1")

    assert (told[0], list(told[1])) == (Refused, ["substitute"])
    assert "not released to you" in told[1]["substitute"][0]
    assert "SECRET" not in told[1]["substitute"][0]
