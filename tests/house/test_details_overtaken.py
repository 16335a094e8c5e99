"""Two people of one party change the same detail: the later one is told; who sees no details sees nothing move."""

from __future__ import annotations

import json
import re

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item, change_item
from oneroof.catalogue.models import Item, ItemDetail
from oneroof.journal.errors import Stale
from oneroof.journal.versions import version_of
from oneroof.logistics.actions import add_node, change_node
from oneroof.logistics.models import Node
from oneroof.staffing.actions import add_contact, change_contact
from oneroof.staffing.models import ContactPoint

WORTH = {"value_per_unit": "100", "currency": "EUR", "basis": "book", "valued_on": None}
TYPED = {"code": "GUN", "name": "Howitzer", "unit": "vehicle", "tonnes_per_unit": "25", "whole_units": "on"}
FORM = {**TYPED, "value_per_unit": "100", "currency": "EUR", "basis": "book"}
PLACE = {"latitude": "52.1", "longitude": "21.1"}


@pytest.fixture
def item(denmark, parties):
    with looking(denmark):
        fields = {**TYPED, "whole_units": True, "value": WORTH}
        return add_item(denmark, to=release_set([parties["NLD"], parties["USA"]]), detail_to=usa(parties), **fields)


def usa(parties):
    return release_set([parties["USA"]])


@pytest.fixture
def worth(denmark, item):
    """Somebody else gives the item another value, or with {} none."""

    def change(**value):
        with looking(denmark):
            (stored,) = Item.objects.visible_to(denmark)
            change_item(denmark, stored, value={**WORTH, **value} if value else {})

    return change


def version_in(page):
    return re.search(r'name="version" value="([^"]*)"', page)[1]


def rivals(page):
    table = re.search(r'class="table-wrap rivals".*?</table>', page, re.S).group()
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)[1:]
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", row)] for row in rows]


def test_a_form_of_a_detail_that_somebody_changed_shows_both_values(signed_in, denmark, item, worth):
    danish, address = signed_in("DNK"), f"/items/{item.pk}/change/"
    read = version_in(danish.get(address).content.decode())
    worth(value_per_unit="250", currency="DKK")
    late = danish.post(address, {**FORM, "value_per_unit": "120", "version": read})
    page = late.content.decode()

    assert (late.status_code, read, version_in(page)) == (409, "1.1", "1.2")
    assert rivals(page) == [
        ["Value per unit", "120", "250", "what you typed"],
        ["Currency", "EUR", "DKK", "what stands there now: you had not changed it"],
    ]
    again = danish.post(address, {**FORM, "value_per_unit": "120", "currency": "DKK", "version": "1.2"})
    assert again.status_code == 302
    with looking(denmark):
        (detail,) = ItemDetail.objects.visible_to(denmark)
        assert (int(detail.value_per_unit), detail.currency, detail.version) == (120, "DKK", 3)


def test_a_detail_that_came_or_went_meanwhile_is_told_too(signed_in, item, worth):
    danish, address = signed_in("DNK"), f"/items/{item.pk}/change/"
    worth()
    gone = danish.post(address, {**FORM, "name": "Field gun", "version": "1.1"}).content.decode()
    assert ["Value per unit", "100", "nothing", "what stands there now: you had not changed it"] in rivals(gone)

    worth(value_per_unit="300")
    back = danish.post(address, {**TYPED, "name": "Field gun", "version": version_in(gone)}).content.decode()
    assert ["Value per unit", "nothing", "300", "what stands there now: you had not changed it"] in rivals(back)


def test_a_detail_that_went_and_came_again_is_another_version(denmark, item, worth):
    worth()
    worth(value_per_unit="300")
    with looking(denmark):
        (stored,) = Item.objects.visible_to(denmark)
        assert version_of(denmark, stored) == "1.2"
        with pytest.raises(Stale):
            change_item(denmark, stored, version="1.1", value={**WORTH, "value_per_unit": "5"})


def test_a_release_of_details_that_somebody_changed_is_refused(signed_in, item, worth):
    worth(value_per_unit="250")
    typed = {"who": "own", "detail": "same", "embargo_until": "", "why": "x", "version": "1.1"}
    assert signed_in("DNK").post(f"/release/item/{item.pk}/change/", typed).status_code == 409


def test_further_names_alone_raise_the_version(denmark, item):
    with looking(denmark):
        (stored,) = Item.objects.visible_to(denmark)
        change_item(denmark, stored, names=[{"language": "de", "kind": "short", "name": "H"}])
        change_item(denmark, stored, names=[{"language": "de", "kind": "synonym", "name": "H"}])
        assert stored.version == 3
        change_item(denmark, stored, names=[{"language": "de", "kind": "synonym", "name": "H"}])
        assert stored.version == 3


def test_a_place_and_a_holder_have_versions_too(denmark, parties):
    with looking(denmark):
        to = release_set()
        node = add_node(denmark, to=to, code="N", name="N", kind="depot", nation=parties["DNK"], place=PLACE)
        change_node(denmark, node, version="1.1", place={**PLACE, "latitude": "52.2"})
        with pytest.raises(Stale):
            change_node(denmark, Node.objects.visible_to(denmark).get(), version="1.1", place=PLACE)

        post = add_contact(denmark, to=to, code="C", party=parties["DNK"], function="Desk", detail={"name": "Ann"})
        change_contact(denmark, post, version="1.1", detail={"name": "Bo"})
        with pytest.raises(Stale):
            change_contact(denmark, ContactPoint.objects.visible_to(denmark).get(), version="1.1", detail={"name": "C"})


def test_the_tag_of_the_api_moves_with_a_detail_for_those_alone_who_see_it(signed_in, item, worth):
    address = f"/api/v1/items/{item.pk}"
    danish, american, dutch = (signed_in(code) for code in ("DNK", "USA", "NLD"))
    before = [browser.get(address)["ETag"] for browser in (danish, american, dutch)]
    worth(value_per_unit="250")
    after = [browser.get(address)["ETag"] for browser in (danish, american, dutch)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, True]

    late, fine = (
        danish.generic("PATCH", address, json.dumps({"name": "Gun"}), "application/json", HTTP_IF_MATCH=tag)
        for tag in (before[0], after[0])
    )
    assert (late.status_code, fine.status_code) == (412, 200)


def test_nothing_of_a_changed_detail_reaches_who_sees_no_details(signed_in, item, worth):
    dutch = signed_in("NLD")
    addresses = [f"/items/{item.pk}/", f"/history/item/{item.pk}/", "/log/", "/items/", f"/api/v1/items/{item.pk}"]

    def seen():
        pages = [dutch.get(address).content.decode() for address in addresses]
        return [re.sub(r'(nonce|csrf\w*|value)="[^"]*"', "", page) for page in pages]

    before = seen()
    worth(value_per_unit="250")
    assert seen() == before
