"""Pages in a real browser: nothing that axe finds, nothing wider than a phone, nothing out of the house, keys alone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item

pytestmark = pytest.mark.urls("tests.house.trial")

PAGES = ["/", "/items/", "/search/?q=gun", "/components/", "/coming/needs/", "/no/such/page", "/trial/add/"]


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


@pytest.mark.parametrize(("width", "dark", "language"), [(1280, False, "en"), (360, True, "uk")])
def test_pages_have_no_fault_wide_or_narrow_light_or_dark(opened, signed_in, item, width, dark, language):
    page = opened(signed_in("DNK"), width=width, dark=dark, language=language)
    found = {}
    for address in [*PAGES, f"/trial/{item.pk}/", f"/trial/{item.pk}/release/"]:
        page.goto(page.home + address)
        told = faults(page) + (["scrolls sideways"] if too_wide(page) else [])
        found |= {address: told} if told else {}
    assert found == {}, "\n".join(str(line) for line in found.items())
    assert [line for line in page.faults if "404" not in line] == []
