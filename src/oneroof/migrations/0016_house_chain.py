"""The chain of the house on PostgreSQL: its events are read by those whom they concern, its end by who adds to it."""

from django.db import migrations

from oneroof.access.event_security import HOUSE_CHAIN, NO_HOUSE_CHAIN
from oneroof.access.row_security import on_postgresql


class Migration(migrations.Migration):
    dependencies = (("oneroof", "0015_second_person"),)
    operations = (on_postgresql(HOUSE_CHAIN, NO_HOUSE_CHAIN),)
