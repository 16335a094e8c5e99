"""What changes where the house speaks HTTPS: the cookies' names, and how a request without it is answered."""

import os
import subprocess
import sys

import pytest
from django.test import Client

SCRIPT = """
from oneroof import settings as s
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.THEME_COOKIE_NAME)
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE)
"""


@pytest.mark.parametrize(("https", "prefix"), [("True", "__Host-"), ("False", "")])
def test_every_cookie_of_a_house_with_https_has_the_prefix_of_its_host(https, prefix):
    scheme = "https" if https == "True" else "http"
    more = {"ONEROOF_HTTPS": https, "ONEROOF_HOSTS": "a.example", "ONEROOF_ADDRESS": f"{scheme}://a.example"}

    told = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={**os.environ, **more}, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert told[0].split() == [f"{prefix}{name}" for name in ("sessionid", "csrftoken", "language", "theme")]
    assert told[1] == " ".join([https] * 3)


def test_what_a_browser_is_given_is_secure_for_the_whole_host(db, settings):
    settings.HTTPS = settings.LANGUAGE_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    browser = Client()
    browser.get("/accounts/login/", secure=True)
    browser.post("/theme/", {"theme": "dark", "next": "/"}, secure=True)
    browser.post("/i18n/setlang/", {"language": "uk"}, secure=True)

    assert {"csrftoken", "theme", "language"} <= browser.cookies.keys()
    for cookie in browser.cookies.values():
        assert (bool(cookie["secure"]), cookie["path"], cookie["domain"]) == (True, "/", "")


def test_pages_are_led_to_https_and_programs_are_refused(db, settings):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True

    page, plain = Client().get("/items/"), Client().get("/api/v1/items")
    secure = Client().get("/api/v1/items", secure=True)

    assert (page.status_code, page["Location"]) == (301, "https://testserver/items/")
    assert (plain.status_code, plain["Content-Type"]) == (403, "application/problem+json")
    assert secure.status_code != 301 and "https://" not in secure.content.decode()
