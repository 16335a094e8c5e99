"""The API keeps to its own document, whoever asks: drawn requests by four roles, no failure and no 500."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from oneroof.wsgi import application

SEATS = [("DNK", "donor_representative"), ("HQ", "planner"), ("NLD", "reader"), (None, "public")]


@pytest.fixture(autouse=True)
def one_connection():
    """Requests share the connection of the test, as those of Django's own client do."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture(params=SEATS, ids=lambda seat: seat[1])
def headers(request, second, db):
    """A session of one role, as headers of every request; writes carry the token against forged forms."""
    code, role = request.param
    if code is None:
        return {}
    browser = Client()
    browser.force_login(second(code, role).person, backend="allauth.account.auth_backends.AuthenticationBackend")
    token = "t" * 32
    session = browser.cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}


def test_every_operation_keeps_to_the_document(headers):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    asked = {operation.ok().label: ask(operation.ok(), headers) for operation in schema.get_all_operations()}

    assert asked
    assert min(asked.values()) > 0, asked


def ask(operation, headers):
    """Draw requests for one operation, valid and not, and check each answer against the document; how many."""
    counted = []

    @settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def draw(case):
        counted.append(case)
        # That a valid request is refused is no failure: codes, versions and rights are not in the document.
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    draw()
    return len(counted)
