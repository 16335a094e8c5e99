"""The database itself refuses to change or delete what happened, on SQLite and on PostgreSQL."""

from __future__ import annotations

REFUSAL = "what happened is added to, never changed"


def sqlite_guards(table: str) -> list[str]:
    """Statements that make a table append-only on SQLite; those that stand already are left alone."""
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def sqlite_replacing_guard(table: str, *same: str) -> str:
    """A statement that refuses INSERT OR REPLACE over a row: it would delete that row without a DELETE trigger.

    ``same`` are the conditions by which a row of the table is in the way of the ``NEW`` one, each served by an index.
    They are asked one by one: of one question with OR, SQLite may think that reading the whole table is quicker.
    """
    found = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {one})" for one in (*same, "rowid = NEW.rowid"))
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN {found} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def sqlite_unguards(table: str) -> list[str]:
    """Statements that take the guards of SQLite away."""
    return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete", "replace")]


def postgresql_guards(table: str) -> str:
    """Statements that make a table append-only on PostgreSQL; they hold for its owner and superusers too."""
    return f"""
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();
"""


def postgresql_always(table: str) -> str:
    """Statements that keep the guards on in sessions with ``session_replication_role = replica`` as well."""
    return f"""
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate;
"""


def postgresql_unguards(table: str) -> str:
    """Statements that take the guards of PostgreSQL away."""
    return f"""
DROP TRIGGER {table}_no_change ON {table}; DROP TRIGGER {table}_no_truncate ON {table}; DROP FUNCTION {table}_refuse();
"""
