"""On PostgreSQL: whether the role as which the server connects is held by the second wall (docs/walls.md)."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from oneroof.access.models import Detail, Record
from oneroof.access.row_security import APPLICATION

OLDEST = 150_000  # PostgreSQL 15

ROLE = """
SELECT current_user, r.rolsuper, r.rolbypassrls, current_setting('server_version_num')::int, current_database()
FROM pg_roles r WHERE r.rolname = current_user
"""
ABOVE = """
SELECT r.rolname FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls) AND r.rolname <> current_user
AND pg_has_role(current_user, r.oid, 'MEMBER') ORDER BY 1
"""
OWNED = """
SELECT c.relname, o.rolname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_roles o ON o.oid = c.relowner
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'MEMBER') ORDER BY 1
"""
WALLS = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relrowsecurity AND c.relforcerowsecurity
"""
MAKE = (
    f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD '...'; "
    "then run `oneroof migrate` as the tables' owner (ONEROOF_OWNER_DATABASE_URL), and let ONEROOF_DATABASE_URL name "
    f"{APPLICATION}."
)


def faults() -> list[str]:
    """What the role can do that it must not, or lacks, each with the SQL that mends it; none on SQLite."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        role, superuser, bypasses, version, _database = cursor.fetchone()
        cursor.execute(ABOVE)
        above = [name for (name,) in cursor.fetchall()]
        cursor.execute(OWNED)
        owned = cursor.fetchall()
    found = []
    if version < OLDEST:
        found.append(f"The server is PostgreSQL {version // 10_000}, but OneRoof needs 15 or later. Upgrade it.")
    if superuser:
        found.append(
            f"The role {role} is a superuser: no wall of the database holds it. Make a role of its own: {MAKE}"
        )
    elif bypasses:
        found.append(
            f"The role {role} passes by row-level security. Run as a superuser: ALTER ROLE {role} NOBYPASSRLS;"
        )
    if above and not superuser:
        revokes = " ".join(f"REVOKE {name} FROM {role};" for name in above)
        found.append(f"The role {role} can become {', '.join(above)}, which no wall holds. Run: {revokes}")
    if owned and not superuser:
        found.append(_owning(role, owned))
    return found or _walls(role)


def _owning(role: str, owned: list[tuple[str, str]]) -> str:
    """The fault of a role that owns tables, or is a member of the role that does."""
    owners = sorted({owner for _table, owner in owned})
    tables = f"{len(owned)} tables, {owned[0][0]} among them"
    if owners == [role]:
        return (
            f"The role {role} owns {tables}: an owner can take every wall down. Keep {role} as "
            f"ONEROOF_OWNER_DATABASE_URL, for migrations alone, and make another for the server: {MAKE}"
        )
    revokes = " ".join(f"REVOKE {owner} FROM {role};" for owner in owners if owner != role)
    return f"The role {role} can become the owner of {tables}. Run: {revokes}"


def _walls(role: str) -> list[str]:
    """Tables whose wall is not up, and rights on the journal that nobody has; asked once the role is right."""
    from oneroof.journal.models import Checkpoint, Event, Job  # noqa: PLC0415 only here

    under = (m for m in apps.get_models() if issubclass(m, Record | Detail | Event | Checkpoint))
    walled = {m._meta.db_table for m in under}
    event, job = Event._meta.db_table, Job._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s), to_regclass(%s)", [event, job])
        if None in cursor.fetchone():
            return []  # the tables are not there yet, which is another fault
        cursor.execute(WALLS)
        lacking = sorted(walled - {name for (name,) in cursor.fetchall()})
        cursor.execute("SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')", [event])
        (changes,) = cursor.fetchone()
        cursor.execute("SELECT has_table_privilege(%s, 'INSERT') AND has_table_privilege(%s, 'INSERT')", [event, job])
        (adds,) = cursor.fetchone()
    found = []
    if lacking:
        mend = " ".join(
            f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY; ALTER TABLE {t} FORCE ROW LEVEL SECURITY;" for t in lacking
        )
        found.append(f"The wall is not up on {', '.join(lacking)}. Run as the owner: {mend}")
    if changes:
        found.append(
            f"The role {role} may change what happened. Run as the owner: "
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {event} FROM {role};"
        )
    if not adds:
        found.append(
            f"The role {role} may not write. Name it {APPLICATION} and run `oneroof migrate`, which gives it rights."
        )
    return found
