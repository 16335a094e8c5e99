"""What waits for a second person: ways into accounts in use, and secondments (access/second_person.py)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("oneroof", "0014_pictures"),)
    operations = (
        migrations.AddField("person", "recovery_agreed", models.BooleanField(default=False, editable=False)),
        migrations.AddField(
            "person",
            "recovery_by",
            models.UUIDField(
                null=True,
                editable=False,
                help_text="The administrator who asks, or was allowed, to open this account anew.",
            ),
        ),
        migrations.AddField(
            "person",
            "recovery_until",
            models.DateTimeField(
                null=True,
                editable=False,
                help_text="Until then somebody may agree; once agreed, until then it may be opened.",
            ),
        ),
        migrations.AddField(
            "secondment",
            "given_by",
            models.UUIDField(null=True, editable=False, help_text="The administrator who gave it; none: the house."),
        ),
        migrations.AddField(
            "secondment",
            "waits",
            models.BooleanField(default=False, editable=False, help_text="Nobody else has agreed to it yet."),
        ),
    )
