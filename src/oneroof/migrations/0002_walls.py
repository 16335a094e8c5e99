"""The walls on PostgreSQL, and the guards of the journal on both databases."""

from django.db import migrations

from oneroof.access.row_security import DROP_FUNCTIONS, FUNCTIONS, on_postgresql, on_sqlite, walled
from oneroof.journal.append_only import postgresql_guards, postgresql_unguards, sqlite_guards, sqlite_unguards


class Migration(migrations.Migration):
    """After the tables: rows of items by the rule, events append-only."""

    dependencies = (("oneroof", "0001_initial"),)
    operations = (
        on_postgresql(FUNCTIONS, DROP_FUNCTIONS),
        on_postgresql(postgresql_guards("oneroof_event"), postgresql_unguards("oneroof_event")),
        on_sqlite(sqlite_guards("oneroof_event"), sqlite_unguards("oneroof_event")),
        walled("oneroof_item"),
    )
