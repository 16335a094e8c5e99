"""Lists of parties, coalitions and groups."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.utils.translation import gettext_lazy as _

from oneroof.access.tables import Day, Name, RecordTable
from oneroof.nations.models import Coalition, Group, Party


class Parties(RecordTable):
    """Nations, bodies and their parts."""

    code = django_tables2.Column(_("code"), linkify=True)
    name = Name()
    kind = django_tables2.Column(_("kind"))
    part_of = django_tables2.Column(_("part of"), accessor="part_of__code", order_by=("part_of__code",))

    class Meta(RecordTable.Meta):
        model = Party
        fields = ("code", "name", "kind", "part_of")


class Coalitions(RecordTable):
    """Coalitions with their leads."""

    code = django_tables2.Column(_("code"), linkify=True)
    name = Name()
    leads = django_tables2.Column(_("led by"), accessor="pk", orderable=False)
    size = django_tables2.Column(_("members"), accessor="pk", orderable=False)
    starts_on = Day(verbose_name=_("from"))

    class Meta(RecordTable.Meta):
        model = Coalition
        fields = ("code", "name", "leads", "size", "starts_on")

    def render_leads(self, record: Any) -> str:
        """Codes of those that lead it, now or from a day to come."""
        return ", ".join(sorted({m.party.code for m in record.memberships.all() if m.lead and not m.ended}))

    def render_size(self, record: Any) -> str:
        """How many parties are in it, leads among them."""
        return str(len({m.party_id for m in record.memberships.all() if not m.ended}))

    value_leads = render_leads
    value_size = render_size


class Groups(RecordTable):
    """Groups with the parties in them."""

    name = Name(linkify=True)
    members = django_tables2.Column(_("members"), accessor="pk", orderable=False)

    class Meta(RecordTable.Meta):
        model = Group
        fields = ("name", "members")

    def render_members(self, record: Any) -> str:
        """Codes of the parties in it."""
        return ", ".join(sorted(party.code for party in record.members.all()))

    value_members = render_members
