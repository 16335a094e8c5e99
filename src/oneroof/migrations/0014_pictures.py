"""Several pictures of an item, each with a key, captions and a source of its own."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from oneroof.access.event_security import OPEN, OWN_OR_HOUSE
from oneroof.access.row_security import detailed, on_postgresql

# The policy that reads events names every table under the walls, and would fall with this one. It is narrowed first;
# after the migration it is made anew over all kinds (access/event_security.py).
NARROWED = f"ALTER POLICY oneroof_event_read ON oneroof_event USING ({OPEN} AND {OWN_OR_HOUSE})"


class Migration(migrations.Migration):
    dependencies = [
        ("oneroof", "0013_log"),
    ]

    operations = [
        on_postgresql(NARROWED, NARROWED),
        # Nothing wrote pictures before: the table is empty.
        migrations.DeleteModel(name="ItemImage"),
        migrations.CreateModel(
            name="ItemImage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
                (
                    "media_type",
                    models.CharField(
                        choices=[("image/jpeg", "JPEG"), ("image/png", "PNG")],
                        editable=False,
                        max_length=10,
                        verbose_name="format",
                    ),
                ),
                ("width", models.PositiveIntegerField(editable=False, verbose_name="width")),
                ("height", models.PositiveIntegerField(editable=False, verbose_name="height")),
                ("digest", models.CharField(editable=False, help_text="SHA-256 of the content.", max_length=64)),
                (
                    "caption",
                    models.CharField(
                        help_text="What it shows, in English; it is read to those who can’t see it.",
                        max_length=200,
                        verbose_name="caption",
                    ),
                ),
                ("caption_uk", models.CharField(blank=True, max_length=200, verbose_name="caption in Ukrainian")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=1, editable=False, verbose_name="place in the row"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "record",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="oneroof.item",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where the picture is from: an entry of the register of sources.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture of an item",
                "verbose_name_plural": "pictures of items",
                "ordering": ("position", "id"),
            },
        ),
        detailed("oneroof_itemimage", of="oneroof_item"),
    ]
