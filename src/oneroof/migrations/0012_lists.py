"""Indexes that answer the list of items by themselves: its counts, markings, filters and the ids of its pages."""

from django.db import migrations

from oneroof.access.kinds import RELEASE, Covering


class Migration(migrations.Migration):
    dependencies = (("oneroof", "0010_logistics"),)
    operations = (
        migrations.RemoveIndex("item", "item_by_code"),
        migrations.RemoveIndex("item", "item_by_nsn"),
        migrations.RemoveIndex("item", "item_by_release"),
        migrations.AddIndex("item", Covering(fields=["code", "id", *RELEASE, "search"], name="item_by_code")),
        migrations.AddIndex("item", Covering(fields=[*RELEASE, "search"], name="item_by_release")),
        migrations.AddIndex("item", Covering(fields=["nsn", *RELEASE, "code", "id"], name="item_by_nsn")),
        migrations.AddIndex("item", Covering(fields=["supply_class", *RELEASE, "code", "id"], name="item_by_class")),
    )
