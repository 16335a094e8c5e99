"""Points of contact and liaison posts: who is reached where, and how far a standing presence has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from oneroof.access.models import Detail, Record
from oneroof.nations.models import Party, Period, ends_after_start


class ContactPoint(Period, Record):
    """A function of a party that others turn to, from a day to a day; who holds it is detail."""

    code = models.CharField(_("code"), max_length=40, help_text=_("Short and unique for its owner: DNK-TRANSPORT."))
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("party"))
    function = models.CharField(_("function"), max_length=160, help_text=_("In English: transport desk."))
    function_uk = models.CharField(_("function in Ukrainian"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("point of contact")
        verbose_name_plural = _("points of contact")
        ordering = ("party__code", "code", "id")
        constraints = (
            ends_after_start(),
            models.UniqueConstraint(
                fields=("owner", "code"),
                name="contact_point_code_of_owner",
                violation_error_message=_("You already have a point of contact with this code. Choose another."),
            ),
        )

    def __str__(self) -> str:
        return self.function_uk if get_language() == "uk" and self.function_uk else self.function

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("contact", args=[self.pk])


class ContactDetail(Detail):
    """Who holds the function and how they are reached; names and numbers of people stay out of the journal."""

    unjournaled: ClassVar[tuple[str, ...]] = ("name", "phone", "email")

    record = models.OneToOneField(ContactPoint, models.CASCADE, primary_key=True, related_name="+", editable=False)
    name = models.CharField(_("name of the person"), max_length=160, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True, help_text=_("With country code: +45 12 34 56 78."))
    email = models.EmailField(_("e-mail"), blank=True)
    changed_at = models.DateTimeField(_("changed at"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("detail of a point of contact")
        verbose_name_plural = _("details of points of contact")


class Status(models.TextChoices):
    """How far a liaison post has come."""

    PROPOSED = "proposed", _("proposed")
    DISCUSSED = "discussed", _("discussed")
    AGREED = "agreed", _("agreed")
    OPEN = "open", pgettext_lazy("liaison post", "open")
    SHELVED = "shelved", _("shelved")
    CLOSED = "closed", _("closed")


# Which status may follow which; what is not here would skip a step. A shelved post is discussed anew before it opens.
MAY_FOLLOW: dict[str, frozenset[str]] = {
    Status.PROPOSED: frozenset({Status.DISCUSSED, Status.SHELVED}),
    Status.DISCUSSED: frozenset({Status.AGREED, Status.SHELVED}),
    Status.AGREED: frozenset({Status.OPEN, Status.SHELVED}),
    Status.OPEN: frozenset({Status.SHELVED, Status.CLOSED}),
    Status.SHELVED: frozenset({Status.DISCUSSED, Status.CLOSED}),
    Status.CLOSED: frozenset(),
}


def story_of(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes of status, each with its word, its day as a date, and its note."""
    return [
        {"status": Status(step["status"]).label, "on": date.fromisoformat(step["on"]), "note": step["note"]}
        for step in steps
    ]


def steps_in_words(steps: list[dict[str, Any]]) -> str:
    """Changes of status in one line, for the history."""
    told = ((f"{step['status']}, {date_format(step['on'], 'DATE_FORMAT')}", step["note"]) for step in story_of(steps))
    return "; ".join(f"{words}: {note}" if note else words for words, note in told)


class LiaisonPost(Record):
    """One party's standing presence with another, from the proposal on; who holds it is detail."""

    in_words: ClassVar[dict[str, Callable[[Any], str]]] = {"steps": steps_in_words}

    code = models.CharField(_("code"), max_length=40, help_text=_("Short and unique for its owner: NATO-KYIV."))
    sender = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    host = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("hosted by"))
    function = models.CharField(_("function"), max_length=160, help_text=_("In English: liaison office."))
    function_uk = models.CharField(_("function in Ukrainian"), max_length=160, blank=True)
    place = models.CharField(_("place"), max_length=120, help_text=_("Town, in English."))
    place_uk = models.CharField(_("place in Ukrainian"), max_length=120, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, editable=False)
    status_on = models.DateField(_("since"), editable=False)
    steps = models.JSONField(
        _("steps"), default=list, editable=False, help_text="Each change of status: status, day, note; oldest first."
    )

    class Meta:
        verbose_name = _("liaison post")
        verbose_name_plural = _("liaison posts")
        ordering = ("host__code", "sender__code", "code", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "code"),
                name="liaison_post_code_of_owner",
                violation_error_message=_("You already have a liaison post with this code. Choose another."),
            ),
        )

    def __str__(self) -> str:
        ukrainian = get_language() == "uk"
        function = self.function_uk if ukrainian and self.function_uk else self.function
        return f"{function}, {self.place_uk if ukrainian and self.place_uk else self.place}"

    def clean(self) -> None:
        """Refuse a post of a party with itself."""
        super().clean()
        if self.host_id is not None and self.host_id == self.sender_id:
            raise ValidationError({"host": _("A party has no liaison post with itself. Choose the other party.")})

    @property
    def next(self) -> list[Status]:
        """The statuses that may follow, in their order."""
        return [status for status in Status if status in MAY_FOLLOW[self.status]]

    @property
    def story(self) -> list[dict[str, Any]]:
        """Each change of status with its word, its day as a date, and its note."""
        return story_of(self.steps)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("liaison_post", args=[self.pk])


class LiaisonDetail(Detail):
    """Who holds the post; names of people stay out of the journal."""

    unjournaled: ClassVar[tuple[str, ...]] = ("holder",)

    record = models.OneToOneField(LiaisonPost, models.CASCADE, primary_key=True, related_name="+", editable=False)
    holder = models.CharField(_("holder"), max_length=160, blank=True)
    changed_at = models.DateTimeField(_("changed at"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("detail of a liaison post")
        verbose_name_plural = _("details of liaison posts")
