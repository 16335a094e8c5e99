"""Known parties and people for every test of the house; on PostgreSQL tests act as the application's role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module

import hypothesis
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.signals import connection_created
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import translation

from oneroof.access.middleware import viewer_of
from oneroof.access.models import Person, Secondment
from oneroof.access.row_security import APPLICATION, grant
from oneroof.access.viewer import Viewer
from oneroof.journal.append_only import sqlite_unguards
from oneroof.nations.models import Party

# How quickly examples are drawn tells of the machine and of what else runs on it.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def no_limits() -> Iterator[None]:
    """Tests ask more often than people do; those of the limits set their own."""
    with override_settings(REQUESTS_PER_PERSON=0, REQUESTS_PER_ADDRESS=0, EXPORTS_PER_PERSON=0):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """After the tables are made: on PostgreSQL, the application's role and its rights."""
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            try:
                with transaction.atomic():
                    cursor.execute(f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOBYPASSRLS")
            except (ProgrammingError, IntegrityError):
                pass  # it is there, or another process of these tests has just made it
            grant()


def guarded(wanted: bool) -> None:
    """Put the guards of the journal up, or take them down, as whoever owns the tables."""
    journal = import_module("oneroof.migrations.0008_journal")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in (journal.EVENT, journal.CHECKPOINT):
                for trigger in ("change", "truncate"):
                    state = "ENABLE ALWAYS" if wanted else "DISABLE"
                    cursor.execute(f"ALTER TABLE {table} {state} TRIGGER {table}_no_{trigger}")
            return
        for table, guards in ((journal.EVENT, journal.EVENT_GUARDS), (journal.CHECKPOINT, journal.CHECKPOINT_GUARDS)):
            for statement in guards if wanted else sqlite_unguards(table):
                cursor.execute(statement)


@pytest.fixture(autouse=True)
def the_applications_role(request: pytest.FixtureRequest) -> Iterator[None]:
    """Within a test that uses the database, PostgreSQL sees the application's role, not the superuser of the tests."""
    if not {"db", "transactional_db"} & set(request.fixturenames):
        yield
        return
    # After a test with real transactions all tables are emptied, which the journal's guards would refuse.
    emptied = "transactional_db" in request.fixturenames
    request.getfixturevalue("transactional_db" if emptied else "db")
    guarded(True)
    if connection.vendor != "postgresql":
        yield
        if emptied:
            guarded(False)
        return

    def become(sender: object, connection: object, **_more: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {APPLICATION}")

    become(None, connection)
    connection_created.connect(become)
    yield
    connection_created.disconnect(become)
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        if emptied:
            guarded(False)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever language the one before it left."""
    with translation.override("en"):
        yield


@pytest.fixture
def parties(db: None) -> dict[str, Party]:
    """Five parties by code: the headquarters, two donors that do not trust each other, a third, and the recipient."""
    names = {"HQ": "Headquarters", "DNK": "Denmark", "NLD": "Netherlands", "USA": "United States", "UKR": "Ukraine"}
    kinds = {"HQ": Party.Kind.HEADQUARTERS}
    return {
        code: Party.objects.create(code=code, name=name, kind=kinds.get(code, "nation")) for code, name in names.items()
    }


@pytest.fixture
def second(parties: dict[str, Party]) -> Callable[..., Secondment]:
    """Makes a person and a secondment: ``second("DNK", Role.DONOR_REPRESENTATIVE)`` gives the secondment."""

    def make(code: str, role: str, starts_on: date = date(2024, 7, 11), ends_on: date | None = None) -> Secondment:
        number = Person.objects.count()
        person = Person.objects.create(email=f"{role}.{code.lower()}.{number}@example.org", name=f"{role} of {code}")
        return Secondment.objects.create(
            person=person, party=parties[code], role=role, starts_on=starts_on, ends_on=ends_on
        )

    return make


@pytest.fixture
def viewer(second: Callable[..., Secondment]) -> Callable[..., Viewer]:
    """Makes a viewer: ``viewer("DNK")`` is Denmark's representative; further roles by name."""
    roles = {"HQ": "planner", "UKR": "recipient_officer"}
    return lambda code, role=None: viewer_of(second(code, role or roles.get(code, "donor_representative")))


@pytest.fixture
def denmark(viewer: Callable[..., Viewer]) -> Viewer:
    """Denmark's representative."""
    return viewer("DNK")


@pytest.fixture
def netherlands(viewer: Callable[..., Viewer]) -> Viewer:
    """The representative of the Netherlands."""
    return viewer("NLD")


@pytest.fixture
def signed_in(second: Callable[..., Secondment]) -> Callable[..., Client]:
    """Signs a new client in: ``signed_in("DNK")`` is a browser of Denmark's representative; None is the public."""
    roles = {"HQ": "planner", "UKR": "recipient_officer"}

    def make(code: str | None, role: str | None = None) -> Client:
        browser = Client()
        if code is not None:
            held = second(code, role or roles.get(code, "donor_representative"))
            browser.force_login(held.person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return make


@pytest.fixture
def queries() -> Callable[[Callable[[], object]], int]:
    """Counts the queries of a call: lists must cost the same with 1 and with 3 rows."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    return count
