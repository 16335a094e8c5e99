"""Choosing a record by typing: visible records alone, at most twenty, by keys, and without scripts by its code."""

from __future__ import annotations

import re

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item
from oneroof.catalogue.models import Substitute
from oneroof.nations.models import Party
from tests.house.test_in_a_browser import faults, too_wide


@pytest.fixture
def add(viewer, parties):
    viewers = {}

    def make(code, owner="DNK", to=(), **more):
        by = viewers.setdefault(owner, viewer(owner))
        with looking(by):
            fields = {"name": f"Item {code}", "unit": "each", "tonnes_per_unit": "1", **more}
            return add_item(by, to=release_set([parties[one] for one in to]), code=code, **fields)

    return make


def asked(browser, text, kind="item"):
    answer = browser.get(f"/choices/{kind}/", {"q": text})
    assert answer.status_code == 200
    return [choice["code"] for choice in answer.json()["choices"]]


def test_only_what_is_seen_is_offered_by_code_or_name(signed_in, add):
    add("HOWITZER", to=["NLD"])
    add("SECRET", name="Howitzer of tomorrow")
    add("GUN", owner="NLD", name_uk="Гаубиця")

    assert asked(signed_in("NLD"), "howi") == ["HOWITZER@DNK"]
    assert asked(signed_in("NLD"), "ГАУБ") == ["GUN@NLD"]
    assert asked(signed_in("DNK"), "howi") == ["HOWITZER@DNK", "SECRET@DNK"]
    assert asked(signed_in("USA"), "howi") == asked(signed_in(None), "howi") == []


def test_at_most_twenty_are_offered_and_nothing_for_nothing(signed_in, add):
    for number in range(22):
        add(f"GUN-{number:02}")

    assert asked(signed_in("DNK"), "gun") == [f"GUN-{number:02}@DNK" for number in range(20)]
    assert asked(signed_in("DNK"), "  ") == asked(signed_in("DNK"), "\x00") == []


def test_a_kind_without_codes_and_none_have_the_same_answer(signed_in):
    danish = signed_in("DNK")
    for kind in ("item_detail", "substitute", "person", "nothing"):
        assert danish.get(f"/choices/{kind}/?q=gun").status_code == 404


def test_answers_cost_the_same_queries_for_one_row_and_for_three(signed_in, add, queries):
    danish = signed_in("DNK")
    danish.get("/")
    counts = []
    for number in range(3):
        add(f"GUN{number}")
        counts.append(queries(lambda: asked(danish, "gun")))

    assert counts[0] == counts[1] == counts[2], counts


def test_an_item_is_chosen_by_three_letters_and_keys(opened, signed_in, viewer, add):
    add("HOWITZER-155", name="Howitzer 155 mm"), add("HOWITZER-105", name="Howitzer 105 mm"), add("MORTAR-120")
    page = opened(signed_in("DNK"))
    page.goto(page.home + "/substitutes/add/", wait_until="networkidle")
    page.focus("#id_item-ts-control")
    assert page.get_attribute("#id_item-ts-control", "role") == "combobox"
    page.keyboard.type("how")
    page.wait_for_selector("[role=option]")
    assert page.locator("[role=option]").all_inner_texts() == [
        "HOWITZER-105 · Howitzer 105 mm (DNK)",
        "HOWITZER-155 · Howitzer 155 mm (DNK)",
    ]
    assert (faults(page), too_wide(page)) == ([], False)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("MORTAR-120@DNK")
    page.keyboard.press("Tab")
    page.fill("#id_units_per_unit", "2")
    page.click("text=Save")
    page.wait_for_url(re.compile(r"/substitutes/[0-9a-f-]{36}/"))

    denmark = viewer("DNK")
    with looking(denmark):
        (made,) = Substitute.objects.visible_to(denmark)
        assert (made.item.code, made.substitute.code) == ("HOWITZER-155", "MORTAR-120")
    assert page.faults == []


def test_what_was_refused_stands_in_the_box_again(opened, signed_in, add):
    add("HOWITZER-155")
    page = opened(signed_in("DNK"), width=360, language="uk")
    page.goto(page.home + "/substitutes/add/", wait_until="networkidle")
    page.focus("#id_item-ts-control")
    page.keyboard.type("NOTHING")
    page.keyboard.press("Tab")
    page.click(".form-ways button")
    page.wait_for_selector("#faults")
    page.wait_for_selector("#id_item-ts-control")

    assert page.locator(".ts-wrapper .item").first.inner_text() == "NOTHING"
    page.click("#faults a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "id_item-ts-control"
    assert (faults(page), too_wide(page)) == ([], False)


def test_a_long_list_on_the_page_narrows_while_one_types(opened, signed_in, parties):
    for number in range(12):
        Party.objects.create(code=f"X{number:02}", name=f"Nation {number}", kind="nation")
    page = opened(signed_in("HQ"))
    page.goto(page.home + "/nodes/add/", wait_until="networkidle")
    page.focus("#id_nation-ts-control")
    page.keyboard.type("ukr")
    page.wait_for_timeout(600)

    assert page.locator("[role=option]").all_inner_texts() == ["Ukraine"]
    page.keyboard.press("Enter")
    assert page.input_value("#id_nation") == str(parties["UKR"].pk)
    assert (faults(page), page.faults) == ([], [])


def test_without_scripts_a_code_is_typed(opened, signed_in, add):
    add("A"), add("B")
    page = opened(signed_in("DNK"), scripts=False)
    page.goto(page.home + "/substitutes/add/")
    page.fill("#id_item", "A")
    page.fill("#id_substitute", "B")
    page.click("text=Save")

    assert re.search(r"/substitutes/[0-9a-f-]{36}/$", page.url)
