"""Forms about people, secondments, factors and tokens."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oneroof.access import roles
from oneroof.access.models import ApiToken, Person, Secondment
from oneroof.access.people import Administrator, parties_in_reach
from oneroof.access.record_form import ByName
from oneroof.access.release_form import Radios
from oneroof.access.roles import Role


def day(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    """A field for a day, typed or picked."""
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=required, widget=picker)


class SecondmentForm(forms.Form):
    """For which party, in which role, from when until when."""

    party = forms.ModelChoiceField(label=_("Party"), queryset=None, empty_label="—")
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    starts_on = day(_("From"))
    ends_on = day(_("Until"), _("The last day of it. Empty: until somebody ends it."), required=False)
    why = forms.CharField(
        label=_("Why"), max_length=500, required=False, help_text=_("Stays in the history. Example: letter of 11 July.")
    )

    def __init__(self, *args: Any, by: Administrator, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["party"].iterator = ByName
        self.fields["party"].queryset = parties_in_reach(by)
        self.fields["starts_on"].initial = timezone.localdate


class PersonForm(SecondmentForm):
    """A person with the first secondment."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("By it the person signs in. Example: anna.jensen@example.org.")
    )
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=(("en", _("English")), ("uk", _("Ukrainian"))))
    field_order = ("email", "name", "language", "party", "role", "starts_on", "ends_on", "why")


class ChangePersonForm(forms.ModelForm):
    """Name, language, and whether the person may sign in."""

    why = forms.CharField(label=_("Why"), max_length=500, required=False)

    class Meta:
        model = Person
        fields = ("name", "language", "is_active")

    def _post_clean(self) -> None:
        """The action checks the record."""


class EndForm(forms.Form):
    """The last day of a secondment."""

    ends_on = day(_("Until"), _("The last day of it. Empty: until somebody ends it."), required=False)
    why = forms.CharField(label=_("Why"), max_length=500, required=False)


class WhyForm(forms.Form):
    """The reason for something that can't be undone."""

    why = forms.CharField(label=_("Why"), max_length=500, help_text=_("Stays in the history. Example: phone lost."))


class SubjectForm(forms.Form):
    """The account of the sign-in server that belongs to a person."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=191,
        help_text=_("The sign-in server’s own key of the account (“sub”), not the e-mail. Example: 248289761001."),
    )


class KeyForm(AddWebAuthnForm):
    """A security key or passkey; the field for its name has a label in both languages."""

    name = forms.CharField(label=_("Name"), required=False)


class TokenForm(forms.Form):
    """What a new API token is for, what it may do, and until when."""

    label = forms.CharField(label=_("Label"), max_length=80, help_text=_("Example: stock system of the depot."))
    scope = forms.ChoiceField(label=_("May"), choices=ApiToken.Scope.choices, widget=Radios)
    last_day = day(_("Until"), _("The last day of it, within a year."))

    def __init__(self, *args: Any, secondment: Secondment, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["scope"].initial = ApiToken.Scope.READ
        if not roles.WRITES.get(secondment.role):
            self.fields["scope"].choices = [(ApiToken.Scope.READ, _("read"))]

    def clean(self) -> dict[str, Any]:
        """The last day as the instant at its end, in the server's time zone."""
        typed: dict[str, Any] = super().clean() or {}
        if last := typed.pop("last_day", None):
            typed["expires_at"] = timezone.make_aware(datetime.combine(last, time.max))
        return typed
