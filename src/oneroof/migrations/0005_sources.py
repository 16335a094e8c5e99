"""Sources and citations, behind their walls."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from oneroof.access.row_security import OWN, on_postgresql, policies, rule, unwalled, walled

# A citation is seen where its source is seen too; that the cited record is, the application's wall alone looks after.
CITATION = f"{rule('releasable_to')} AND source_id IN (SELECT s.id FROM oneroof_source s)"


class Migration(migrations.Migration):
    dependencies = [
        ("oneroof", "0004_staffing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "embargo_until",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Until then the owner, and the headquarters if it is released to it, see the record; nobody else.",
                        null=True,
                        verbose_name="embargo until",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("publisher", models.CharField(max_length=160, verbose_name="publisher")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                (
                    "published_on",
                    models.DateField(
                        blank=True, help_text="Day of publication, if known.", null=True, verbose_name="date"
                    ),
                ),
                (
                    "url",
                    models.CharField(
                        blank=True,
                        help_text="Where it can be read: https://www.nato.int/…",
                        max_length=600,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                        verbose_name="address",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        default="en",
                        help_text="Code of its language: en, uk, de.",
                        max_length=12,
                        verbose_name="language",
                    ),
                ),
                (
                    "reliability",
                    models.CharField(
                        choices=[
                            ("A", "A: completely reliable"),
                            ("B", "B: usually reliable"),
                            ("C", "C: fairly reliable"),
                            ("D", "D: not usually reliable"),
                            ("E", "E: unreliable"),
                            ("F", "F: can’t be judged"),
                        ],
                        max_length=1,
                        verbose_name="reliability",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="What a reader should know of it.", max_length=300, verbose_name="note"
                    ),
                ),
                (
                    "detail_releasable_to",
                    models.ForeignKey(
                        editable=False,
                        help_text="Those of them that may see exact places, names of people, values and attachments.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.releaseset",
                        verbose_name="detail releasable to",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.party",
                        verbose_name="owner",
                    ),
                ),
                (
                    "releasable_to",
                    models.ForeignKey(
                        editable=False,
                        help_text="Parties that may know that this record exists.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.releaseset",
                        verbose_name="releasable to",
                    ),
                ),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
                "ordering": ("publisher", "title", "id"),
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "embargo_until",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Until then the owner, and the headquarters if it is released to it, see the record; nobody else.",
                        null=True,
                        verbose_name="embargo until",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "kind",
                    models.CharField(
                        editable=False, help_text="Kind of the cited record.", max_length=40, verbose_name="kind"
                    ),
                ),
                ("record", models.UUIDField(editable=False, verbose_name="record")),
                (
                    "about",
                    models.CharField(
                        help_text="The matter in a word or two, alike for all sources: capacity, lead.",
                        max_length=80,
                        verbose_name="about",
                    ),
                ),
                (
                    "claim",
                    models.CharField(
                        help_text="In one sentence, with figure and unit.", max_length=500, verbose_name="what it says"
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True, help_text="Page, paragraph, row.", max_length=80, verbose_name="where in it"
                    ),
                ),
                (
                    "credibility",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "1: confirmed by others"),
                            (2, "2: probably true"),
                            (3, "3: possibly true"),
                            (4, "4: doubtful"),
                            (5, "5: improbable"),
                            (6, "6: can’t be judged"),
                        ],
                        verbose_name="credibility",
                    ),
                ),
                (
                    "detail_releasable_to",
                    models.ForeignKey(
                        editable=False,
                        help_text="Those of them that may see exact places, names of people, values and attachments.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.releaseset",
                        verbose_name="detail releasable to",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.party",
                        verbose_name="owner",
                    ),
                ),
                (
                    "releasable_to",
                    models.ForeignKey(
                        editable=False,
                        help_text="Parties that may know that this record exists.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.releaseset",
                        verbose_name="releasable to",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "citation",
                "verbose_name_plural": "citations",
                "ordering": ("about", "credibility", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(
                condition=models.Q(("url", ""), _negated=True),
                fields=("owner", "url"),
                name="source_url_of_owner",
                violation_error_message="You already have a source with this address. Change that one.",
            ),
        ),
        migrations.AddIndex(
            model_name="citation",
            index=models.Index(fields=["kind", "record"], name="citation_of_record"),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.UniqueConstraint(
                fields=("owner", "source", "kind", "record", "about", "claim"),
                name="citation_once_of_owner",
                violation_error_message="You already cite this source with these words. Change that citation.",
            ),
        ),
        walled("oneroof_source"),
        on_postgresql(policies("oneroof_citation", CITATION, OWN), unwalled("oneroof_citation")),
    ]
