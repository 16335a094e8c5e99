"""The guards of the journal on SQLite ask their questions one by one, so that adding stays quick in a long journal."""

from importlib import import_module

from django.db import migrations

from oneroof.access.row_security import on_sqlite

journal = import_module("oneroof.migrations.0008_journal")


class Migration(migrations.Migration):
    dependencies = (("oneroof", "0012_lists"),)
    operations = (
        on_sqlite(
            [
                *(f"DROP TRIGGER IF EXISTS {table}_no_replace" for table in (journal.EVENT, journal.CHECKPOINT)),
                *journal.EVENT_GUARDS,
                *journal.CHECKPOINT_GUARDS,
            ],
            [],
        ),
    )
