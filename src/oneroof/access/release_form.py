"""The form by which an owner says who sees a record and its details, and from when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _

from oneroof.access.actions import release_set
from oneroof.access.models import Record, ReleaseSetParty
from oneroof.access.record_form import ByName
from oneroof.access.viewer import Viewer
from oneroof.nations.models import Party

WHO = (
    ("own", _("My party only")),
    ("parties", _("My party and those I choose")),
    ("public", _("Everybody: it becomes public")),
)
DETAIL = (
    ("same", _("The same parties")),
    ("own", _("My party only")),
    ("parties", _("Some of them, whom I choose")),
)


class Radios(forms.RadioSelect):
    """Choices of which one holds, styled."""

    def __init__(self, attrs: Any = None, choices: Any = ()) -> None:
        super().__init__({"class": "form-check-input", **(attrs or {})}, choices)


class Checks(forms.CheckboxSelectMultiple):
    """Choices of which several hold, styled."""

    def __init__(self, attrs: Any = None, choices: Any = ()) -> None:
        super().__init__({"class": "form-check-input", **(attrs or {})}, choices)


class ReleaseForm(forms.Form):
    """Who may see a record (own party, chosen parties, everybody), who of them its details, from when, and why."""

    who = forms.ChoiceField(label=_("Who may see this"), choices=WHO, widget=Radios, initial="own")
    parties = forms.ModelMultipleChoiceField(
        label=_("Parties"),
        queryset=Party.objects.none(),
        required=False,
        widget=Checks,
        help_text=_("They learn that the record exists, and see everything but its details."),
    )
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"),
        queryset=Party.objects.none(),
        required=False,
        widget=Checks,
        help_text=_("The record keeps the list as it is today: who joins a group later does not see it."),
    )
    detail = forms.ChoiceField(
        label=_("Who may see its details"),
        choices=DETAIL,
        widget=Radios,
        initial="same",
        help_text=_("Details are exact places, names of people, values and attachments."),
    )
    detail_parties = forms.ModelMultipleChoiceField(
        label=_("Parties that may see the details"),
        queryset=Party.objects.none(),
        required=False,
        widget=Checks,
    )
    embargo_until = forms.DateTimeField(
        label=_("Embargo until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_(
            "Kyiv time. Until then only your party sees it, and the headquarters if you chose it. "
            "Empty: no embargo. Example: 11 Jul 2024, 14:00."
        ),
    )
    why = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("Stays in the history. Example: agreed at the donors’ meeting of 11 July."),
    )

    def __init__(self, data: Any = None, *, viewer: Viewer, record: Record | None = None, **more: Any) -> None:
        more["initial"] = {**(stands(record, viewer) if record is not None else {}), **(more.get("initial") or {})}
        super().__init__(data, **more)
        others = Party.objects.exclude(pk=viewer.party)
        for name in ("parties", "detail_parties"):
            self.fields[name].iterator = ByName
            self.fields[name].queryset = others
        groups = groups_of_parties()
        if groups is None:
            del self.fields["groups"]
        else:
            self.fields["groups"].queryset = groups
        if record is None:
            # On making a record nobody has to say why.
            del self.fields["why"]

    def clean(self) -> dict[str, Any]:
        """All faults at once: nobody chosen, an embargo on what is for nobody else."""
        typed: dict[str, Any] = super().clean() or {}
        chosen = list(typed.get("parties") or ()) + list(typed.get("groups") or ())
        if typed.get("who") == "parties" and not chosen:
            self.add_error("parties", _("Choose at least one party, or say above that your party alone sees it."))
        if typed.get("detail") == "parties" and not typed.get("detail_parties"):
            self.add_error("detail_parties", _("Choose at least one party, or say above who sees the details."))
        return typed


def groups_of_parties() -> Any:
    """The groups that can be chosen, or None where the house has none."""
    try:
        return apps.get_model("oneroof", "Group").objects.all()
    except LookupError:
        return None


def stands(record: Record, viewer: Viewer) -> dict[str, Any]:
    """How a record is released now, as the form says it."""
    to, detail = record.releasable_to, record.detail_releasable_to
    members: dict[Any, list[Any]] = {to.pk: [], detail.pk: []}
    for key, party in ReleaseSetParty.objects.filter(release_set__in=members).values_list("release_set", "party"):
        if party != viewer.party:
            members[key].append(party)
    same = to.pk == detail.pk
    return {
        "who": "public" if to.public else "parties" if members[to.pk] else "own",
        "parties": members[to.pk],
        "detail": "same" if same else "parties" if members[detail.pk] else "own",
        "detail_parties": [] if same else members[detail.pk],
        "embargo_until": record.embargo_until,
    }


def release_typed(form: Any) -> dict[str, Any]:
    """The release that was typed, as actions take it: ``to``, ``detail_to``, ``embargo_until``."""
    typed = form.cleaned_data if hasattr(form, "cleaned_data") else form
    chosen = {*typed["parties"], *(party for group in typed.get("groups") or () for party in group.members.all())}
    to = release_set(chosen if typed["who"] == "parties" else (), public=typed["who"] == "public")
    narrow = release_set(typed["detail_parties"] if typed["detail"] == "parties" else ())
    return {
        "to": to,
        "detail_to": to if typed["detail"] == "same" else narrow,
        "embargo_until": typed["embargo_until"],
    }
