"""Points of contact and liaison posts, behind their walls."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from oneroof.access.row_security import detailed, walled


class Migration(migrations.Migration):
    dependencies = [
        ("oneroof", "0003_nations"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
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
                    "code",
                    models.CharField(
                        help_text="Short and unique for its owner: DNK-TRANSPORT.", max_length=40, verbose_name="code"
                    ),
                ),
                (
                    "function",
                    models.CharField(help_text="In English: transport desk.", max_length=160, verbose_name="function"),
                ),
                ("function_uk", models.CharField(blank=True, max_length=160, verbose_name="function in Ukrainian")),
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
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.party",
                        verbose_name="party",
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
                "verbose_name": "point of contact",
                "verbose_name_plural": "points of contact",
                "ordering": ("party__code", "code", "id"),
            },
        ),
        migrations.CreateModel(
            name="LiaisonPost",
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
                    "code",
                    models.CharField(
                        help_text="Short and unique for its owner: NATO-KYIV.", max_length=40, verbose_name="code"
                    ),
                ),
                (
                    "function",
                    models.CharField(help_text="In English: liaison office.", max_length=160, verbose_name="function"),
                ),
                ("function_uk", models.CharField(blank=True, max_length=160, verbose_name="function in Ukrainian")),
                ("place", models.CharField(help_text="Town, in English.", max_length=120, verbose_name="place")),
                ("place_uk", models.CharField(blank=True, max_length=120, verbose_name="place in Ukrainian")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("discussed", "discussed"),
                            ("agreed", "agreed"),
                            ("open", "open"),
                            ("shelved", "shelved"),
                            ("closed", "closed"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("status_on", models.DateField(editable=False, verbose_name="since")),
                (
                    "steps",
                    models.JSONField(
                        default=list,
                        editable=False,
                        help_text="Each change of status: status, day, note; oldest first.",
                        verbose_name="steps",
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
                    "host",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.party",
                        verbose_name="hosted by",
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
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="oneroof.party",
                        verbose_name="sent by",
                    ),
                ),
            ],
            options={
                "verbose_name": "liaison post",
                "verbose_name_plural": "liaison posts",
                "ordering": ("host__code", "sender__code", "code", "id"),
            },
        ),
        migrations.CreateModel(
            name="ContactDetail",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="oneroof.contactpoint",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=160, verbose_name="name of the person")),
                (
                    "phone",
                    models.CharField(
                        blank=True, help_text="With country code: +45 12 34 56 78.", max_length=40, verbose_name="phone"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("changed_at", models.DateTimeField(editable=False, null=True, verbose_name="changed at")),
            ],
            options={
                "verbose_name": "detail of a point of contact",
                "verbose_name_plural": "details of points of contact",
            },
        ),
        migrations.CreateModel(
            name="LiaisonDetail",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="oneroof.liaisonpost",
                    ),
                ),
                ("holder", models.CharField(blank=True, max_length=160, verbose_name="holder")),
                ("changed_at", models.DateTimeField(editable=False, null=True, verbose_name="changed at")),
            ],
            options={
                "verbose_name": "detail of a liaison post",
                "verbose_name_plural": "details of liaison posts",
            },
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on", None), ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="contactpoint_ends_after_start",
                violation_error_message="The end lies before the start. Mend one of the two dates.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.UniqueConstraint(
                fields=("owner", "code"),
                name="contact_point_code_of_owner",
                violation_error_message="You already have a point of contact with this code. Choose another.",
            ),
        ),
        migrations.AddConstraint(
            model_name="liaisonpost",
            constraint=models.UniqueConstraint(
                fields=("owner", "code"),
                name="liaison_post_code_of_owner",
                violation_error_message="You already have a liaison post with this code. Choose another.",
            ),
        ),
        walled("oneroof_contactpoint"),
        walled("oneroof_liaisonpost"),
        detailed("oneroof_contactdetail", of="oneroof_contactpoint"),
        detailed("oneroof_liaisondetail", of="oneroof_liaisonpost"),
    ]
