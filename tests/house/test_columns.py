"""Columns of lists: chosen without scripts, kept in the address and for the person, followed by the export."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item


@pytest.fixture
def add(viewer):
    denmark = viewer("DNK")

    def make(code):
        with looking(denmark):
            add_item(denmark, to=release_set(public=True), code=code, name=code, unit="pallet", tonnes_per_unit="1")

    return make


def heads(answer):
    return re.findall(r'<th scope="col".*?>(?:<a .*?>)?([^<]+)', answer.content.decode())


def ticked(answer):
    boxes = re.findall(r'name="columns" value="(\w+)"( checked)?', answer.content.decode())
    return [name for name, on in boxes if on]


USUAL = ["owner", "nsn", "supply_class", "unit", "tonnes_per_unit", "explosives"]


def test_columns_are_ticked_and_the_address_that_shows_them_can_be_shared(signed_in, add):
    add("A")
    danish = signed_in("DNK")
    assert ticked(danish.get("/items/")) == ["name", *USUAL]

    chosen = danish.post("/items/?q=a&page=2", {"columns": ["unit", "un_number", "nonsense"]})
    assert (chosen.status_code, chosen["Location"]) == (302, "/items/?q=a&columns=unit%2Cun_number")
    for browser in (danish, signed_in("NLD"), signed_in(None)):
        shown = browser.get(chosen["Location"])
        assert heads(shown) == ["Code", "Unit", "UN number"]
        assert ticked(shown) == ["unit", "un_number"]
        assert '<input type="hidden" name="columns" value="unit,un_number">' in shown.content.decode()
        assert "page=1" not in shown.content.decode()


def test_columns_are_remembered_for_each_kind_of_list_until_the_usual_ones_are_wanted(signed_in, add):
    add("A")
    danish = signed_in("DNK")
    danish.post("/items/", {"columns": ["unit"]})

    again = danish.get("/items/", {"q": "a"})
    assert (again.status_code, again["Location"]) == (302, "/items/?q=a&columns=unit")
    assert danish.get("/network/").status_code == 200
    assert signed_in("DNK").get("/items/").status_code == 200
    assert danish.get("/items/", {"columns": "name"}).status_code == 200
    assert danish.get("/items/")["Location"] == "/items/?columns=unit"

    assert danish.post("/items/?columns=unit", {"usual": "1"})["Location"] == "/items/"
    assert danish.get("/items/").status_code == 200


def test_nothing_is_remembered_of_whoever_is_not_signed_in(signed_in, add):
    add("A")
    public = signed_in(None)
    assert public.post("/items/", {"columns": ["unit"]})["Location"] == "/items/?columns=unit"
    assert not public.session.keys()
    assert public.get("/items/").status_code == 200


def test_columns_that_are_none_leave_the_usual_ones(signed_in, add):
    add("A")
    danish = signed_in("DNK")
    assert danish.post("/items/", {})["Location"] == "/items/"
    assert ticked(danish.get("/items/", {"columns": "nonsense"})) == ["name", *USUAL]


def test_the_export_has_the_columns_that_are_shown_or_all(signed_in, add):
    add("A")
    danish = signed_in("DNK")
    shown = danish.get("/items/?columns=unit")
    links = re.findall(r'href="([^"]*export=csv[^"]*)"', shown.content.decode())

    first = [
        danish.get("/items/" + link.replace("&amp;", "&")).content.decode("utf-8-sig").splitlines()[0] for link in links
    ]
    assert first[0] == "code,unit,marking"
    assert first[1].split(",")[:3] == ["code", "name", "owner"]
    assert len(first[1].split(",")) == 14


def test_a_list_can_be_sorted_by_a_column_that_is_hidden(signed_in, add):
    add("B")
    add("A")
    page = signed_in("DNK").get("/items/?columns=unit&sort=-name").content.decode()
    assert page.index(">B</a>") < page.index(">A</a>")


def test_a_list_asks_as_many_queries_for_three_rows_with_any_columns(signed_in, add, queries):
    danish = signed_in("DNK")
    add("A")
    danish.get("/items/?columns=all")
    one = queries(lambda: danish.get("/items/?columns=all"))
    add("B")
    add("C")
    assert queries(lambda: danish.get("/items/?columns=all")) == one == queries(lambda: danish.get("/items/"))


def test_an_export_tells_yes_and_no_in_the_readers_language(signed_in, add):
    add("A")
    address = "/items/?columns=explosives,whole_units&export=csv"
    danish = signed_in("DNK")
    english = danish.get(address).content.decode().splitlines()
    assert english[1].startswith("A,yes,no,")
    danish.cookies[settings.LANGUAGE_COOKIE_NAME] = "uk"
    assert danish.get(address).content.decode().splitlines()[1].startswith("A,так,ні,")
