"""The second wall, on PostgreSQL: the same rule as row-level security, forced, closed where no sight is set.

A feature's migration calls `walled` for each new table under the walls, and `detailed` for each table of details.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# The role as which the application connects: it owns nothing and bypasses nothing.
APPLICATION = "oneroof_app"

FUNCTIONS = """
CREATE FUNCTION oneroof_sight() RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN coalesce(current_setting('oneroof.sight', true), '') IN ('', 'public') THEN '{}'::uuid[]
         ELSE string_to_array(current_setting('oneroof.sight', true), ',')::uuid[] END $$;
CREATE FUNCTION oneroof_open() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('oneroof.sight', true), '') <> '' $$;
CREATE FUNCTION oneroof_office() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('oneroof.office', true), '') = 'yes' $$;
"""
DROP_FUNCTIONS = "DROP FUNCTION oneroof_sight(); DROP FUNCTION oneroof_open(); DROP FUNCTION oneroof_office();"


# Any of the viewer's parties; as a subquery it is worked out once a statement, not once a row.
SEEN = "ANY (ARRAY(SELECT unnest(oneroof_sight())))"


def rule(release: str, alias: str = "") -> str:
    """The wall as a condition in SQL on a row's owner, embargo and a release set; the same as `visibility.sight`."""
    over = f"({alias}embargo_until IS NULL OR {alias}embargo_until <= now())"
    named = f"SELECT p.release_set_id FROM oneroof_releasesetparty p WHERE p.party_id = {SEEN}"
    return (
        "(SELECT oneroof_open()) AND ("
        f"{alias}owner_id = {SEEN}"
        f" OR ({alias}{release}_id IN ({named}) AND ((SELECT oneroof_office()) OR {over}))"
        f" OR ({alias}{release}_id IN (SELECT s.id FROM oneroof_releaseset s WHERE s.public) AND {over}))"
    )


OWN = f"owner_id = {SEEN}"


def policies(table: str, read: str, write: str) -> str:
    """Statements that put up the wall on a table: who reads a row, who writes it."""
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read});
CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK ({write});
CREATE POLICY {table}_change ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write});
CREATE POLICY {table}_remove ON {table} FOR DELETE USING ({write});
"""


def walled(table: str) -> migrations.RunPython:
    """A migration step: the wall on a table of records."""
    return on_postgresql(policies(table, rule("releasable_to"), OWN), unwalled(table))


def detailed(table: str, of: str) -> migrations.RunPython:
    """A migration step: the wall on a table of details; its column ``record_id`` names the row of table ``of``."""
    inside = f"SELECT 1 FROM {of} r WHERE r.id = {table}.record_id"
    read = f"EXISTS ({inside} AND {rule('detail_releasable_to', 'r.')})"
    return on_postgresql(policies(table, read, f"EXISTS ({inside} AND r.{OWN})"), unwalled(table))


def unwalled(table: str) -> str:
    """Statements that take the wall down again."""
    drops = "".join(f"DROP POLICY {table}_{verb} ON {table};" for verb in ("read", "add", "change", "remove"))
    return f"{drops} ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


def on_postgresql(forwards: str, backwards: str) -> migrations.RunPython:
    """A migration step that runs statements on PostgreSQL and does nothing elsewhere."""
    return migrations.RunPython(_run("postgresql", forwards), _run("postgresql", backwards))


def on_sqlite(forwards: list[str], backwards: list[str]) -> migrations.RunPython:
    """A migration step that runs statements, one by one, on SQLite and does nothing elsewhere."""
    return migrations.RunPython(_run("sqlite", *forwards), _run("sqlite", *backwards))


def _run(vendor: str, *statements: str) -> Any:
    def step(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == vendor:
            for statement in statements:
                schema_editor.execute(statement, params=None)

    return step


def grant(using: str = "default", **_more: object) -> None:
    """After each migration: the application's role may read and write rows, and of the journal only read and add.

    Where the role does not exist (a trial with a single role), nothing is granted; `oneroof serve` then refuses.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
        if cursor.fetchone() is None:
            return
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION}")
        for table in ("oneroof_event", "oneroof_checkpoint"):
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APPLICATION}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APPLICATION}")
