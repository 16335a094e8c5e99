"""The second wall of the journal, on PostgreSQL: raw SQL as the application's role."""

import uuid

import pytest
from django.db import ProgrammingError, connection, transaction

from oneroof.access.viewer import PUBLIC, looking
from oneroof.journal.actions import HOUSE, append_all
from oneroof.journal.models import Event
from tests.journal.test_actions import extra

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such wall")


def counted(viewer=None):
    def count():
        with connection.cursor() as cursor:
            cursor.execute("SELECT chain, count(*) FROM oneroof_event GROUP BY chain")
            return dict(cursor.fetchall())

    if viewer is None:
        return count()
    with looking(viewer):
        return count()


def test_events_are_read_where_their_records_are(busy, denmark, netherlands, viewer):
    danish, dutch = denmark.party, netherlands.party
    assert counted(denmark) == {danish: 12}
    assert counted(netherlands) == {danish: 12, dutch: 4}
    assert [counted(v) for v in (viewer("USA"), viewer("HQ"), PUBLIC, None)] == [{}, {}, {}, {}]


@pytest.mark.parametrize("chain", ["another party's", "nobody's"])
def test_nobody_writes_into_the_chain_of_another(busy, denmark, netherlands, chain):
    key = denmark.party if chain == "another party's" else uuid.uuid4()
    with looking(netherlands), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        append_all([extra(netherlands, key)])


def test_the_chain_of_the_house_is_written_inside(denmark):
    with looking(denmark):
        append_all([extra(denmark, HOUSE)])
        assert Event.objects.get(chain=HOUSE).position == 1


def test_without_sight_nothing_is_written(denmark):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        append_all([extra(denmark, HOUSE)])


def test_the_policy_names_every_kind_under_the_walls(db):
    from oneroof.history.reading import walled_kinds  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'oneroof_event_read'")
        rule = cursor.fetchone()[0]
    assert [kind for kind in walled_kinds() if f"'{kind}'::text" not in rule] == []
