"""Details over the API: each is read, set and removed by itself, with its version, by whom and for whom it is."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from oneroof.access.middleware import viewer_of
from oneroof.access.tokens import make_token
from oneroof.access.viewer import looking
from oneroof.journal.models import Event

COST, PLACE = {"cost_per_tonne": "12.50", "currency": "EUR"}, {"latitude": "50.110000", "longitude": "-22.020000"}
HOLDER = {"name": "Ada Holm", "phone": "+45 12 34 56 78", "email": "ada@example.org"}
# Of each detail: where, its record, the detail, another one, one with a fault, and the field that has it.
DETAILS = {
    "place": ("nodes", PLACE, {**PLACE, "latitude": "-1.500000"}, {**PLACE, "latitude": "91"}, "latitude"),
    "cost": ("legs", COST, {**COST, "currency": "DKK"}, {**COST, "currency": "XQX"}, "currency"),
    "holder": ("contact-points", HOLDER, {**HOLDER, "phone": ""}, {**HOLDER, "email": "nowhere"}, "email"),
    "post": ("liaison-posts", {"holder": "Ada"}, {"holder": "Bo"}, {"holder": "x" * 161}, "holder"),
}
ENDS = {"place": "place", "cost": "cost", "holder": "detail", "post": "detail"}


def send(browser, method, address, body=None, **headers):
    given = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return browser.generic(method, address, "" if body is None else json.dumps(body), "application/json", **given)


def added(browser, path, **body):
    answer = send(browser, "POST", f"/api/v1/{path}", {"releasable_to": ["NLD"], **body})
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


@pytest.fixture
def danish(signed_in):
    return signed_in("DNK")


@pytest.fixture
def address(danish):
    """Adds a record of Denmark that the Netherlands sees; gives the address of its detail, which Denmark alone sees."""

    def make(word, **more):
        node = {"kind": "depot", "nation": "DNK", "detail_releasable_to": []}
        told = {"function": "Transport", "detail_releasable_to": []}
        post = {**told, "place": "Kyiv", "on": "2024-07-11"}
        body = {"nodes": {**node, "code": "A", "name": "A"}}
        body["contact-points"] = {**told, "code": "C", "party": "DNK"}
        body["liaison-posts"] = {**post, "code": "L", "sender": "DNK", "host": "UKR"}
        path = DETAILS[word][0]
        if path == "legs":
            ends = [added(danish, "nodes", **node, code=code, name=code) for code in ("A", "B")]
            way = {"origin": ends[0], "destination": ends[1], "mode": "rail", "days": 2, "tonnes_per_week": "5"}
            body["legs"] = {**way, "code": "A-B", "detail_releasable_to": []}
        return f"/api/v1/{path}/{added(danish, path, **{**body[path], **more})}/{ENDS[word]}"

    return make


@pytest.fixture(params=list(DETAILS))
def word(request):
    return request.param


def test_a_detail_is_set_read_changed_and_removed_with_its_version(word, address, danish):
    _path, first, second, _wrong, _field = DETAILS[word]
    where = address(word)
    assert danish.get(where).status_code == 404
    assert send(danish, "PUT", where, first).status_code == 428
    made = send(danish, "PUT", where, first, if_match='"none"')
    assert (made.status_code, made.json(), danish.get(where)["ETag"]) == (200, first, made["ETag"])

    assert send(danish, "PUT", where, second, if_match='"none"').status_code == 412
    changed = send(danish, "PUT", where, second, if_match=made["ETag"])
    assert (changed.json(), danish.get(where).json()) == (second, second)
    assert send(danish, "DELETE", where, if_match=made["ETag"]).status_code == 412
    assert send(danish, "DELETE", where).status_code == 428
    assert send(danish, "DELETE", where, if_match=changed["ETag"]).status_code == 204
    assert danish.get(where).status_code == send(danish, "DELETE", where, if_match="*").status_code == 404


def test_a_hidden_detail_answers_as_none_and_its_owner_alone_writes_it(word, address, danish, signed_in):
    _path, first, second, _wrong, _field = DETAILS[word]
    where, dutch = address(word), signed_in("NLD")
    nowhere = where.replace(where.split("/")[-2], str(uuid.uuid4()))
    tries = [("GET", where, None), ("PUT", where, second), ("DELETE", where, None)]
    before = [send(dutch, *one, if_match='"none"') for one in tries]
    assert send(danish, "PUT", where, first, if_match='"none"').status_code == 200

    after = [send(dutch, *one, if_match='"none"') for one in tries]
    assert [(a.status_code, a.content) for a in after] == [(b.status_code, b.content) for b in before]
    assert [answer.status_code for answer in after] == [404, 403, 404]
    assert after[0].content == dutch.get(nowhere).content
    stranger = [send(signed_in("USA"), *one, if_match="*").status_code for one in tries]
    assert (stranger, danish.get(where).json()) == ([404, 404, 404], first)


def test_a_detail_is_read_where_details_go(word, address, danish, signed_in):
    _path, first, _second, _wrong, _field = DETAILS[word]
    where = address(word, detail_releasable_to=["NLD"])
    send(danish, "PUT", where, first, if_match='"none"')

    assert signed_in("NLD").get(where).json() == first
    assert send(signed_in("NLD"), "DELETE", where, if_match="*").status_code == 403


def test_faults_of_a_detail_are_told_by_field_and_nothing_is_written(word, address, danish):
    _path, first, _second, wrong, field = DETAILS[word]
    where = address(word)
    refused = send(danish, "PUT", where, wrong, if_match='"none"')

    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert list(refused.json()["faults"]) == [field]
    assert danish.get(where).status_code == 404
    assert send(danish, "PUT", where, first, if_match='"none"').status_code == 200


def test_a_retry_writes_a_detail_once(word, address, danish):
    _path, first, second, _wrong, _field = DETAILS[word]
    where = address(word)
    answers = [send(danish, "PUT", where, first, if_match='"none"', idempotency_key="k") for _ in range(2)]
    assert [a.json() for a in answers] == [first, first]
    assert [a.get("Idempotent-Replayed") for a in answers] == [None, "true"]
    assert send(danish, "PUT", where, second, if_match="*", idempotency_key="k").status_code == 422


def test_a_removed_place_takes_the_whole_degrees_with_it(address, danish):
    where = address("place", place=PLACE)
    node = where.removesuffix("/place")
    assert danish.get(node).json()["latitude_about"] == 50
    send(danish, "DELETE", where, if_match="*")
    assert (danish.get(node).json()["latitude_about"], danish.get(where).status_code) == (None, 404)


def test_names_of_people_are_in_no_event(address, danish, viewer):
    for word in ("holder", "post"):
        where = address(word)
        send(danish, "PUT", where, DETAILS[word][1], if_match='"none"')
        send(danish, "DELETE", where, if_match="*")

    with looking(viewer("DNK")):
        events = list(Event.objects.filter(kind__endswith="detail"))
    assert len(events) == 4
    assert "Ada" not in json.dumps([[event.before, event.after] for event in events])


def test_saying_nothing_of_a_detail_leaves_it(address, danish):
    where = address("holder")
    send(danish, "PUT", where, HOLDER, if_match='"none"')
    send(danish, "PATCH", where.removesuffix("/detail"), {"function": "Ships", "detail": {}}, if_match="*")
    assert danish.get(where).json() == HOLDER


def test_a_token_that_reads_sets_no_detail(address, danish, second, client):
    where, held = address("place", place=PLACE), second("DNK", "donor_representative")
    by = viewer_of(held)
    with looking(by):
        _token, key = make_token(by, held, label="x", scope="read", expires_at=timezone.now() + timedelta(days=2))
    assert send(client, "GET", where, authorization=f"Bearer {key}").json() == PLACE
    assert send(client, "PUT", where, PLACE, if_match="*", authorization=f"Bearer {key}").status_code == 401
