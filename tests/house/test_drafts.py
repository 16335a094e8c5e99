"""What was typed in a form outlives a reload and a session's end, and nobody else reads it."""

from __future__ import annotations

import json
import re

import pytest

from oneroof.access.actions import release_set
from oneroof.access.models import Person
from oneroof.access.people import sign_out_everywhere
from oneroof.access.viewer import Viewer, looking
from oneroof.catalogue.actions import add_item, change_item
from tests.house.test_in_a_browser import faults, too_wide

ADD = "/items/add/"


@pytest.fixture
def item(viewer, parties):
    denmark = viewer("DNK")
    with looking(denmark):
        return add_item(denmark, to=release_set(), code="GUN", name="Gun", unit="vehicle", tonnes_per_unit="25")


def kept(page):
    """What the browser keeps, as text."""
    return page.evaluate("JSON.stringify(Object.entries(localStorage))")


def type_in(page, address, **fields):
    page.goto(page.home + address)
    for name, text in fields.items():
        page.fill(f"#id_{name}", text)
    for _wait in range(100):
        if "draft " in kept(page):
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing was kept")


def offered(page):
    """Whether what was typed is offered; the script has run when the page is quiet."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(100)
    return page.locator("#draft-offer .alert").count() == 1


def test_what_was_typed_is_offered_after_a_reload_and_put_back_by_keys(opened, signed_in, parties):
    page = opened(signed_in("DNK"))
    type_in(page, ADD, code="GUN", names="de: Haubitze\nuk: Гаубиця")
    page.check("#id_explosives")
    page.check("input[name=release-who][value=parties]")
    page.wait_for_timeout(400)
    page.reload()

    assert offered(page)
    assert "You typed something here on" in page.inner_text("#draft-offer")
    assert page.input_value("#id_code") == ""
    assert (faults(page), too_wide(page), page.faults) == ([], False, [])
    page.focus("[data-use]")
    page.keyboard.press("Enter")
    assert page.input_value("#id_code") == "GUN"
    assert page.input_value("#id_names") == "de: Haubitze\nuk: Гаубиця"
    assert page.is_checked("#id_explosives") and page.is_checked("input[name=release-who][value=parties]")
    assert page.evaluate("document.activeElement.id") == "id_code"
    assert page.locator("#draft-offer .alert").count() == 0


def test_what_was_typed_is_thrown_away_when_asked(opened, signed_in, parties):
    page = opened(signed_in("DNK"), width=360, language="uk")
    type_in(page, ADD, code="GUN")
    page.reload()
    assert offered(page)
    page.click("text=Відкинути")

    assert kept(page) == "[]"
    page.reload()
    assert not offered(page)


def test_what_was_saved_is_no_draft_and_what_was_refused_is_one(opened, signed_in, parties):
    page = opened(signed_in("DNK"))
    type_in(page, ADD, code="GUN", name="Gun", unit="vehicle")
    page.click("text=Save")
    page.wait_for_selector("#faults")
    assert not offered(page)
    page.goto(page.home + ADD)
    assert offered(page)
    page.click("[data-use]")
    page.fill("#id_tonnes_per_unit", "25")
    page.click("text=Save")
    page.wait_for_url(re.compile(r"/items/[0-9a-f-]{36}/"))
    page.wait_for_load_state("networkidle")

    assert kept(page) == "[]"


def test_what_was_typed_outlives_the_session_and_another_person_neither_sees_nor_reads_it(opened, signed_in, parties):
    danish = signed_in("DNK")
    page = opened(danish)
    type_in(page, ADD, code="SECRETGUN")
    cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    assert "SECRETGUN" not in kept(page)

    person = person_of(danish)
    danish.session.flush()
    page.goto(page.home + ADD)
    assert "/accounts/login/" in page.url or page.locator("form[data-draft-key]").count() == 0
    other = signed_in("DNK")
    page.context.add_cookies([{**cookie, "value": other.cookies["sessionid"].value}])
    page.goto(page.home + ADD)
    assert not offered(page)

    danish.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    page.context.add_cookies([{**cookie, "value": danish.cookies["sessionid"].value}])
    page.goto(page.home + ADD)
    assert offered(page)


def test_signing_out_clears_what_was_typed(opened, signed_in, parties):
    page = opened(signed_in("DNK"))
    type_in(page, ADD, code="GUN")
    page.goto(page.home + "/accounts/logout/")
    page.click("main form button")
    page.wait_for_load_state("networkidle")

    assert kept(page) == "[]"


def test_signing_out_everywhere_makes_what_was_typed_unreadable(opened, signed_in, parties):
    danish = signed_in("DNK")
    page = opened(danish)
    type_in(page, ADD, code="GUN")
    person = person_of(danish)
    cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    with looking(Viewer(person=person.pk)):
        sign_out_everywhere(person.pk)
    person.refresh_from_db()
    danish.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    page.context.add_cookies([{**cookie, "value": danish.cookies["sessionid"].value}])
    page.goto(page.home + ADD)

    assert not offered(page)
    assert kept(page) == "[]"


def test_no_password_is_kept(opened, signed_in, parties):
    page = opened(signed_in("DNK"))
    page.goto(page.home + "/me/password/")
    for field in page.locator("input[type=password]").all():
        field.fill("a long enough passphrase")
    page.wait_for_timeout(600)

    assert kept(page) == "[]"


def test_after_two_weeks_a_draft_is_gone(opened, signed_in, parties):
    page = opened(signed_in("DNK"))
    type_in(page, ADD, code="GUN")
    page.evaluate(
        """() => { const [name] = Object.keys(localStorage); const told = JSON.parse(localStorage[name])
        localStorage[name] = JSON.stringify({...told, at: told.at - 15 * 86400000}) }"""
    )
    page.goto(page.home + "/items/")
    page.wait_for_load_state("networkidle")

    assert json.loads(kept(page)) == []


def test_a_draft_of_a_record_that_changed_meanwhile_shows_both(opened, signed_in, viewer, item):
    page = opened(signed_in("DNK"))
    type_in(page, f"/items/{item.pk}/change/", name="Field gun")
    other = viewer("DNK")
    with looking(other):
        change_item(other, item, name="Howitzer")
    page.reload()
    assert offered(page)
    page.click("[data-use]")
    page.click("text=Save")
    page.wait_for_selector(".rivals")
    assert not offered(page)

    assert page.locator(".rivals tbody td").all_inner_texts()[:3] == ["Name", "Field gun", "Howitzer"]
    assert (faults(page), too_wide(page)) == ([], False)


def test_without_scripts_a_form_is_as_it_was(opened, signed_in, parties):
    page = opened(signed_in("DNK"), scripts=False)
    page.goto(page.home + ADD)

    assert page.locator("#draft-offer").inner_text() == ""
    assert page.is_visible("#id_code")


def person_of(client):
    return Person.objects.get(pk=client.session["_auth_user_id"])
