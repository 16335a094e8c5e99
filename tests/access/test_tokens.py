"""API tokens: shown once, scoped, ending with their secondment."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from oneroof.access.actors import House
from oneroof.access.middleware import viewer_of
from oneroof.access.models import ApiToken
from oneroof.access.people import change_end, change_person
from oneroof.access.tokens import make_token, revoke_token, viewer_for_token
from oneroof.access.viewer import looking
from oneroof.journal.errors import NotYours, Refused
from oneroof.journal.models import Event

YEAR = timedelta(days=365)


@pytest.fixture
def held(second):
    return second("DNK", "donor_representative")


@pytest.fixture
def acting_as(held):
    with looking(viewer_of(held)):
        yield viewer_of(held)


@pytest.fixture
def key(held, acting_as):
    return make(acting_as, held)[1]


def make(viewer, held, scope="read", days=30, label="depot"):
    return make_token(viewer, held, label=label, scope=scope, expires_at=timezone.now() + timedelta(days=days))


def test_a_token_acts_for_its_secondment_within_its_scopes(held, acting_as):
    reading, writing = make(acting_as, held)[1], make(acting_as, held, "write")[1]

    assert viewer_for_token(reading) == (viewer_of(held), frozenset({"read"}))
    assert viewer_for_token(writing) == (viewer_of(held), frozenset({"read", "write"}))


def test_of_the_key_only_a_hash_is_kept_and_nothing_in_the_history(held, viewer, key):
    secret = key.rpartition("_")[2]

    token = ApiToken.objects.get()
    assert secret not in repr(vars(token))
    with looking(viewer("HQ", "administrator")):
        told = list(Event.objects.filter(kind="api_token").values())
    assert [row["verb"] for row in told] == ["make_token"]
    assert secret not in repr(told) and token.hash not in repr(told) and "depot" not in repr(told)


def test_a_token_ends_with_its_secondment_at_once(held, key):
    change_end(House(), held, ends_on=timezone.localdate() - timedelta(days=1))

    assert viewer_for_token(key) is None


def test_a_token_of_somebody_who_may_not_sign_in_opens_nothing(held, key):
    change_person(House(), held.person, is_active=False)

    assert viewer_for_token(key) is None


def test_a_token_ends_when_it_is_revoked_and_when_it_expires(held, acting_as, key):
    token, other = make(acting_as, held)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())

    assert viewer_for_token(other) is None
    assert viewer_for_token(key) is not None
    revoke_token(held.person, ApiToken.objects.exclude(pk=token.pk).get())
    assert viewer_for_token(key) is None


@pytest.mark.parametrize(
    "change",
    [lambda k: "", lambda k: k[:-1] + ("a" if k[-1] != "a" else "b"), lambda k: k + "a", lambda k: k.upper(),
     lambda k: "x" + k, lambda k: k.replace("oneroof_", ""), lambda k: k.rpartition("_")[0],
     lambda k: "oneroof_" + "z" * 32 + "_abc", lambda k: "oneroof_" + "0" * 32 + "_abc", lambda k: "\0" + k],
)  # fmt: skip
def test_a_key_that_is_not_the_whole_key_opens_nothing(key, change):
    assert viewer_for_token(change(key)) is None


def test_a_wrong_key_costs_the_same_queries_as_no_key_at_all(key, queries):
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")

    assert queries(lambda: viewer_for_token(wrong)) == queries(lambda: viewer_for_token("nonsense")) == 1


@pytest.mark.parametrize(
    ("days", "scope", "role", "field"),
    [(-1, "read", "planner", "expires_at"), (400, "read", "planner", "expires_at"), (10, "write", "reader", "scope")],
)
def test_a_token_for_too_long_or_for_more_than_the_role_may_is_refused(second, days, scope, role, field):
    held = second("NLD", role)
    with looking(viewer_of(held)), pytest.raises(Refused) as refused:
        make(viewer_of(held), held, scope, days)

    assert list(refused.value.faults) == [field]


def test_nobody_makes_or_revokes_a_token_of_somebody_else(second, held, acting_as, key):
    other = second("DNK", "planner")

    with pytest.raises(NotYours):
        make(acting_as, other)
    with pytest.raises(NotYours):
        revoke_token(other.person, ApiToken.objects.get())
    assert viewer_for_token(key) is not None


def test_the_twenty_first_token_is_refused(held, acting_as):
    for _ in range(20):
        make(acting_as, held)

    with pytest.raises(Refused, match="20 working tokens"):
        make(acting_as, held)


def test_the_day_of_the_last_use_is_kept_and_written_once_a_day(key, queries):
    first = queries(lambda: viewer_for_token(key))

    assert ApiToken.objects.get().last_used_on == timezone.localdate()
    assert queries(lambda: viewer_for_token(key)) == first - 1


def test_the_api_answers_a_token_and_ignores_the_session_beside_it(held, key, second):
    reader = Client()
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {key}"}
    assert reader.get("/api/v1/items", **bearer).status_code == 200
    assert reader.get("/api/v1/items", HTTP_AUTHORIZATION="Bearer wrong").status_code == 401
    assert reader.post("/api/v1/items", "{}", content_type="application/json", **bearer).status_code == 401
    assert reader.get("/items/", **bearer).wsgi_request.viewer.person is None, "pages take no token"

    reader.force_login(second("NLD", "reader").person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert reader.get("/api/v1/items", **bearer).wsgi_request.viewer.party == held.party_id
    assert reader.get("/api/v1/items", HTTP_AUTHORIZATION="Bearer wrong").status_code == 401


def test_the_pages_make_show_once_and_revoke(held):
    browser = Client()
    browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    last = (timezone.localdate() + timedelta(days=10)).isoformat()

    made = browser.post("/me/tokens/add/", {"label": "depot", "scope": "write", "last_day": last})
    key = made.context["key"]

    assert key in made.content.decode() and "no-store" in made["Cache-Control"]
    assert key not in browser.get("/me/tokens/").content.decode()
    assert viewer_for_token(key)[1] == {"read", "write"}
    browser.post(f"/me/tokens/{ApiToken.objects.get().pk}/revoke/")
    assert viewer_for_token(key) is None
    assert browser.post(f"/me/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404
    assert browser.post("/me/tokens/add/", {"label": "", "scope": "all", "last_day": "x"}).status_code == 422
