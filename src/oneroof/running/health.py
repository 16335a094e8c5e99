"""Whether the house is fit to work: database, disk, migrations, the head of the journal. Nothing of contents."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from oneroof.access.viewer import WATCH, looking
from oneroof.journal.actions import HOUSE, leaf_of
from oneroof.journal.chain import leaf_hash
from oneroof.journal.models import Event

LEAST_FREE = 200_000_000  # bytes on the disk of the home folder


def database() -> str:
    """The database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return "The database does not answer. See whether it runs and whether ONEROOF_DATABASE_URL names it."
    return ""


def disk() -> str:
    """The disk of the home folder has room."""
    free = shutil.disk_usage(settings.HOME).free
    if free < LEAST_FREE:
        return f"{settings.HOME} has {free // 1_000_000} MB free, under {LEAST_FREE // 1_000_000} MB. Make room."
    return ""


def missing_migrations() -> list[str]:
    """Names of the migrations that the database lacks: ``oneroof.0002_walls``. Raises DatabaseError."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _backwards in plan]


def migrations() -> str:
    """The tables are those of this version."""
    try:
        missing = missing_migrations()
    except DatabaseError:
        return "The database's state can't be read."
    return f"The database lacks {', '.join(missing[:5])}. Run: oneroof migrate" if missing else ""


def journal() -> str:
    """The last event of the house's own chain has the hash that follows from it."""
    try:
        with looking(WATCH):
            last = Event.objects.filter(chain=HOUSE).order_by("-position").first()
    except DatabaseError:
        return "The journal can't be read."
    if last is not None and leaf_hash(last.previous, leaf_of(last)) != last.hash:
        return "The journal's last event is not what was written. Stop the server and run: oneroof audit verify"
    return ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "disk": disk,
    "migrations": migrations,
    "journal": journal,
}


def examine() -> dict[str, str]:
    """What is wrong, by check, in words for the operator; empty where all is well."""
    found = {}
    for name, check in CHECKS.items():
        if told := check():
            found[name] = told
            if name == "database":
                break
    return found
