"""Signing in by a server that speaks OpenID Connect: issuer and subject count, never the e-mail."""

from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client

from oneroof.access.actors import House
from oneroof.access.models import Person
from oneroof.access.people import join_outside_account
from oneroof.access.viewer import PUBLIC, looking
from oneroof.environment import Environment
from oneroof.journal.errors import Refused
from oneroof.settings import outside_sign_in
from tests.access.oidc_server import CLIENT, SECRET, SignInServer


@pytest.fixture
def server(settings, monkeypatch):
    with SignInServer() as running:
        configure(settings, monkeypatch, running)
        yield running


def configure(settings, monkeypatch, running):
    """What the environment of the server would say."""
    for name, value in (("SERVER", running.issuer), ("CLIENT", CLIENT), ("SECRET", SECRET), ("NAME", "Ministry")):
        monkeypatch.setenv(f"ONEROOF_OIDC_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = outside_sign_in()
    settings.OIDC_SERVER = running.issuer


def provider(settings):
    return settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["provider_id"]


def come_in(settings, browser=None):
    """Go through the server and back, as a browser does; the answer to the way back."""
    browser = browser or Client(SERVER_NAME="127.0.0.1")
    leaving = browser.post(f"/accounts/oidc/{provider(settings)}/login/")
    assert leaving.status_code == 302, leaving.content
    back = requests.get(leaving["Location"], allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    return browser, browser.get(f"{parts.path}?{parts.query}")


def join(held, settings, subject="subject-1"):
    with looking(PUBLIC):
        join_outside_account(House(), Person.objects.get(pk=held.person_id), provider(settings), subject)


def test_an_account_that_an_administrator_joined_signs_in(server, settings, second):
    held = second("DNK", "reader")
    join(held, settings)

    browser, answer = come_in(settings)

    assert answer["Location"] == "/"
    assert browser.get("/items/").wsgi_request.secondment == held


def test_an_unknown_account_gets_no_rights_and_a_page_that_says_so(server, settings, second):
    held = second("DNK", "reader")
    server.claims = {"email": held.person.email, "email_verified": True}

    browser, answer = come_in(settings)

    assert answer.status_code == 403
    assert b"subject-1" in answer.content and b"no rights here" in answer.content
    assert "_auth_user_id" not in browser.session
    assert Person.objects.count() == 1


def test_the_same_subject_of_another_server_is_another_account(server, settings, second, monkeypatch):
    join(second("DNK", "reader"), settings)
    assert come_in(settings)[1].status_code == 302

    with SignInServer() as other:
        configure(settings, monkeypatch, other)

        assert come_in(settings)[1].status_code == 403


@pytest.mark.parametrize("claims", [{"iss": "https://elsewhere.example"}, {"aud": "another"}, {"exp": 1}])
def test_a_token_for_somebody_else_or_too_old_signs_in_nobody(server, settings, second, claims):
    join(second("DNK", "reader"), settings)
    server.claims = claims

    browser, _answer = come_in(settings)

    assert "_auth_user_id" not in browser.session


def test_an_answer_that_this_browser_did_not_ask_for_signs_in_nobody(server, settings, second):
    join(second("DNK", "reader"), settings)
    leaving = Client(SERVER_NAME="127.0.0.1").post(f"/accounts/oidc/{provider(settings)}/login/")
    back = urlsplit(requests.get(leaving["Location"], allow_redirects=False, timeout=10).headers["Location"])
    stranger = Client(SERVER_NAME="127.0.0.1")

    stranger.get(f"{back.path}?{back.query}")

    assert "_auth_user_id" not in stranger.session


def test_nobody_joins_an_account_to_themselves(server, settings, second):
    held = second("DNK", "reader")
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    leaving = browser.post(f"/accounts/oidc/{provider(settings)}/login/?process=connect")
    back = urlsplit(requests.get(leaving["Location"], allow_redirects=False, timeout=10).headers["Location"])

    assert browser.get(f"{back.path}?{back.query}").status_code == 403
    assert come_in(settings)[1].status_code == 403


def test_a_subject_belongs_to_one_person(server, settings, second):
    join(second("DNK", "reader"), settings)

    with pytest.raises(Refused, match="already joined"):
        join(second("NLD", "reader"), settings)


@pytest.mark.parametrize(("amr", "lets_in"), [(["pwd", "mfa"], True), (["pwd"], False), (None, False)])
def test_the_server_may_vouch_for_the_second_factor(server, settings, second, amr, lets_in):
    settings.SECOND_FACTOR = True
    held = second("DNK", "donor_representative")
    join(held, settings)
    server.claims = {"amr": amr} if amr else {}

    browser, _answer = come_in(settings)

    assert (browser.get("/items/").status_code == 200) is lets_in


def test_half_a_configuration_and_a_server_without_encryption_are_refused(monkeypatch):
    told = []
    monkeypatch.setattr(Environment, "wrong", lambda self, words: told.append(words))
    monkeypatch.setenv("ONEROOF_OIDC_SERVER", "http://id.example.org")
    outside_sign_in()
    monkeypatch.setenv("ONEROOF_OIDC_CLIENT", "x")
    monkeypatch.setenv("ONEROOF_OIDC_SECRET", "y")
    outside_sign_in()

    assert "ONEROOF_OIDC_CLIENT, ONEROOF_OIDC_SECRET is not set" in told[0]
    assert "goes over https" in told[-1]


@pytest.mark.parametrize(("acr", "status"), [("urn:strong", 302), ("urn:weak", 403), (None, 403)])
def test_a_house_may_ask_how_strongly_the_server_checks(server, settings, second, monkeypatch, acr, status):
    monkeypatch.setenv("ONEROOF_OIDC_STRENGTH", "urn:strong")
    settings.SOCIALACCOUNT_PROVIDERS, settings.OIDC_STRENGTH = outside_sign_in(), "urn:strong"
    join(second("DNK", "reader"), settings)
    server.claims = {"acr": acr} if acr else {}

    browser = Client(SERVER_NAME="127.0.0.1")
    leaving = browser.post(f"/accounts/oidc/{provider(settings)}/login/")
    _browser, answer = come_in(settings)

    assert "acr_values=urn%3Astrong" in leaving["Location"]
    assert answer.status_code == status
    assert ("_auth_user_id" in answer.client.session) == (status == 302)
