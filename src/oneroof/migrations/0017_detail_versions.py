"""Details of points of contact and liaison posts count their changes, as other details do (journal/versions.py)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("oneroof", "0016_house_chain"),)
    operations = (
        migrations.AddField("contactdetail", "version", models.PositiveIntegerField(default=1, editable=False)),
        migrations.AddField("liaisondetail", "version", models.PositiveIntegerField(default=1, editable=False)),
    )
