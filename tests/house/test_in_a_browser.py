"""Pages in a real browser: nothing that axe finds, nothing wider than a phone, nothing out of the house, keys alone."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item
from tests.house.conftest import STYLED

pytestmark = pytest.mark.urls("tests.house.trial")

SIMFEROPOL = (34.1, 44.95)
PAGES = [
    "/",
    "/items/",
    "/search/?q=gun",
    "/search/?q=howitzer",
    "/network/",
    "/components/",
    "/coming/needs/",
    "/no/such/page",
    "/trial/add/",
    "/items/?columns=all",
    "/legs/",
    "/liaison/",
    "/log/",
]


@pytest.fixture
def item(viewer, parties):
    denmark = viewer("DNK")
    with looking(denmark):
        to = release_set([parties["NLD"], parties["UKR"]])
        add_item(denmark, to=to, code="ART", name="Rounds", unit="pallet", tonnes_per_unit="1.5")
        return add_item(
            denmark, to=to, code="GUN", name="Howitzer", name_uk="Гаубиця", unit="vehicle", tonnes_per_unit="25"
        )


def faults(page):
    """What axe finds, a line a fault."""
    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]


def too_wide(page):
    """Whether the page scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "dark", "language"), [(1280, False, "en"), (1280, True, "uk"), (360, True, "uk")])
def test_pages_have_no_fault_wide_or_narrow_light_or_dark(opened, signed_in, item, width, dark, language):
    page = opened(signed_in("DNK"), width=width, dark=dark, language=language)
    found = {}
    for address in [*PAGES, f"/trial/{item.pk}/", f"/trial/{item.pk}/release/"]:
        page.goto(page.home + address)
        told = faults(page) + (["scrolls sideways"] if too_wide(page) else [])
        found |= {address: told} if told else {}
    assert found == {}, "\n".join(str(line) for line in found.items())
    assert [line for line in page.faults if "404" not in line] == []


def test_sign_in_and_the_first_page_of_the_public_have_no_fault(opened, parties):
    page = opened(width=360)
    for address in ["/accounts/login/", "/accounts/password/reset/", "/", "/plan/"]:
        page.goto(page.home + address)
        assert (address, faults(page), too_wide(page), page.faults) == (address, [], False, [])


def test_signing_in_by_keys_alone(opened, second):
    person = second("DNK", "donor_representative").person
    person.set_password("a long enough passphrase")
    person.save()
    page = opened()
    page.goto(page.home + "/accounts/login/")

    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough passphrase")
    page.keyboard.press("Enter")
    page.wait_for_url(page.home + "/")
    assert page.locator("h1").inner_text() == "What needs me today"
    assert page.faults == []


def test_a_list_is_filtered_and_left_by_keys_and_its_address_says_so(opened, signed_in, item):
    page = opened(signed_in("NLD"))
    page.goto(page.home + "/items/")
    page.focus("#id_q")
    page.keyboard.type("howi")

    page.wait_for_url("**/items/?q=howi")
    assert page.locator("tbody tr").count() == 1
    assert page.locator("#count").inner_text() == "1 row"
    page.reload()
    assert page.locator("tbody tr").count() == 1
    assert page.locator("#id_q").input_value() == "howi"
    page.focus("thead a >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=name*")
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Name")
    assert page.faults == []


def test_a_list_is_filtered_without_scripts(opened, signed_in, item):
    page = opened(signed_in("NLD"), scripts=False)
    page.goto(page.home + "/items/")
    page.fill("#id_q", "howi")
    page.keyboard.press("Enter")

    page.wait_for_url("**/items/?q=howi*")
    assert page.locator("tbody tr").count() == 1


def test_a_refused_form_takes_the_reader_to_its_faults(opened, signed_in, parties):
    page = opened(signed_in("DNK"))
    page.goto(page.home + "/trial/add/")
    page.fill("#id_code", "GUN")
    page.keyboard.press("Enter")

    page.wait_for_selector("#faults")
    assert page.evaluate("document.activeElement.id") == "faults"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_name"
    assert page.input_value("#id_code") == "GUN"


def test_parties_are_shown_where_some_are_to_be_chosen(opened, signed_in, parties):
    page = opened(signed_in("DNK"))
    page.goto(page.home + "/trial/add/")
    shown = page.locator("#id_release-parties")
    assert not shown.is_visible()
    page.locator("[name=release-who][value=parties]").check()
    assert shown.is_visible() and not page.locator("#id_release-detail_parties").is_visible()
    page.locator("[name=release-detail][value=parties]").check()
    assert page.locator("#id_release-detail_parties").is_visible()


def test_on_a_phone_the_navigation_opens_without_scripts(opened, parties):
    page = opened(width=360, scripts=False)
    page.goto(page.home + "/")
    assert not page.locator("nav >> text=Catalogue").first.is_visible()

    page.focus(".menu-phone summary")
    page.keyboard.press("Enter")
    page.click(".menu-phone >> text=Catalogue")
    page.wait_for_url("**/items/")


def test_light_dark_and_language_are_kept(opened, parties):
    page = opened()
    page.goto(page.home + "/items/")
    page.click("summary[aria-label='Light or dark']")
    page.click("text=Dark")
    page.wait_for_load_state()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    page.click("button[lang=uk]")
    page.wait_for_load_state()
    assert page.get_attribute("html", "lang") == "uk"
    assert page.url.endswith("/items/")


def test_a_page_without_a_map_loads_less_than_150_kb_of_scripts(opened, signed_in, item):
    page = opened(signed_in("DNK"))
    loaded = []
    page.on("response", lambda answer: loaded.append(answer))
    page.goto(page.home + "/items/", wait_until="networkidle")

    scripts = {
        answer.url.rsplit("/", 1)[1]: len(gzip.compress(answer.body())) for answer in loaded if "js" in answer.url
    }
    assert set(scripts) == {"theme.js", "oneroof.js"}
    assert sum(scripts.values()) < 150_000


def test_a_map_is_drawn_from_this_server_and_its_nodes_are_reached_by_keys(opened, parties):
    page = opened()
    page.goto(page.home + "/components/")
    page.wait_for_selector(".node")

    page.focus(".node >> nth=1")
    page.keyboard.press("Enter")
    assert page.locator(".maplibregl-popup a").inner_text() == "Rzeszów"
    assert page.faults == []


@pytest.mark.parametrize("address", ["/", "/items/", "/no/such/page", "/trial/broken/", "/accounts/login/", "/theme/"])
def test_every_answer_has_the_content_policy(client, db, address):
    client.raise_request_exception = False
    policy = client.get(address)["Content-Security-Policy"]

    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(
        policy.split("; ")
    )


@pytest.mark.skipif(not STYLED, reason="the maps are not built: run make setup")
def test_crimea_is_ukraines_on_the_map():
    countries = json.loads((settings.PACKAGE / "static" / "oneroof" / "countries.json").read_text())
    at = {
        feature["properties"]["code"] for feature in countries["features"] if inside(*SIMFEROPOL, feature["geometry"])
    }
    assert at == {"UKR"}


def inside(x, y, geometry):
    """Whether a point is in a shape: an odd number of edges to its right."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    crossings = 0
    for ring in (ring for polygon in polygons for ring in polygon):
        for (x1, y1), (x2, y2) in pairwise(ring):
            crossings += (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    return crossings % 2 == 1
