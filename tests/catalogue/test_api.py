"""Values, names and removals over the API: versions, retries, and nothing for whom it is not."""

from __future__ import annotations

import json
import uuid

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_substitute
from oneroof.sources.actions import add_source, cite

VALUE = {"value_per_unit": "28000.00", "currency": "EUR", "basis": "estimate", "valued_on": "2024-07-11"}


@pytest.fixture
def gun(item, parties):
    return item(code="GUN", to=release_set([parties["NLD"]]))


def send(browser, method, address, body=None, **headers):
    given = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return browser.generic(method, address, json.dumps(body) if body else "", "application/json", **given)


def test_a_value_is_set_read_changed_and_removed_with_its_version(signed_in, gun):
    danish, address = signed_in("DNK"), f"/api/v1/items/{gun.pk}/value"
    assert danish.get(address).status_code == 404
    assert send(danish, "PUT", address, VALUE).status_code == 428
    made = send(danish, "PUT", address, VALUE, if_match='"none"')
    assert (made.status_code, made.json()) == (200, VALUE)

    assert send(danish, "PUT", address, VALUE, if_match='"none"').status_code == 412
    changed = send(danish, "PUT", address, {**VALUE, "currency": "DKK"}, if_match=made["ETag"])
    assert danish.get(address).json()["currency"] == "DKK"
    assert send(danish, "DELETE", address, if_match=made["ETag"]).status_code == 412
    assert send(danish, "DELETE", address, if_match=changed["ETag"]).status_code == 204
    assert danish.get(address).status_code == 404


def test_a_value_is_read_where_details_go_and_written_by_the_owner_alone(signed_in, gun):
    address = f"/api/v1/items/{gun.pk}/value"
    send(signed_in("DNK"), "PUT", address, VALUE, if_match="*")
    dutch = signed_in("NLD")

    hidden, none = dutch.get(address), dutch.get(f"/api/v1/items/{uuid.uuid4()}/value")
    assert (hidden.status_code, hidden.content) == (none.status_code, none.content) == (404, none.content)
    assert send(dutch, "PUT", address, VALUE, if_match="*").status_code == 403
    assert send(signed_in("USA"), "PUT", address, VALUE, if_match="*").status_code == 404


def test_names_are_replaced_as_a_whole(signed_in, gun):
    danish, address = signed_in("DNK"), f"/api/v1/items/{gun.pk}/names"
    empty = danish.get(address)
    names = [{"language": "de", "kind": "synonym", "name": "Haubitze"}]
    made = send(danish, "PUT", address, {"names": names}, if_match=empty["ETag"])

    assert (made.status_code, made.json()) == (200, {"names": names})
    assert signed_in("NLD").get(address).json() == {"names": names}
    assert signed_in("USA").get(address).status_code == 404
    assert send(danish, "PUT", address, {"names": names}, if_match=empty["ETag"]).status_code == 412
    wrong = send(danish, "PUT", address, {"names": [{**names[0], "language": "X1"}]}, if_match=made["ETag"])
    assert (wrong.status_code, list(wrong.json()["faults"])) == (422, ["names-0-language"])
    assert send(signed_in("NLD"), "PUT", address, {"names": names}, if_match="*").status_code == 403


@pytest.fixture
def removable(viewer, item, gun):
    denmark, other = viewer("DNK"), item(code="MORTAR")
    with looking(denmark):
        own = {"to": release_set()}
        source = add_source(denmark, **own, publisher="P", title="T", reliability="A")
        said = {"source": source, "about": "stock", "claim": "Many", "credibility": 2}
        return {
            "substitutes": add_substitute(denmark, **own, item=gun, substitute=other, units_per_unit=1),
            "citations": cite(denmark, gun, **own, **said),
        }


@pytest.mark.parametrize("path", ["substitutes", "citations"])
def test_what_may_be_removed_is_removed_once_with_its_version(signed_in, removable, path):
    danish, address = signed_in("DNK"), f"/api/v1/{path}/{removable[path].pk}"
    tag = danish.get(address)["ETag"]
    assert send(danish, "DELETE", address).status_code == 428
    assert send(danish, "DELETE", address, if_match='"old"').status_code == 412
    assert send(signed_in("NLD"), "DELETE", address, if_match="*").status_code == 404

    first = send(danish, "DELETE", f"{address}?why=Wrong", if_match=tag, idempotency_key="once")
    again = send(danish, "DELETE", f"{address}?why=Wrong", if_match=tag, idempotency_key="once")
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (204, 204, "true")
    assert danish.get(address).status_code == 404
