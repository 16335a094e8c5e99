"""One-time links, sessions and API tokens of people; the table in which tries of sign-in are counted."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import oneroof.access.models
from oneroof.access.row_security import on_postgresql, on_sqlite

COUNTS = (
    "CREATE TABLE oneroof_kept_count (cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires {})"
)
INDEX = "CREATE INDEX oneroof_kept_count_expires ON oneroof_kept_count (expires)"
DROP = "DROP TABLE oneroof_kept_count"


class Migration(migrations.Migration):
    dependencies = [("oneroof", "0005_sources")]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="password",
            field=models.CharField(
                default=oneroof.access.models.no_password, editable=False, max_length=128, verbose_name="password"
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="link",
            field=models.PositiveIntegerField(
                default=0,
                editable=False,
                help_text="Number of the one-time link in force; each link made or used ends it.",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="sign_outs",
            field=models.PositiveIntegerField(
                default=0,
                editable=False,
                help_text="How often everything was signed out; sessions of another number are over.",
            ),
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "label",
                    models.CharField(
                        help_text="What the token is for: stock system of the depot.",
                        max_length=80,
                        verbose_name="label",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("read", "read"), ("write", "read and write")],
                        default="read",
                        max_length=10,
                        verbose_name="may",
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "hash",
                    models.CharField(editable=False, help_text="SHA-256 of the secret part.", max_length=64),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="revoked"),
                ),
                (
                    "last_used_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="last used"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "secondment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to="oneroof.secondment",
                        verbose_name="secondment",
                    ),
                ),
            ],
            options={
                "verbose_name": "API token",
                "verbose_name_plural": "API tokens",
                "ordering": ("-expires_at", "id"),
            },
        ),
        on_postgresql(f"{COUNTS.format('timestamptz NOT NULL')}; {INDEX}", DROP),
        on_sqlite([COUNTS.format("datetime NOT NULL"), INDEX], [DROP]),
    ]
