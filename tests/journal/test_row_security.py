"""The second wall of the journal, on PostgreSQL: raw SQL as the application's role."""

import uuid
from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction

from oneroof.access.actors import House
from oneroof.access.middleware import viewer_of
from oneroof.access.people import add_secondment
from oneroof.access.row_security import APPLICATION
from oneroof.access.sign_in import note
from oneroof.access.viewer import PUBLIC, WATCH, Viewer, looking
from oneroof.journal.actions import HOUSE, acting, append_all, checkpoint
from oneroof.journal.models import Checkpoint, Event
from oneroof.journal.rows import every_row
from oneroof.journal.verifying import walk
from tests.journal.conftest import owner
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


@pytest.fixture
def house_chain(parties, second):
    """In the house's chain: a party changed, a secondment given, a Dane and a Dutchman signed in, a stranger failed."""
    danish, dutch = second("DNK", "reader"), second("NLD", "reader")
    with looking(PUBLIC):
        with acting(House(), "change") as act:
            parties["USA"].name = "United States of America"
            act.write(parties["USA"])
        add_secondment(House(), danish.person, party=parties["DNK"], role="auditor", starts_on=date(2026, 1, 1))
        note("sign_in", danish.person)
        note("sign_in", dutch.person)
        note("sign_in_failed", None)
    return {"Danish": danish, "Dutch": dutch}


def of_the_house(viewer, names):
    words = {held.person_id: name for name, held in names.items()}
    with looking(viewer):
        rows = Event.objects.filter(chain=HOUSE).order_by("position").values_list("kind", "record")
        return [f"{words[record]} {kind}" if record in words else kind for kind, record in rows]


def test_events_of_the_house_are_read_by_those_whom_they_concern(house_chain, viewer):
    danish, keeper = house_chain["Danish"], viewer("DNK", "administrator")

    assert of_the_house(PUBLIC, house_chain) == []
    assert of_the_house(viewer("USA"), house_chain) == ["party"]
    assert of_the_house(viewer_of(danish), house_chain) == ["party", "Danish sign_in"]
    assert of_the_house(Viewer(person=danish.person_id), house_chain) == ["party", "Danish sign_in"]
    assert of_the_house(keeper, house_chain) == ["party", "Danish sign_in"]
    whole = ["party", "secondment", "Danish sign_in", "Dutch sign_in", "sign_in"]
    assert of_the_house(viewer("HQ", "administrator"), house_chain) == whole
    assert of_the_house(WATCH, house_chain) == whole


def test_events_that_nobody_reads_are_counted_on_and_verify(house_chain):
    with owner():
        walked = walk(every_row(), {})

    assert (walked.chains[str(HOUSE)], walked.faults) == (5, [])


def test_the_end_of_a_chain_is_told_to_those_who_add_to_it(busy, denmark, netherlands):
    def end(chain):
        with connection.cursor() as cursor:
            cursor.execute("SELECT place FROM oneroof_end(%s)", [chain])
            return cursor.fetchone()

    with looking(netherlands):
        assert [end(denmark.party), end(netherlands.party)] == [None, (4,)]
    assert end(netherlands.party) is None


def test_a_checkpoint_of_the_house_or_of_another_party_is_not_read(busy, denmark, netherlands, house_chain):
    with owner():
        for chain in (HOUSE, denmark.party, netherlands.party):
            assert checkpoint(chain).chain == chain
        connection.cursor().execute(f"SET ROLE {APPLICATION}")
        with looking(denmark):
            assert [kept.chain for kept in Checkpoint.objects.all()] == [denmark.party]


def test_without_sight_nothing_is_written(denmark):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        append_all([extra(denmark, HOUSE)])


def test_the_policy_names_every_kind_under_the_walls(db):
    from oneroof.history.reading import walled_kinds  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'oneroof_event_read'")
        rule = cursor.fetchone()[0]
    assert [kind for kind in walled_kinds() if f"'{kind}'::text" not in rule] == []
