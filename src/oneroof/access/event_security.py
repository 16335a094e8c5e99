"""The second wall, on PostgreSQL, for events and checkpoints: who reads and adds which rows of the journal.

A party reads its own chain, of the house's what `house_rule` says, and the events of records that it sees now. That
last part follows from the walls of those records' own tables, so that it can't differ from them: a row of the journal
is read where the row of its record is. The policy names every kind there is, and is made anew after each migration.
"""

from __future__ import annotations

from django.db import connections

from oneroof.access.kinds import open_kinds, walled_kinds
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


# Who is signed in, and whose accounts an administrator keeps: a party's, or "all" of them; "" for others. The end of a
# chain is told to who may add to it and may not read it: that is what the next event needs.
HOUSE_CHAIN = f"""
CREATE FUNCTION oneroof_person() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('oneroof.person', true), '') $$;
CREATE FUNCTION oneroof_keeper() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN EXISTS (SELECT 1 FROM oneroof_party p
    WHERE p.id::text = current_setting('oneroof.keeper', true) AND p.kind = 'headquarters') THEN 'all'
  ELSE coalesce(current_setting('oneroof.keeper', true), '') END $$;
CREATE FUNCTION oneroof_end(asked uuid) RETURNS TABLE (place bigint, digest varchar)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.position, e.hash FROM oneroof_event e
  WHERE e.chain = asked AND oneroof_open() AND (asked = '{HOUSE}' OR asked = ANY (oneroof_sight()))
  ORDER BY e.position DESC LIMIT 1 $$;
ALTER POLICY oneroof_event_read ON oneroof_event USING ({OPEN} AND chain = {SEEN});
ALTER POLICY oneroof_checkpoint_add ON oneroof_checkpoint WITH CHECK ({OPEN} AND chain = {SEEN});
ALTER POLICY oneroof_checkpoint_read ON oneroof_checkpoint USING ({OPEN} AND chain = {SEEN});
"""
NO_HOUSE_CHAIN = f"""
ALTER POLICY oneroof_event_read ON oneroof_event USING ({OPEN} AND {OWN_OR_HOUSE});
ALTER POLICY oneroof_checkpoint_add ON oneroof_checkpoint WITH CHECK ({OPEN} AND {OWN_OR_HOUSE});
ALTER POLICY oneroof_checkpoint_read ON oneroof_checkpoint USING ({OPEN} AND {OWN_OR_HOUSE});
DROP FUNCTION oneroof_end(uuid); DROP FUNCTION oneroof_keeper(); DROP FUNCTION oneroof_person();
"""
# What happened to one's account: its person reads it, and who keeps it.
OF_ACCOUNTS = "kind IN ('person', 'sign_in')"


def house_rule() -> str:
    """Who reads an event of the house's chain, as a condition in SQL.

    Everybody signed in: those of the kinds that are open inside. Administrators: all, or those of the accounts of a
    party's people. Everybody: those of the own account.
    """
    kinds = ", ".join(f"'{kind}'" for kind in sorted(open_kinds()))
    keeper = "(SELECT oneroof_keeper())"
    kept = f"SELECT s.person_id FROM oneroof_secondment s WHERE s.party_id::text = {keeper}"
    return (
        f"(SELECT oneroof_person()) <> '' AND kind IN ({kinds}) OR {keeper} = 'all' OR {OF_ACCOUNTS}"
        f" AND (record::text = (SELECT oneroof_person()) OR record IN ({kept}))"
    )


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
    return f"{OPEN} AND (chain = {SEEN} OR chain = '{HOUSE}' AND ({house_rule()}){seen})"


def open_events(using: str = "default", **_more: object) -> None:
    """After each migration: the policy that reads events, over every kind there is now; until then it is narrower."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute("SELECT 1 FROM pg_proc WHERE proname = 'oneroof_keeper'")
        if cursor.fetchone() is not None:
            cursor.execute(f"ALTER POLICY oneroof_event_read ON oneroof_event USING ({reading_rule(tables)})")
