"""Jobs that wait for a worker."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oneroof", "0008_journal")]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("arguments", models.JSONField(default=dict, verbose_name="arguments")),
                (
                    "once",
                    models.CharField(
                        help_text="A second job with the same text is not made.",
                        max_length=80,
                        null=True,
                        unique=True,
                        verbose_name="once",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("due_at", models.DateTimeField(verbose_name="not before")),
                ("claim", models.UUIDField(help_text="Random, anew at each claim.", null=True, verbose_name="claim")),
                (
                    "lease_until",
                    models.DateTimeField(
                        help_text="After it another worker may claim it.", null=True, verbose_name="lease until"
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        help_text="Name of the error, no words of it.",
                        max_length=200,
                        verbose_name="failure",
                    ),
                ),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "indexes": [models.Index(fields=["ended_at", "due_at"], name="job_that_waits")],
            },
        ),
    ]
