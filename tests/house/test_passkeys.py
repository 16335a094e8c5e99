"""Passkeys in a real browser with a virtual authenticator: added after a one-time link, then the only thing needed."""

import re

import pytest

from oneroof.access.actors import House
from oneroof.access.links import make_link
from oneroof.access.viewer import PUBLIC, WATCH, looking
from oneroof.journal.models import Event

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(opened, server):
    """A page whose browser has a phone with passkeys; passkeys want a name as address, so it is ``localhost``."""
    made = opened()
    made.home = server.replace("127.0.0.1", "localhost")
    made.context.unroute_all()
    devices = made.context.new_cdp_session(made)
    devices.send("WebAuthn.enable")
    made.phone = devices.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})["authenticatorId"]
    made.devices = devices
    return made


def come_by_link(page, held):
    with looking(PUBLIC):
        path = re.sub(r"^http://[^/]+", "", make_link(House(), held.person))
    page.goto(page.home + path)
    page.locator("main form button").click()
    page.wait_for_url("**/me/welcome/")


def add_passkey(page):
    page.goto(page.home + "/accounts/2fa/webauthn/add/")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda address: "webauthn/add" not in address)


def sign_out(page):
    page.goto(page.home + "/accounts/logout/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/accounts/login/")


def test_a_passkey_is_added_after_a_link_and_signs_in_alone(page, second, settings):
    settings.SECOND_FACTOR = True
    held = second("DNK", "donor_representative")

    come_by_link(page, held)
    page.goto(page.home + "/items/")
    assert page.url.endswith("/me/second-factor/")
    add_passkey(page)
    assert len(page.devices.send("WebAuthn.getCredentials", {"authenticatorId": page.phone})["credentials"]) == 1
    page.goto(page.home + "/items/")
    assert page.url.endswith("/items/")

    sign_out(page)
    page.locator("#passkey_login").click()
    page.wait_for_url(page.home + "/")
    page.goto(page.home + "/items/")
    assert page.url.endswith("/items/") and "(DNK)" in page.locator("header").inner_text()
    assert page.faults == []
    with looking(WATCH):
        told = [e.after for e in Event.objects.filter(kind="sign_in", verb="sign_in").order_by("position")]
    assert [steps["steps"] for steps in told] == [["link"], ["webauthn"]]


def test_a_phone_that_does_not_know_its_holder_signs_in_nobody(page, second):
    held = second("DNK", "donor_representative")
    come_by_link(page, held)
    add_passkey(page)
    sign_out(page)
    page.devices.send("WebAuthn.setUserVerified", {"authenticatorId": page.phone, "isUserVerified": False})

    page.locator("#passkey_login").click()
    page.wait_for_timeout(1500)

    page.goto(page.home + "/items/")
    assert "(DNK)" not in page.locator("header").inner_text()
