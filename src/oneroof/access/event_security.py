"""The second wall, on PostgreSQL, for events and checkpoints: who reads and adds which rows of the journal.

A party reads its own chain, the chain of the house, and the events of records that it sees now. That last part follows
from the walls of those records' own tables, so that it can't differ from them: a row of the journal is read where the
row of its record is. The policy names every kind that there is, and is therefore made anew after each migration.
"""

from __future__ import annotations

from django.db import connections

from oneroof.access.kinds import walled_kinds
from oneroof.access.row_security import SEEN
from oneroof.journal.actions import HOUSE

OPEN = "(SELECT oneroof_open())"
OWN_OR_HOUSE = f"(chain = '{HOUSE}' OR chain = {SEEN})"

# Whoever owns the tables could take the walls down; so the owner's role, which the application does not have, may read
# the whole journal: `oneroof audit` verifies and signs with it.
EVENTS = f"""
ALTER TABLE oneroof_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE oneroof_event FORCE ROW LEVEL SECURITY;
CREATE POLICY oneroof_event_add ON oneroof_event FOR INSERT WITH CHECK ({OPEN} AND {OWN_OR_HOUSE});
CREATE POLICY oneroof_event_read ON oneroof_event FOR SELECT USING ({OPEN} AND {OWN_OR_HOUSE});
CREATE POLICY oneroof_event_audit ON oneroof_event FOR SELECT TO CURRENT_USER USING (true);
"""
NO_EVENTS = """
DROP POLICY oneroof_event_add ON oneroof_event;
DROP POLICY oneroof_event_read ON oneroof_event;
DROP POLICY oneroof_event_audit ON oneroof_event;
ALTER TABLE oneroof_event NO FORCE ROW LEVEL SECURITY; ALTER TABLE oneroof_event DISABLE ROW LEVEL SECURITY;
"""
CHECKPOINTS = f"""
ALTER TABLE oneroof_checkpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE oneroof_checkpoint FORCE ROW LEVEL SECURITY;
CREATE POLICY oneroof_checkpoint_add ON oneroof_checkpoint FOR INSERT WITH CHECK ({OPEN} AND {OWN_OR_HOUSE});
CREATE POLICY oneroof_checkpoint_read ON oneroof_checkpoint FOR SELECT USING ({OPEN} AND {OWN_OR_HOUSE});
CREATE POLICY oneroof_checkpoint_audit ON oneroof_checkpoint TO CURRENT_USER USING (true) WITH CHECK (true);
"""
NO_CHECKPOINTS = """
DROP POLICY oneroof_checkpoint_add ON oneroof_checkpoint;
DROP POLICY oneroof_checkpoint_read ON oneroof_checkpoint;
DROP POLICY oneroof_checkpoint_audit ON oneroof_checkpoint;
ALTER TABLE oneroof_checkpoint NO FORCE ROW LEVEL SECURITY; ALTER TABLE oneroof_checkpoint DISABLE ROW LEVEL SECURITY;
"""


def reading_rule(tables: set[str]) -> str:
    """Who reads an event, as a condition in SQL, over the kinds under the walls that have a table."""
    cases = []
    for word, kind in sorted(walled_kinds().items()):
        meta = kind._meta
        if meta.db_table in tables:
            # OFFSET 0 has the record looked up for each event, and no set made of all visible records of the kind: the
            # log shows fifty lines, and a record's history some more.
            inside = f"SELECT 1 FROM {meta.db_table} r WHERE r.{meta.pk.column} = oneroof_event.record OFFSET 0"
            cases.append(f"WHEN '{word}' THEN EXISTS ({inside})")
    seen = f" OR CASE kind {' '.join(cases)} ELSE false END" if cases else ""
    return f"{OPEN} AND ({OWN_OR_HOUSE}{seen})"


def open_events(using: str = "default", **_more: object) -> None:
    """After each migration: the policy that reads events, over every kind there is now; until then it is narrower."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute("SELECT 1 FROM pg_policy WHERE polname = 'oneroof_event_read'")
        if cursor.fetchone() is not None:
            cursor.execute(f"ALTER POLICY oneroof_event_read ON oneroof_event USING ({reading_rule(tables)})")
