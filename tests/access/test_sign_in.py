"""Signing in with passwords, links and second factors; how sessions end; what is kept of it."""

import os
import re
import subprocess
import sys
import time
import uuid

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from oneroof.access.actors import House
from oneroof.access.links import key_of, make_link
from oneroof.access.models import Person
from oneroof.access.people import add_person, change_end, change_person, take_factors_away
from oneroof.access.viewer import PUBLIC, WATCH, looking
from oneroof.journal.actions import HOUSE
from oneroof.journal.models import Event
from oneroof.running.working import work
from tests.access.codes import totp

PASSWORD = "four-plain-words-here"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """The house's slow hash takes a tenth of a second each time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def denmark(second):
    """Denmark's representative, with a password."""
    held = second("DNK", "donor_representative")
    held.person.set_password(PASSWORD)
    held.person.save()
    return held


def by_house(do, *args, **more):
    """What the command line does: an action of the house, with the public's sight on PostgreSQL."""
    with looking(PUBLIC):
        return do(House(), *args, **more)


def sign_in(held, password=PASSWORD, browser=None):
    browser = browser or Client()
    answer = browser.post("/accounts/login/", {"login": held.person.email, "password": password})
    return browser, answer


def acts(browser):
    """The code of the party for which a browser's session acts, or None."""
    held = browser.get("/items/").wsgi_request.secondment
    return held.party.code if held else None


def events(*kinds):
    with looking(WATCH):
        return list(Event.objects.filter(chain=HOUSE, kind__in=kinds).order_by("position"))


def verbs(person):
    return [e.verb for e in events("sign_in") if e.record == person.pk]


def test_a_password_signs_in_and_no_page_of_a_session_is_kept(denmark):
    browser, answer = sign_in(denmark)

    assert answer.status_code == 302
    page = browser.get("/items/")
    assert page.wsgi_request.viewer.party == denmark.party_id
    assert "no-store" in page["Cache-Control"]
    assert "no-store" not in Client().get("/items/").get("Cache-Control", "")


def test_the_session_has_a_new_key_after_sign_in(denmark):
    browser = Client()
    browser.get("/accounts/login/")
    session = browser.session
    session["x"] = 1
    session.save()
    browser.cookies["sessionid"] = before = session.session_key

    sign_in(denmark, browser=browser)

    assert browser.session.session_key != before


def test_the_session_cookie_is_for_this_site_alone_and_hidden_from_scripts(denmark):
    _browser, answer = sign_in(denmark)

    cookie = answer.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(denmark):
    _browser, wrong = sign_in(denmark, "not-the-right-password")
    unknown = Client().post("/accounts/login/", {"login": "nobody@example.org", "password": "not-the-right-password"})

    def plain(answer):
        return answer.context["form"].errors.as_text()

    assert wrong.status_code == unknown.status_code
    assert plain(wrong) == plain(unknown) != ""


def test_after_five_wrong_passwords_the_right_one_waits(denmark):
    for _ in range(5):
        sign_in(denmark, "not-the-right-password")

    browser, _answer = sign_in(denmark)

    assert "_auth_user_id" not in browser.session


def test_nobody_signs_up_changes_the_address_or_joins_accounts_by_themselves(denmark, settings):
    browser, _answer = sign_in(denmark)

    for path in ("signup/", "email/", "3rdparty/", "3rdparty/signup/", "confirm-email/"):
        assert browser.get(f"/accounts/{path}").status_code == 404, path
        assert browser.post(f"/accounts/{path}").status_code == 404, path


def test_whoever_writes_needs_a_second_factor_and_is_led_to_it(denmark, settings):
    settings.SECOND_FACTOR = True
    browser, _answer = sign_in(denmark)

    page = browser.get("/items/")

    assert page["Location"] == "/me/second-factor/"
    assert page.wsgi_request.viewer.parties == ()
    assert browser.get("/me/second-factor/").status_code == 200


def test_the_second_factor_is_required_unless_the_setting_says_otherwise():
    world = {k: v for k, v in os.environ.items() if k != "ONEROOF_SECOND_FACTOR"}
    script = "from oneroof import settings; print(settings.SECOND_FACTOR)"

    told = subprocess.run([sys.executable, "-c", script], env=world, capture_output=True, text=True, check=True)

    assert told.stdout == "True\n"


@pytest.mark.parametrize("who", ["reader", "demonstration"])
def test_readers_and_people_for_demonstration_go_without_a_second_factor(second, settings, who):
    settings.SECOND_FACTOR = True
    held = second("DNK", "reader" if who == "reader" else "donor_representative")
    held.person.demonstration = who == "demonstration"
    held.person.save()
    browser = Client()
    browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert acts(browser) == "DNK"
    assert browser.get("/items/").status_code == 200


def add_totp(browser):
    """Add an authenticator application as a person would: confirm the password, read the secret, type the code."""
    page = browser.get("/accounts/2fa/totp/activate/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/reauthenticate/"
    path = page.request["PATH_INFO"] + "?next=/accounts/2fa/totp/activate/"
    page = browser.post(path, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret, answer


def test_an_authenticator_application_from_first_code_to_next_sign_in(denmark, settings):
    settings.SECOND_FACTOR = True
    browser, _answer = sign_in(denmark)
    secret, answer = add_totp(browser)
    codes = browser.get(answer["Location"]).context["unused_codes"]

    assert browser.get("/items/").status_code == 200
    browser.post("/accounts/logout/")
    browser, answer = sign_in(denmark)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert acts(browser) is None
    assert browser.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert acts(browser) is None
    assert browser.post("/accounts/2fa/authenticate/", {"code": totp(secret, 1)}).status_code == 302
    assert acts(browser) == "DNK"

    browser.post("/accounts/logout/")
    browser, _answer = sign_in(denmark)
    assert browser.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert acts(browser) == "DNK"
    browser.post("/accounts/logout/")
    browser, _answer = sign_in(denmark)
    assert browser.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert acts(browser) is None


def test_the_secret_of_an_application_is_not_kept_as_it_is(denmark):
    browser, _answer = sign_in(denmark)
    secret, _answer = add_totp(browser)

    kept = denmark.person.authenticator_set.get(type="totp").data["secret"]
    assert secret not in kept
    assert kept.startswith("gAAAA")


def use(address):
    """Follow a one-time link in a new browser: its page, then its button."""
    browser = Client()
    path = address.removeprefix("http://127.0.0.1:8000")
    page = browser.get(path)
    return browser, page, browser.post(path)


def test_a_link_signs_in_once_and_asks_for_a_password_or_passkey(second):
    held = second("DNK", "donor_representative")
    address = by_house(make_link, held.person)

    browser, page, answer = use(address)
    again = use(address)[2]

    assert (page.status_code, answer.status_code, answer["Location"]) == (200, 302, "/me/welcome/")
    assert acts(browser) == "DNK"
    assert browser.get("/me/welcome/").status_code == 200
    assert again.status_code == 404
    assert "_auth_user_id" not in again.client.session


def test_opening_the_page_of_a_link_uses_nothing_up(second):
    held = second("DNK", "donor_representative")
    path = by_house(make_link, held.person).removeprefix("http://127.0.0.1:8000")

    for _ in range(3):
        Client().get(path)

    assert Client().post(path).status_code == 302


def test_a_link_is_over_after_a_day_and_when_a_newer_one_was_made(second, monkeypatch):
    held = second("DNK", "donor_representative")
    older = by_house(make_link, held.person)
    newer = by_house(make_link, held.person)
    assert use(older)[2].status_code == 404
    now = time.time

    monkeypatch.setattr(time, "time", lambda: now() + 24 * 3600 + 1)

    assert use(newer)[2].status_code == 404
    monkeypatch.undo()
    assert use(newer)[2].status_code == 302


def masked(answer):
    page = answer.content.decode()
    for context in answer.context or ():
        if "csrf_token" in context:
            page = page.replace(str(context["csrf_token"]), "-")
    return page


def test_a_link_that_does_not_work_says_nothing_about_why(second, monkeypatch):
    used, left, fresh = (second("DNK", "reader").person for _ in range(3))
    links = {"used": by_house(make_link, used), "left": by_house(make_link, left), "older": by_house(make_link, fresh)}
    by_house(make_link, fresh)
    use(links["used"])
    by_house(change_person, left, is_active=False)
    links["forged"] = links["older"][:-3] + "aa/"
    links["no number"] = "http://127.0.0.1:8000/link/abc/"
    links["of another scope"] = "http://127.0.0.1:8000/link/9." + key_of(fresh).partition(".")[2] + "/"

    answers = {why: use(address)[2] for why, address in links.items()}

    assert {why: answer.status_code for why, answer in answers.items()} == dict.fromkeys(links, 404)
    assert len({masked(answer) for answer in answers.values()}) == 1


def test_a_link_takes_the_place_of_the_password_but_not_of_the_second_factor(denmark):
    browser, _answer = sign_in(denmark)
    secret, _answer = add_totp(browser)
    denmark.person.refresh_from_db()

    browser, _page, answer = use(by_house(make_link, denmark.person))

    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert acts(browser) is None
    assert browser.post("/accounts/2fa/authenticate/", {"code": totp(secret, 1)})["Location"] == "/me/welcome/"


def test_after_a_link_a_new_password_needs_no_old_one_and_otherwise_it_does(denmark):
    by_password, _answer = sign_in(denmark)
    by_link, _page, _answer = use(by_house(make_link, Person.objects.get(pk=denmark.person_id)))
    new = {"new_password1": "another-four-plain-words", "new_password2": "another-four-plain-words"}

    assert by_password.post("/me/password/", new)["Location"] == "/accounts/password/change/"
    assert by_link.post("/me/password/", new)["Location"] == "/me/"
    assert acts(by_link) == "DNK"
    assert acts(by_password) is None, "a new password ends the other sessions"
    assert acts(sign_in(denmark, "another-four-plain-words")[0]) == "DNK"


def test_somebody_without_a_password_chooses_a_first_one_without_a_link(second):
    held = second("DNK", "reader")
    browser = Client()
    browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    new = {"new_password1": "another-four-plain-words", "new_password2": "another-four-plain-words"}

    assert browser.get("/accounts/password/change/", follow=True).request["PATH_INFO"] == "/accounts/password/set/"
    assert browser.post("/accounts/password/set/", new)["Location"] == "/me/"
    assert acts(sign_in(held, "another-four-plain-words")[0]) == "DNK"


def test_a_short_or_common_password_is_refused_with_the_reason(denmark):
    by_link, _page, _answer = use(by_house(make_link, denmark.person))

    answer = by_link.post("/me/password/", {"new_password1": "password1234", "new_password2": "password1234"})

    assert answer.status_code == 200 or answer.status_code == 422
    assert answer.context["form"].errors["new_password2"]


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("OneRoof-2026-OneRoof", False),
        ("Denmark-Netherlands-1", False),
        ("DNK-Denmark-planner!", False),
        ("Welcome-to-Denmark-99", False),
        ("Denmark-has-many-bridges", True),
        ("four-plain-words-here", True),
        ("8127-3391-0045-2286", True),
    ],
)
def test_a_password_of_the_houses_own_words_is_refused(parties, password, fine):
    if fine:
        validate_password(password)
        return
    with pytest.raises(ValidationError, match="words of this house"):
        validate_password(password)


def forget(email):
    return Client().post("/accounts/password/reset/", {"email": email})


def test_a_forgotten_password_leads_to_an_administrator_where_there_is_no_mail(denmark, settings, mailoutbox):
    assert b"one-time link" in Client().get("/accounts/password/reset/").content
    settings.EMAIL_HOST = "mail.example.org"
    by_house(change_person, denmark.person, language="uk")
    left = by_house(add_person, email="left@example.org", name="Left", party=denmark.party, role="reader",
                    starts_on=timezone.localdate()).person  # fmt: skip
    by_house(change_person, left, is_active=False)

    answers = [forget(email) for email in (denmark.person.email, "nobody@example.org", left.email)]

    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1
    assert mailoutbox == [], "nothing is sent while somebody waits"
    work(lambda: False, lambda seconds: None, once=True)
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([denmark.person.email], "Новий пароль для OneRoof")]
    path = re.search(r"http://127.0.0.1:8000(\S+)", mailoutbox[0].body)[1]
    browser = Client()
    new = {"password1": "another-four-plain-words", "password2": "another-four-plain-words"}
    browser.post(browser.get(path)["Location"], new)
    assert acts(sign_in(denmark, "another-four-plain-words")[0]) == "DNK"


class Counted(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    hashed = 0

    def encode(self, password, salt):
        Counted.hashed += 1
        return super().encode(password, salt)


def test_an_unknown_address_costs_the_same_work_as_a_known_one(denmark, second, settings, queries):
    settings.PASSWORD_HASHERS = ["tests.access.test_sign_in.Counted"]
    settings.EMAIL_HOST = "mail.example.org"
    denmark.person.set_password(PASSWORD)
    denmark.person.save()
    left, bare = second("DNK", "reader").person, second("DNK", "reader").person
    left.set_password(PASSWORD)
    left.is_active = False
    left.save()

    def work_of(step):
        Counted.hashed = 0
        return queries(step), Counted.hashed

    def try_to_sign_in(email):
        Client().post("/accounts/login/", {"login": email, "password": "not-the-right-password"})

    emails = [denmark.person.email, left.email, bare.email, "nobody@example.org"]
    signing_in = [work_of(lambda email=email: try_to_sign_in(email)) for email in emails]
    forgetting = [work_of(lambda email=email: forget(email)) for email in emails]

    assert len(set(signing_in)) == 1 and signing_in[0][1] == 1
    assert len(set(forgetting)) == 1 and forgetting[0][1] == 0


def test_links_that_do_not_work_cost_the_same_work(second, queries):
    used, fresh = second("DNK", "reader").person, second("DNK", "reader").person
    spent, older = by_house(make_link, used), by_house(make_link, fresh)
    by_house(make_link, fresh)
    use(spent)
    nobody = Person(id=uuid.uuid4(), email="nobody@example.org", link=1)
    unknown = f"http://127.0.0.1:8000/link/{key_of(nobody)}/"

    assert len({queries(lambda address=address: use(address)) for address in (spent, older, unknown)}) == 1


def test_the_end_of_a_secondment_ends_the_session_at_the_next_request(denmark):
    browser, _answer = sign_in(denmark)
    assert acts(browser) == "DNK"

    by_house(change_end, denmark, ends_on=timezone.localdate() - timezone.timedelta(days=1))

    assert acts(browser) is None
    assert "_auth_user_id" not in browser.session


def test_whoever_may_not_sign_in_any_more_is_out_at_once(denmark):
    browser, _answer = sign_in(denmark)

    by_house(change_person, Person.objects.get(pk=denmark.person_id), is_active=False)

    assert acts(browser) is None
    assert acts(sign_in(denmark)[0]) is None


@pytest.mark.parametrize(
    ("hours", "left"),
    [
        ([1, 2, 3.9], "DNK"),
        ([1.9, 3.8, 5.7, 7.6, 9.5, 11.3, 11.9], "DNK"),
        ([1.9, 3.8, 5.7, 7.6, 9.5, 11.3, 12.1], None),
        ([1, 3.1], None),
    ],
)
def test_a_session_ends_after_twelve_hours_or_two_without_use(denmark, monkeypatch, hours, left):
    now = time.time
    browser, _answer = sign_in(denmark)
    *used, last = hours
    acts(browser)
    for at in used:
        monkeypatch.setattr(time, "time", lambda at=at: now() + at * 3600)
        assert acts(browser) == "DNK"

    monkeypatch.setattr(time, "time", lambda: now() + last * 3600)

    assert acts(browser) == left


def test_signing_out_everywhere_ends_every_session(denmark):
    here, _answer = sign_in(denmark)
    there, _answer = sign_in(denmark)

    here.post("/me/sign-out-everywhere/")

    assert [acts(here), acts(there)] == [None, None]
    assert acts(sign_in(denmark)[0]) == "DNK"


def test_people_see_their_own_sessions_and_end_one(denmark, second):
    here, there = sign_in(denmark)[0], sign_in(denmark)[0]
    stranger = second("DNK", "reader")
    other = Client()
    other.force_login(stranger.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert [acts(here), acts(there), acts(other)] == ["DNK"] * 3

    page = here.get("/me/sessions/")
    names = {one.this: one.name for one in page.context["rows"]}
    assert [one.this for one in page.context["rows"]] == [True, False]
    assert all(browser.session.session_key not in page.content.decode() for browser in (here, there, other))
    assert other.post("/me/sessions/", {"session": names[False]}).status_code == 404
    assert here.post("/me/sessions/", {"session": names[False]})["Location"] == "/me/sessions/"

    assert [acts(here), acts(there), acts(other)] == ["DNK", None, "DNK"]
    assert len(here.get("/me/sessions/").context["rows"]) == 1
    assert verbs(denmark.person)[-1] == "sign_out"


def test_sessions_that_were_signed_out_are_not_listed(denmark):
    here, there = sign_in(denmark)[0], sign_in(denmark)[0]
    there.post("/me/sign-out-everywhere/")
    again = sign_in(denmark)[0]

    assert len(again.get("/me/sessions/").context["rows"]) == 1
    assert here.get("/me/sessions/").status_code == 302


def test_sessions_are_ended_after_showing_again_who_is_there(denmark, monkeypatch):
    browser, now = sign_in(denmark)[0], time.time
    monkeypatch.setattr(time, "time", lambda: now() + 600)

    assert browser.get("/me/sessions/")["Location"].startswith("/accounts/reauthenticate/")
    assert browser.post("/me/sessions/", {"session": "x"})["Location"].startswith("/accounts/reauthenticate/")


def test_taking_factors_away_ends_sessions_and_lets_a_link_in_without_them(denmark):
    browser, _answer = sign_in(denmark)
    add_totp(browser)

    assert by_house(take_factors_away, Person.objects.get(pk=denmark.person_id), "Phone lost") == 2

    assert acts(browser) is None
    person = Person.objects.get(pk=denmark.person_id)
    assert use(by_house(make_link, person))[2]["Location"] == "/me/welcome/"


def test_somebody_without_a_role_is_told_so_and_sees_nothing(second):
    held = second("DNK", "reader", ends_on=timezone.localdate() - timezone.timedelta(days=1))
    browser = Client()
    browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = browser.get("/items/")

    assert page["Location"] == "/me/no-role/"
    assert b"act for no party" in browser.get("/me/no-role/").content


def test_sign_ins_are_events_without_names_addresses_or_secrets(denmark, django_capture_on_commit_callbacks):
    sign_in(denmark, "not-the-right-password")
    Client().post("/accounts/login/", {"login": "nobody@example.org", "password": "not-the-right-password"})
    browser, _answer = sign_in(denmark)
    with django_capture_on_commit_callbacks(execute=True):
        add_totp(browser)
    browser.post("/accounts/logout/")

    assert verbs(denmark.person) == ["sign_in_failed", "sign_in", "add_factor", "add_factor", "sign_out"]
    told = events("sign_in")
    assert [event.record for event in told if event.actor is None] == [HOUSE]
    words = repr([vars(event) for event in told])
    for secret in (denmark.person.email, denmark.person.name, "nobody@", "127.0.0.1", PASSWORD, "not-the-right"):
        assert secret not in words


def test_a_wrong_second_factor_and_a_session_that_ended_are_events(denmark):
    browser, _answer = sign_in(denmark)
    add_totp(browser)
    browser.post("/accounts/logout/")
    browser, _answer = sign_in(denmark)
    browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    use(by_house(make_link, Person.objects.get(pk=denmark.person_id)))

    assert [e.verb for e in events("sign_in", "person")][-3:] == ["sign_in_failed", "make_link", "use_link"]
