"""Lists of contacts and liaison posts."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from oneroof.access.tables import Day, Name, RecordTable
from oneroof.staffing.models import ContactPoint, LiaisonPost


class Contacts(RecordTable):
    """Points of contact; who holds them stands on their own pages."""

    code = django_tables2.Column(_("code"), linkify=True)
    party = django_tables2.Column(_("party"), accessor="party__code", order_by=("party__code",))
    function = Name(_("function"), order_by=("function",))
    starts_on = Day(verbose_name=_("from"))
    ends_on = Day(verbose_name=_("until"))
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))

    class Meta(RecordTable.Meta):
        model = ContactPoint
        fields = ("code", "party", "function", "starts_on", "ends_on", "owner")


class LiaisonPosts(RecordTable):
    """Liaison posts and how far they have come."""

    code = django_tables2.Column(_("code"), linkify=True)
    post = Name(_("post"), order_by=("function",))
    sender = django_tables2.Column(_("sent by"), accessor="sender__code", order_by=("sender__code",))
    host = django_tables2.Column(_("hosted by"), accessor="host__code", order_by=("host__code",))
    status = django_tables2.Column(_("status"))
    status_on = Day(verbose_name=_("since"))
    owner = django_tables2.Column(_("owner"), accessor="owner__code", order_by=("owner__code",))

    class Meta(RecordTable.Meta):
        model = LiaisonPost
        fields = ("code", "post", "sender", "host", "status", "status_on", "owner")
