"""Forms whose record somebody else changed meanwhile: both values stand side by side, and what was typed is kept."""

from __future__ import annotations

import re

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item, change_item
from oneroof.catalogue.models import Item

TYPED = {"code": "GUN", "name": "Howitzer", "unit": "vehicle", "tonnes_per_unit": "25", "whole_units": "on"}


@pytest.fixture
def item(denmark):
    with looking(denmark):
        return add_item(denmark, to=release_set(), **{**TYPED, "whole_units": True})


@pytest.fixture
def other_changed(denmark, item):
    """Somebody else changes the item while a form stands open on its first version."""

    def change(**fields):
        with looking(denmark):
            (stored,) = Item.objects.visible_to(denmark)
            change_item(denmark, stored, **fields)

    return change


def rivals(page):
    """The table of what differs: rows of texts."""
    table = re.search(r'class="table-wrap rivals".*?</table>', page, re.S)
    rows = re.findall(r"<tr>(.*?)</tr>", table.group(), re.S)[1:] if table else []
    return [[re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", row)] for row in rows]


def value(page, name):
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page).group()
    return re.search(r'value="([^"]*)"', found)[1] if "value=" in found else ""


def test_what_both_changed_stands_side_by_side_and_what_was_typed_stays(signed_in, denmark, item, other_changed):
    other_changed(name="Self-propelled howitzer")
    danish = signed_in("DNK")
    late = danish.post(f"/items/{item.pk}/change/", {**TYPED, "name": "Field gun", "version": "1"})
    page = late.content.decode()

    assert late.status_code == 409
    assert rivals(page) == [["Name", "Field gun", "Self-propelled howitzer", "what you typed"]]
    assert (value(page, "name"), value(page, "version")) == ("Field gun", "2")
    assert "Look at what differs" in page
    again = danish.post(f"/items/{item.pk}/change/", {**TYPED, "name": "Field gun", "version": "2"})
    assert again.status_code == 302
    with looking(denmark):
        assert [(one.name, one.version) for one in Item.objects.visible_to(denmark)] == [("Field gun", 3)]


def test_what_only_the_other_one_changed_is_taken_over(signed_in, item, other_changed):
    other_changed(tonnes_per_unit="26.5", whole_units=False, explosives=True, supply_class="NATO V", volume_per_unit=80)
    page = signed_in("DNK").post(f"/items/{item.pk}/change/", {**TYPED, "name": "Field gun", "version": "1"})
    page = page.content.decode()

    told = "what stands there now: you had not changed it"
    assert ["Tonnes per unit", "25", "26.5", told] in rivals(page)
    assert ["Whole units only", "yes", "no", told] in rivals(page)
    assert ["Name", "Field gun", "Howitzer", "what you typed"] in rivals(page)
    assert (value(page, "tonnes_per_unit"), value(page, "volume_per_unit")) == ("26.5", "80")
    assert not re.search(r'<input[^>]*name="whole_units"[^>]*checked', page)
    assert re.search(r'<input[^>]*name="explosives"[^>]*checked', page)
    assert value(page, "name") == "Field gun"


def test_a_second_overtaking_is_told_again(signed_in, item, other_changed):
    danish = signed_in("DNK")
    other_changed(name="A")
    danish.post(f"/items/{item.pk}/change/", {**TYPED, "name": "Mine", "version": "1"})
    other_changed(name="B")
    late = danish.post(f"/items/{item.pk}/change/", {**TYPED, "name": "Mine", "version": "2"})

    assert late.status_code == 409
    assert rivals(late.content.decode()) == [["Name", "Mine", "B", "what you typed"]]


def test_a_record_that_became_the_same_meanwhile_is_only_told(signed_in, item, other_changed):
    other_changed(name="Field gun")
    late = signed_in("DNK").post(f"/items/{item.pk}/change/", {**TYPED, "name": "Field gun", "version": "1"})

    assert late.status_code == 409
    assert rivals(late.content.decode()) == []
    assert "Somebody changed this record" in late.content.decode()


def test_a_release_that_was_overtaken_is_refused_until_it_is_read_again(signed_in, item, other_changed):
    other_changed(name="A")
    typed = {"who": "own", "detail": "same", "embargo_until": "", "why": "x", "version": "1"}
    address = f"/release/item/{item.pk}/change/"

    for _again in range(2):
        late = signed_in("DNK").post(address, typed)
        assert late.status_code == 409
        assert value(late.content.decode(), "version") == "1"
