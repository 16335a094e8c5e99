"""Parties, how they belong together, and with whom they stand: reference records that everybody inside may read."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from oneroof.nations.names import is_nation

ENDS_FIRST = _("The end lies before the start. Mend one of the two dates.")

CODE = RegexValidator(r"^[A-Z0-9][A-Z0-9-]*$", _("A code has capital letters, digits and hyphens: DNK, DNK-MOD."))


def ends_after_start() -> models.CheckConstraint:
    """The database's own refusal of an end before its start."""
    return models.CheckConstraint(
        name="%(class)s_ends_after_start",
        condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
        violation_error_message=ENDS_FIRST,
    )


class Period(models.Model):
    """What holds from a day to a day, both included; an empty start or end means that none is known."""

    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse an end before the start."""
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": ENDS_FIRST})

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    @property
    def ended(self) -> bool:
        """Whether its last day is past."""
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    def overlapping(self) -> Q:
        """Condition: rows that hold on a day on which this one holds."""
        told = Q()
        if self.ends_on:
            told &= Q(starts_on=None) | Q(starts_on__lte=self.ends_on)
        if self.starts_on:
            told &= Q(ends_on=None) | Q(ends_on__gte=self.starts_on)
        return told


def holding(day: date) -> Q:
    """Condition: rows of a `Period` that hold on a day."""
    return (Q(starts_on=None) | Q(starts_on__lte=day)) & (Q(ends_on=None) | Q(ends_on__gte=day))


def in_language(record: Any, field: str = "name") -> str:
    """The Ukrainian name, or other text, for Ukrainian readers where there is one, else the English one."""
    ukrainian = getattr(record, f"{field}_uk") if get_language() == "uk" else ""
    return str(ukrainian or getattr(record, field))


class Party(Period):
    """A nation, an organisation, or a part of one: whoever may own records."""

    class Kind(models.TextChoices):
        """What sort of party this is."""

        NATION = "nation", _("nation")
        ORGANISATION = "organisation", _("international organisation")
        HEADQUARTERS = "headquarters", _("headquarters")
        MINISTRY = "ministry", _("ministry")
        AGENCY = "agency", _("agency")
        UNIT = "unit", _("unit")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(
        _("code"),
        max_length=20,
        unique=True,
        validators=[CODE],
        help_text=_("ISO 3166 alpha-3 for a nation (DNK); a short name for a body (NATO)."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NATION)
    name = models.CharField(_("name"), max_length=120, help_text=_("In English."))
    name_uk = models.CharField(_("name in Ukrainian"), max_length=120, blank=True)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("part of"), related_name="parts"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("code",)
        constraints = (ends_after_start(),)

    def __str__(self) -> str:
        return in_language(self)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("nation", args=[self.code])

    def clean(self) -> None:
        """Refuse what can't be: all faults at once."""
        faults: dict[str, Any] = {}
        try:
            super().clean()
        except ValidationError as wrong:
            faults.update(wrong.error_dict)
        if self.kind == self.Kind.NATION and not is_nation(self.code):
            faults["code"] = _(
                "ISO 3166 has no nation with the code %(code)s. Write its three letters (DNK), or choose another kind."
            ) % {"code": self.code}
        if told := self._fault_of_whole():
            faults["part_of"] = told
        if faults:
            raise ValidationError(faults)

    def _fault_of_whole(self) -> Any:
        """What is wrong with the party that this one is part of, or None."""
        if self.part_of_id is None:
            parts = (self.Kind.MINISTRY, self.Kind.AGENCY, self.Kind.UNIT)
            told = _("A ministry, an agency or a unit is part of a nation or a body. Choose which.")
            return told if self.kind in parts else None
        if self.kind == self.Kind.NATION:
            return _("A nation is part of nothing here: enter its membership as a partnership. Leave this empty.")
        if loop := self.loop():
            told = _("That would make a ring: %(ring)s. Choose another party, or move one of these first.")
            return told % {"ring": " → ".join(loop)}
        return None

    def loop(self) -> list[str]:
        """Codes from this party up through what it is part of and back to itself; empty where there is no ring."""
        codes, above, seen = [self.code], self.part_of_id, set()
        while above is not None and above not in seen:
            if above == self.pk:
                return [*codes, self.code]
            seen.add(above)
            code, up = Party.objects.values_list("code", "part_of").get(pk=above)
            codes.append(code)
            above = up
        return []


class Partnership(Period):
    """How a party stands to a body, from a day to a day: ally, partner, invited to a summit, recipient."""

    class Kind(models.TextChoices):
        """The sort of standing."""

        ALLY = "ally", _("ally")
        MEMBER = "member", _("member")
        PARTNER = "partner", _("partner")
        INDO_PACIFIC = "indo_pacific", _("Indo-Pacific partner")
        INVITED = "invited", _("invited to a summit")
        RECIPIENT = "recipient", _("recipient")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="partnerships", verbose_name=_("party"))
    body = models.ForeignKey(
        Party, models.PROTECT, related_name="+", verbose_name=_("with"), help_text=_("The body it stands with: NATO.")
    )
    kind = models.CharField(_("kind of partnership"), max_length=20, choices=Kind)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("Which summit, which programme, what is special.")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering = ("body__code", "kind", "starts_on", "id")
        constraints = (ends_after_start(),)

    def __str__(self) -> str:
        return f"{self.party}: {self.get_kind_display()} ({self.body.code})"

    def clean(self) -> None:
        """Refuse an end before the start, a party that stands with itself, and the same standing twice at a time."""
        super().clean()
        if self.party_id is not None and self.party_id == self.body_id:
            raise ValidationError({"body": _("A party has no partnership with itself. Choose the body.")})
        same = Partnership.objects.filter(party=self.party_id, body=self.body_id, kind=self.kind)
        if other := same.filter(self.overlapping()).exclude(pk=self.pk).first():
            told = _("This overlaps with a partnership of the same kind, %(period)s. Change that one or these dates.")
            raise ValidationError({"starts_on": told % {"period": period_text(other)}})


class Coalition(Period):
    """Parties that coordinate one family of needs; somebody leads it until its last day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True, validators=[CODE], help_text=_("Short: IAMD."))
    name = models.CharField(_("name"), max_length=120, help_text=_("In English."))
    name_uk = models.CharField(_("name in Ukrainian"), max_length=120, blank=True)
    members = models.ManyToManyField(Party, through="CoalitionMember", related_name="coalitions")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("coalition")
        verbose_name_plural = _("coalitions")
        ordering = ("code",)
        constraints = (ends_after_start(),)

    def __str__(self) -> str:
        return in_language(self)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("coalition", args=[self.code])


class CoalitionMember(Period):
    """One party in a coalition, leading it or not, from a day to a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    coalition = models.ForeignKey(
        Coalition, models.PROTECT, related_name="memberships", verbose_name=_("coalition"), editable=False
    )
    party = models.ForeignKey(Party, models.PROTECT, related_name="memberships", verbose_name=_("party"))
    lead = models.BooleanField(_("leads"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("member of a coalition")
        verbose_name_plural = _("members of coalitions")
        ordering = ("coalition__code", "-lead", "party__code", "starts_on", "id")
        constraints = (ends_after_start(),)

    def __str__(self) -> str:
        return f"{self.party} ({self.coalition.code})"

    def clean(self) -> None:
        """Refuse an end before the start, and one party twice at a time."""
        super().clean()
        same = CoalitionMember.objects.filter(coalition=self.coalition_id, party=self.party_id)
        if other := same.filter(self.overlapping()).exclude(pk=self.pk).first():
            told = _("It is already in this coalition, %(period)s. Change that membership or these dates.")
            raise ValidationError({"party": told % {"period": period_text(other)}})


class Group(models.Model):
    """Parties named together when a record is released; the record keeps the list as it was on that day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True, help_text=_("In English."))
    name_uk = models.CharField(_("name in Ukrainian"), max_length=120, blank=True)
    members = models.ManyToManyField(Party, related_name="+", verbose_name=_("members"))
    changed_at = models.DateTimeField(_("list changed at"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ("name",)

    def __str__(self) -> str:
        return in_language(self)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("group", args=[self.pk])


def period_text(period: Period) -> str:
    """A period in ISO dates: ``2009-04-01 – …``."""
    return f"{period.starts_on or '…'} – {period.ends_on or '…'}"
