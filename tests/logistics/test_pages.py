"""Pages of the network: nobody without the detail right gets coordinates or costs by any of them."""

import re
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.logistics.actions import add_closure
from oneroof.logistics.models import Closure, Leg, Node

EXACT = ("50.11", "22.01", "35.00", "35 EUR")


@pytest.fixture
def network(node, leg, parties, viewer):
    """Two nodes shown to the Netherlands without details, one hidden, legs to both, a closure."""
    some, nobody = release_set([parties["NLD"]]), release_set()
    a, b = (node(code=code, name=name, to=some, detail_to=nobody) for code, name in (("AAR", "Aarhus"), ("RZE", "Hub")))
    hidden = node(code="HID", name="Hush")
    legs = [leg(a, b, code="AR", to=some, detail_to=nobody), leg(a, hidden, code="AH", to=some, detail_to=nobody)]
    denmark = viewer("DNK")
    with looking(denmark):
        closed = add_closure(denmark, to=some, node=hidden, starts_on=date(2025, 1, 1), reason="Ice")
    return {"a": a, "hidden": hidden, "legs": legs, "closed": closed}


def test_no_page_tells_exact_places_costs_or_hidden_ends(network, signed_in):
    dutch = signed_in("NLD")
    addresses = [
        "/network/", "/network/?sort=place", "/network/?sort=-place&q=hub", "/network/?export=csv", "/legs/",
        "/legs/?export=csv", "/legs/?node=HID", "/closures/", "/network/nodes.geojson", "/api/v1/nodes", "/api/v1/legs",
        "/api/v1/closures", "/search/?q=aarhus", network["a"].get_absolute_url(), network["closed"].get_absolute_url(),
        *(leg.get_absolute_url() for leg in network["legs"]),
    ]  # fmt: skip
    for address in addresses:
        answer = dutch.get(address)
        page = answer.content.decode().replace("?node=HID", "").replace('value="HID"', "")
        assert answer.status_code == 200, address
        assert not [told for told in (*EXACT, "Hush", "HID", str(network["hidden"].pk)) if told in page], address
    assert dutch.get(network["hidden"].get_absolute_url()).status_code == 404
    assert b"not released to you" in dutch.get(network["legs"][1].get_absolute_url()).content


def test_the_map_has_the_exact_place_where_it_is_released_and_says_so_where_not(network, signed_in):
    def places(code):
        features = signed_in(code).get("/network/nodes.geojson").json()["features"]
        return {
            f["properties"]["name"]: (f["geometry"]["coordinates"], f["properties"].get("approximate"))
            for f in features
        }

    assert places("NLD")["Aarhus"] == ([22, 50], True)
    assert places("DNK")["Aarhus"] == ([22.019033, 50.110049], False)
    assert set(places("NLD")) == {"Aarhus", "Hub", "AR"}
    assert places("USA") == {}
    assert "50.110049" in signed_in("DNK").get(network["a"].get_absolute_url()).content.decode()


def test_nodes_legs_and_closures_are_added_changed_and_refused_by_form(signed_in, viewer, parties):
    danish, own = signed_in("DNK"), {"release-who": "own", "release-detail": "same"}
    node = {
        "code": "A",
        "name": "A",
        "nation": str(parties["DNK"].pk),
        "kind": "hub",
        "latitude": "1",
        "longitude": "2",
    }
    assert danish.post("/nodes/add/", {**node, **own}).status_code == 302
    assert danish.post("/nodes/add/", {**node, **own, "code": "B"}).status_code == 302
    assert danish.post("/nodes/add/", {**node, **own, "code": "C", "longitude": ""}).status_code == 422
    leg = {"code": "L", "origin": "A", "destination": "B", "mode": "sea", "days": "3", "cost_per_tonne": "5",
           "currency": "EUR", **own}  # fmt: skip
    assert danish.post("/legs/add/", leg).status_code == 302
    assert danish.post("/legs/add/", {**leg, "code": "M", "destination": "A"}).status_code == 422
    closure = {"leg": "L", "starts_on": "2025-01-01", "capacity_left": "20", "reason": "Ice", **own}
    assert danish.post("/closures/add/", closure).status_code == 302
    assert danish.post("/closures/add/", {**closure, "node": "A"}).status_code == 422
    denmark = viewer("DNK")
    with looking(denmark):
        made = Leg.objects.visible_to(denmark).get()
        closed = Closure.objects.visible_to(denmark).get()
        assert Node.objects.visible_to(denmark).count() == 2
    changed = {**leg, "origin": "A@DNK", "days": "4", "version": "1.1"}
    assert danish.post(f"/legs/{made.pk}/change/", changed).status_code == 302
    assert danish.post(f"/legs/{made.pk}/change/", changed).status_code == 409
    assert danish.post(f"/closures/{closed.pk}/remove/", {"version": "1"}).status_code == 302
    with looking(denmark):
        assert (Leg.objects.visible_to(denmark).get().days, Closure.objects.visible_to(denmark).count()) == (4, 0)


def test_a_place_that_is_emptied_in_the_form_is_taken_away(network, signed_in):
    danish, address = signed_in("DNK"), network["a"].get_absolute_url()
    fields = {"code": "AAR", "name": "Aarhus", "nation": str(network["a"].nation_id), "kind": network["a"].kind}
    assert "50.110049" in danish.get(address).content.decode()
    version = re.search(r'name="version" value="([0-9.]+)"', danish.get(f"{address}change/").content.decode())[1]
    assert danish.post(f"{address}change/", {**fields, "version": version}).status_code == 302

    assert danish.get(f"/api/v1/nodes/{network['a'].pk}/place").status_code == 404
    assert danish.get(f"/api/v1/nodes/{network['a'].pk}").json()["latitude_about"] is None


@pytest.mark.parametrize(
    "address", ["/network/", "/legs/", "/closures/", "/network/nodes.geojson", "/api/v1/nodes", "/api/v1/legs"]
)
def test_lists_cost_the_same_queries_for_one_row_and_for_three(address, node, leg, signed_in, viewer):
    danish, denmark = signed_in("DNK"), viewer("DNK")

    def row(n):
        a, b = node(code=f"A{n}"), node(code=f"B{n}")
        leg(a, b, code=f"L{n}")
        with looking(denmark):
            add_closure(denmark, to=release_set(), node=a, starts_on=date(2025, 1, 1), reason="Ice")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert danish.get(address).status_code == 200
        return len(seen)

    row(0)
    queries()
    first = queries()
    row(1), row(2)
    assert queries() == first


def test_a_filter_by_a_hidden_node_finds_as_little_as_one_by_none(network, signed_in):
    dutch = signed_in("NLD")

    def found(code):
        page = dutch.get("/legs/", {"node": code}).content.decode()
        return [leg.code for leg in network["legs"] if leg.get_absolute_url() in page]

    assert (found("AAR"), found("HID"), found("NIX")) == (["AR", "AH"], [], [])


def test_what_is_hidden_between_nodes_that_are_shown_stands_on_no_page(network, leg, signed_in, viewer):
    a, b = network["legs"][0].origin, network["legs"][0].destination
    secret = leg(a, b, code="SECRET-LEG")
    denmark = viewer("DNK")
    with looking(denmark):
        for place in ({"node": a}, {"leg": network["legs"][0]}):
            add_closure(denmark, to=release_set(), **place, starts_on=date(2025, 1, 1), reason="Secret ice")

    for address in ("/network/nodes.geojson", a.get_absolute_url(), network["legs"][0].get_absolute_url()):
        pages = [signed_in(code).get(address).content.decode() for code in ("DNK", "NLD")]
        told = [[word in page for word in ("SECRET-LEG", "Secret ice", str(secret.pk))] for page in pages]
        assert (any(told[0]), any(told[1])) == (True, False), address


def test_the_forms_of_nodes_and_legs_show_details_to_their_owner_and_are_no_page_to_others(network, signed_in):
    for record, detail in ((network["a"], "50.110049"), (network["legs"][0], 'name="cost_per_tonne" value="35"')):
        pages = [signed_in(code).get(f"{record.get_absolute_url()}change/") for code in ("DNK", "NLD")]
        assert (detail in pages[0].content.decode(), pages[1].status_code) == (True, 404)


def test_closures_that_are_over_leave_room_in_the_picture_for_those_to_come(node, viewer, signed_in):
    place, today = node(), timezone.localdate()
    denmark = viewer("DNK")
    with looking(denmark):
        for days, code in ((-400, "Storm"), (-300, "Flood"), (10, "Frost")):
            starts = today + timedelta(days=days)
            add_closure(denmark, to=release_set(), node=place, starts_on=starts, ends_on=starts, reason=code)

    with patch("oneroof.logistics.views.MOST_BARS", 1):
        page = signed_in("DNK").get("/closures/").content.decode()
    assert page.count('class="timeline-bar"') == 1
