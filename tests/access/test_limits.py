"""Limits of requests and exports: over processes together, told with when to try again, alike to everybody."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from oneroof.access import limits
from oneroof.access.limits import Limit
from oneroof.access.middleware import viewer_of
from oneroof.access.models import Person
from oneroof.access.tokens import make_token
from oneroof.access.viewer import looking

REQUESTS, ADDRESS = "REQUESTS_PER_PERSON", "REQUESTS_PER_ADDRESS"


@pytest.fixture(autouse=True)
def known_instant(monkeypatch):
    monkeypatch.setattr(limits, "clock", lambda: 1000.0)


@pytest.fixture
def who():
    return uuid.uuid4().hex


def passed(limit, who, now=0.0, tries=200):
    return sum(limit.wait(who, now) == 0 for _ in range(tries))


@pytest.mark.parametrize("most", [1, 7, 20, 33, 150])
def test_as_many_pass_as_are_allowed(db, who, most):
    with override_settings(**{REQUESTS: most}):
        assert passed(Limit(REQUESTS, 60), who) == most


def test_no_limit_lets_everything_pass_and_keeps_nothing(db, who, queries):
    limit = Limit(REQUESTS, 60)
    with override_settings(**{REQUESTS: 0}):
        assert queries(lambda: passed(limit, who)) == 0


def test_processes_together_let_no_more_pass(db, who):
    processes = [Limit(REQUESTS, 60) for _ in range(3)]
    with override_settings(**{REQUESTS: 100}):
        let = [process.wait(who, 0.0) for _ in range(100) for process in processes]
    assert let.count(0) == 100


def test_each_who_asks_is_counted_apart(db, who):
    limit = Limit(REQUESTS, 60)
    with override_settings(**{REQUESTS: 3}):
        assert [passed(limit, one) for one in (who, f"{who}b", who)] == [3, 3, 0]


def test_a_new_minute_begins_anew_and_the_wait_leads_to_it(db, who):
    limit = Limit(REQUESTS, 60)
    with override_settings(**{REQUESTS: 3}):
        assert [passed(limit, who, now) for now in (0.5, 59.5)] == [3, 0]
        waits = [limit.wait(who, now) for now in (0.0, 10.5, 59.5)]
        assert (waits, passed(limit, who, 60.0)) == ([60, 50, 1], 3)


def test_most_requests_write_nothing(db, who, queries):
    limit = Limit(REQUESTS, 60)
    with override_settings(**{REQUESTS: 200}):
        limit.wait(who, 0.0)
        assert queries(lambda: [limit.wait(who, 0.0) for _ in range(9)]) == 0


def test_what_is_past_is_forgotten(db, monkeypatch):
    monkeypatch.setattr(limits, "MOST_REMEMBERED", 3)
    limit = Limit(REQUESTS, 60)
    with override_settings(**{REQUESTS: 1}):
        for number in range(5):
            limit.wait(f"{uuid.uuid4()}", 60.0 * number)
    assert len(limit.shares) <= 3


# Threads have connections of their own. SQLite's wait for the test's, so that it must be let go; PostgreSQL's journal
# refuses to be emptied afterwards, and needs not be: what they write is a few rows of the cache.
@pytest.mark.django_db(transaction=not settings.POSTGRESQL)
def test_threads_let_no_more_pass(who):
    limit, let = Limit(REQUESTS, 60), []

    def ask():
        let.extend(limit.wait(who, 0.0) for _ in range(40))
        connection.close()

    with override_settings(**{REQUESTS: 60}):
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert let.count(0) <= 60
    assert let.count(0) + sum(wait > 0 for wait in let) == 160


def test_a_person_too_many_gets_a_page_and_a_program_a_problem(signed_in):
    danish, dutch = signed_in("DNK"), signed_in("NLD")
    with override_settings(**{REQUESTS: 2}):
        answers = [danish.get("/items/") for _ in range(3)]
        problem = danish.get("/api/v1/items")
        assert dutch.get("/items/").status_code == 200

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2]["Retry-After"], problem["Retry-After"]) == ("20", "20")
    assert "Try again in 20 seconds." in answers[2].content.decode()
    assert (problem.status_code, problem["Content-Type"]) == (429, "application/problem+json")
    told = "This server allows no more for now. Try again in 20 seconds."
    assert problem.json() == {
        "type": "about:blank", "title": "Too many requests", "status": 429, "detail": told, "faults": {},
    }  # fmt: skip
    assert "no-store" in answers[2]["Cache-Control"]


def test_a_page_too_many_is_refused_in_ukrainian(signed_in):
    danish = signed_in("DNK")
    with override_settings(**{REQUESTS: 1}):
        pages = [danish.get("/items/", headers={"Accept-Language": "uk"}).content.decode() for _ in range(2)]
    assert "через 20 секунд" in pages[1]


def test_browser_and_tokens_of_a_person_count_together(second, db):
    held = second("DNK", "donor_representative")
    by, browser = viewer_of(held), Client()
    browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    with looking(by):
        end = timezone.now() + timedelta(days=2)
        keys = [make_token(by, held, label="x", scope="read", expires_at=end)[1] for _ in range(2)]
    with override_settings(**{REQUESTS: 3}):
        ways = [browser.get("/items/")]
        ways += [Client().get("/api/v1/items", headers={"Authorization": f"Bearer {key}"}) for key in keys]
        ways.append(browser.get("/items/"))
    assert [way.status_code for way in ways] == [200, 200, 200, 429]


def test_the_public_is_counted_by_address_and_wrong_tokens_with_it(parties):
    def status(address, **headers):
        return Client(REMOTE_ADDR=address).get("/api/v1/items", headers=headers).status_code

    with override_settings(**{ADDRESS: 2}):
        here = [status("192.0.2.1"), status("192.0.2.1", Authorization="Bearer oneroof_x"), status("192.0.2.1")]
        house = [status(f"2001:db8:1:2::{n}") for n in (1, 2, 3)]
        assert (here, house, status("2001:db8:1:3::1")) == ([200, 401, 429], [200, 200, 429], 200)


def test_behind_a_proxy_the_address_is_what_the_proxy_says(parties):
    def status(told):
        return Client(REMOTE_ADDR="192.0.2.9").get("/api/v1/items", headers={"X-Forwarded-For": told}).status_code

    with override_settings(**{ADDRESS: 1}, ALLAUTH_TRUSTED_PROXY_COUNT=1):
        assert [status(one) for one in ("198.51.100.1", "198.51.100.2", "203.0.113.5, 198.51.100.1")] == [200, 200, 429]


def test_no_address_is_kept(parties):
    with override_settings(**{ADDRESS: 1}):
        Client(REMOTE_ADDR="192.0.2.77").get("/items/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM oneroof_kept_count")
        keys = [key for (key,) in cursor.fetchall()]
    assert any(ADDRESS in key for key in keys)
    assert not any("192.0.2.77" in key for key in keys)


@pytest.mark.parametrize(
    "path", ["/items/?export=csv", "/catalogue/tables.zip", "/network/tables.zip", "/log/chain.jsonl"]
)
def test_exports_have_a_limit_of_their_own(signed_in, path):
    danish = signed_in("DNK")
    with override_settings(EXPORTS_PER_PERSON=1):
        answers = [danish.get(path) for _ in range(2)]
        page = danish.get("/items/")
    assert [answer.status_code for answer in (*answers, page)] == [200, 429, 200]
    assert answers[1]["Retry-After"] == "2600"


def test_somebody_without_a_role_is_counted_as_a_person(db):
    person, browser = Person.objects.create(email="a@example.org", name="A"), Client()
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    with override_settings(**{REQUESTS: 1}):
        assert [browser.get("/accounts/login/").status_code for _ in range(2)][1] == 429
