"""Forms about contacts and liaison posts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oneroof.access.record_form import RecordForm
from oneroof.staffing.models import ContactDetail, ContactPoint, LiaisonDetail, LiaisonPost, Status


class ContactForm(RecordForm):
    """A point of contact, and who holds it."""

    name = forms.CharField(
        label=_("Name of the person"), max_length=160, required=False, help_text=_("A detail: fewer see it.")
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, help_text=_("A detail. With country code: +45 12 34 56 78.")
    )
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("A detail: fewer see it."))

    class Meta:
        model = ContactPoint
        fields = ("code", "party", "function", "function_uk", "starts_on", "ends_on")

    def __init__(self, *args: Any, detail: ContactDetail | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("name", "phone", "email"):
            self.initial.setdefault(name, getattr(detail, name, ""))


class LiaisonForm(RecordForm):
    """A liaison post, and who holds it; a new one with the status in which it begins."""

    holder = forms.CharField(label=_("Holder"), max_length=160, required=False, help_text=_("A detail: fewer see it."))

    class Meta:
        model = LiaisonPost
        fields = ("code", "sender", "host", "function", "function_uk", "place", "place_uk")

    def __init__(self, *args: Any, detail: LiaisonDetail | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial.setdefault("holder", getattr(detail, "holder", ""))
        if self.instance._state.adding:
            step = StepForm(statuses=list(Status))
            self.fields |= step.fields


class StepForm(forms.Form):
    """The next status of a liaison post, since when, and what there is to say of it."""

    status = forms.ChoiceField(label=_("Status"))
    on = forms.DateField(
        label=_("Since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day on which it became so."),
    )
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Example: no consensus among allies.")
    )

    def __init__(self, *args: Any, statuses: list[Status], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["status"].choices = [(status.value, status.label) for status in statuses]
        self.fields["on"].initial = timezone.localdate
