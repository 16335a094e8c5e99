"""The list of sources."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from oneroof.access.tables import Day, RecordTable
from oneroof.sources.models import Source


class Sources(RecordTable):
    """Sources that the viewer sees."""

    title = django_tables2.Column(_("title"), linkify=True)
    publisher = django_tables2.Column(_("publisher"))
    published_on = Day(verbose_name=_("date"))
    language = django_tables2.Column(_("language"))
    reliability = django_tables2.Column(_("reliability"))
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))

    class Meta(RecordTable.Meta):
        model = Source
        fields = ("title", "publisher", "published_on", "language", "reliability", "owner")
