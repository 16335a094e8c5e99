"""The pages of accounts and people in a real browser: nothing that axe finds, nothing wider than a phone."""

import pytest
from django.test import Client

from oneroof.access.actions import release_set
from oneroof.access.middleware import viewer_of
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item
from tests.house.test_in_a_browser import faults, too_wide

OWN = ["/me/", "/me/welcome/", "/me/secondments/", "/me/tokens/", "/me/tokens/add/", "/accounts/2fa/"]
OPEN = ["/accounts/login/", "/accounts/password/reset/", "/link/1.nonsense/"]


def browser_of(held):
    browser = Client()
    browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def look(page, addresses):
    found = {}
    for address in addresses:
        page.goto(page.home + address)
        told = faults(page) + (["scrolls sideways"] if too_wide(page) else [])
        found |= {address: told} if told else {}
    return found


@pytest.mark.parametrize(("width", "dark", "language"), [(1280, False, "en"), (360, True, "uk")])
def test_pages_of_accounts_have_no_fault(opened, second, parties, width, dark, language):
    held = second("DNK", "donor_representative")
    keeper = second("HQ", "administrator")
    with looking(viewer_of(held)):
        item = add_item(
            viewer_of(held), to=release_set([parties["NLD"]]), code="X", name="X", unit="set", tonnes_per_unit=1
        )
    release = [f"/release/item/{item.pk}/{part}" for part in ("", "change/", "preview/?party=NLD")]
    people = [f"/people/{held.person_id}/{part}" for part in ("", "change/", "link/", "factors/", "second/")]
    how = {"width": width, "dark": dark, "language": language}

    assert look(opened(**how), OPEN) == {}
    page = opened(browser_of(held), **how)
    assert look(page, [*OWN, *release]) == {}
    keeping = opened(browser_of(keeper), **how)
    assert look(keeping, ["/people/", "/people/add/", *people, f"/secondments/{held.pk}/"]) == {}
    assert page.faults == keeping.faults == []
