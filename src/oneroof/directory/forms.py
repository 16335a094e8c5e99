"""Forms about parties, partnerships, coalitions and groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from oneroof.access.record_form import ByName, RecordForm
from oneroof.access.release_form import Checks
from oneroof.nations.models import Coalition, CoalitionMember, Group, Partnership, Party


class PartyForm(RecordForm):
    """A party and what it is part of."""

    class Meta:
        model = Party
        fields = ("code", "kind", "name", "name_uk", "part_of", "starts_on", "ends_on")


class PartnershipForm(RecordForm):
    """How a party stands to a body."""

    class Meta:
        model = Partnership
        fields = ("kind", "body", "starts_on", "ends_on", "note")


class CoalitionForm(RecordForm):
    """A coalition; a new one with its first leads and members."""

    class Meta:
        model = Coalition
        fields = ("code", "name", "name_uk", "starts_on", "ends_on")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance._state.adding:
            self.fields["leads"] = _parties(
                _("Led by"), _("At least one. Dates and changes come on the coalition’s page.")
            )
            self.fields["others"] = _parties(_("Further members"), required=False)


class MemberForm(RecordForm):
    """A party's place in a coalition."""

    class Meta:
        model = CoalitionMember
        fields = ("party", "lead", "starts_on", "ends_on")


class GroupForm(RecordForm):
    """A group and its list."""

    class Meta:
        model = Group
        fields = ("name", "name_uk", "members")
        widgets = {"members": Checks}  # noqa: RUF012 Django reads it as it stands


def _parties(label: Any, help_text: Any = "", *, required: bool = True) -> forms.ModelMultipleChoiceField:
    field = forms.ModelMultipleChoiceField(
        label=label, help_text=help_text, required=required, queryset=Party.objects.none(), widget=Checks
    )
    field.iterator = ByName
    field.queryset = Party.objects.filter(part_of=None)
    return field
