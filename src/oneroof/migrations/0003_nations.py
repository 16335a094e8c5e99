"""Partnerships, coalitions and groups of nations."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("oneroof", "0003_kept_answers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Coalition",
            fields=[
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "code",
                    models.CharField(
                        help_text="Short: IAMD.",
                        max_length=20,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9][A-Z0-9-]*$", "A code has capital letters, digits and hyphens: DNK, DNK-MOD."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(help_text="In English.", max_length=120, verbose_name="name")),
                ("name_uk", models.CharField(blank=True, max_length=120, verbose_name="name in Ukrainian")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "coalition",
                "verbose_name_plural": "coalitions",
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="CoalitionMember",
            fields=[
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("lead", models.BooleanField(default=False, verbose_name="leads")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "member of a coalition",
                "verbose_name_plural": "members of coalitions",
                "ordering": ("coalition__code", "-lead", "party__code", "starts_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(help_text="In English.", max_length=120, unique=True, verbose_name="name")),
                ("name_uk", models.CharField(blank=True, max_length=120, verbose_name="name in Ukrainian")),
                ("changed_at", models.DateTimeField(editable=False, null=True, verbose_name="list changed at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "group",
                "verbose_name_plural": "groups",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Partnership",
            fields=[
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ally", "ally"),
                            ("member", "member"),
                            ("partner", "partner"),
                            ("indo_pacific", "Indo-Pacific partner"),
                            ("invited", "invited to a summit"),
                            ("recipient", "recipient"),
                        ],
                        max_length=20,
                        verbose_name="kind of partnership",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="Which summit, which programme, what is special.",
                        max_length=200,
                        verbose_name="note",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "partnership",
                "verbose_name_plural": "partnerships",
                "ordering": ("body__code", "kind", "starts_on", "id"),
            },
        ),
        migrations.AlterField(
            model_name="item",
            name="nsn",
            field=models.CharField(
                blank=True,
                help_text="NATO stock number, 13 digits without hyphens.",
                max_length=13,
                validators=[
                    django.core.validators.RegexValidator(
                        "^\\d{13}$", "A NATO stock number has 13 digits: 4 class, 2 nation, 7 item."
                    )
                ],
                verbose_name="stock number",
            ),
        ),
        migrations.AlterField(
            model_name="party",
            name="code",
            field=models.CharField(
                help_text="ISO 3166 alpha-3 for a nation (DNK); a short name for a body (NATO).",
                max_length=20,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Z0-9][A-Z0-9-]*$", "A code has capital letters, digits and hyphens: DNK, DNK-MOD."
                    )
                ],
                verbose_name="code",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on", None), ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="party_ends_after_start",
                violation_error_message="The end lies before the start. Mend one of the two dates.",
            ),
        ),
        migrations.AddField(
            model_name="coalitionmember",
            name="coalition",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="oneroof.coalition",
                verbose_name="coalition",
            ),
        ),
        migrations.AddField(
            model_name="coalitionmember",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="oneroof.party",
                verbose_name="party",
            ),
        ),
        migrations.AddField(
            model_name="coalition",
            name="members",
            field=models.ManyToManyField(
                related_name="coalitions", through="oneroof.CoalitionMember", to="oneroof.party"
            ),
        ),
        migrations.AddField(
            model_name="group",
            name="members",
            field=models.ManyToManyField(related_name="+", to="oneroof.party", verbose_name="members"),
        ),
        migrations.AddField(
            model_name="partnership",
            name="body",
            field=models.ForeignKey(
                help_text="The body it stands with: NATO.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="oneroof.party",
                verbose_name="with",
            ),
        ),
        migrations.AddField(
            model_name="partnership",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="partnerships",
                to="oneroof.party",
                verbose_name="party",
            ),
        ),
        migrations.AddConstraint(
            model_name="coalitionmember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on", None), ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="coalitionmember_ends_after_start",
                violation_error_message="The end lies before the start. Mend one of the two dates.",
            ),
        ),
        migrations.AddConstraint(
            model_name="coalition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on", None), ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="coalition_ends_after_start",
                violation_error_message="The end lies before the start. Mend one of the two dates.",
            ),
        ),
        migrations.AddConstraint(
            model_name="partnership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on", None), ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="partnership_ends_after_start",
                violation_error_message="The end lies before the start. Mend one of the two dates.",
            ),
        ),
    ]
