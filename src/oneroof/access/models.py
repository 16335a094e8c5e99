"""People and their secondments; release sets; and what every record under the walls is made of."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oneroof.access.roles import Role
from oneroof.access.visibility import Walled
from oneroof.journal.actions import instant_or_none
from oneroof.nations.models import Party


class People(BaseUserManager["Person"]):
    """Finds people by e-mail, as sign-in needs."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this e-mail address, in any case of letters."""
        return self.get(email__iexact=username)


def no_password() -> str:
    """What stands for a password that nobody has set: nothing signs in with it."""
    return make_password(None)


class Person(AbstractBaseUser):
    """Somebody who signs in. What they may do comes from a secondment alone; nobody is above the walls."""

    unjournaled: ClassVar[tuple[str, ...]] = ("password", "last_login", "email", "name")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    password = models.CharField(_("password"), max_length=128, default=no_password, editable=False)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=120)
    language = models.CharField(
        _("language"), max_length=5, choices=(("en", _("English")), ("uk", _("Ukrainian"))), default="en"
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    demonstration = models.BooleanField(_("made for demonstration"), default=False, editable=False)
    link = models.PositiveIntegerField(
        default=0, editable=False, help_text="Number of the one-time link in force; each link made or used ends it."
    )
    sign_outs = models.PositiveIntegerField(
        default=0, editable=False, help_text="How often everything was signed out; sessions of another number are over."
    )
    recovery_by = models.UUIDField(
        null=True, editable=False, help_text="The administrator who asks, or was allowed, to open this account anew."
    )
    recovery_until = models.DateTimeField(
        null=True, editable=False, help_text="Until then somebody may agree; once agreed, until then it may be opened."
    )
    recovery_agreed = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = People()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """E-mail addresses are kept in small letters: one address is one person."""
        self.email = self.email.strip().lower()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry: it changes with the password and with each sign-out everywhere."""
        salt = "oneroof.access.models.Person.get_session_auth_hash"
        return salted_hmac(salt, f"{self.password}{self.sign_outs}", secret=secret, algorithm="sha256").hexdigest()


class Secondment(models.Model):
    """A person acts for a party in a role, from a day to a day; its end ends sessions and tokens."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="secondments", verbose_name=_("person"))
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("party"))
    role = models.CharField(_("role"), max_length=40, choices=Role)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day of it."))
    given_by = models.UUIDField(null=True, editable=False, help_text="The administrator who gave it; none: the house.")
    waits = models.BooleanField(default=False, editable=False, help_text="Nobody else has agreed to it yet.")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("secondment")
        verbose_name_plural = _("secondments")
        ordering = ("party__code", "role")
        constraints = (
            models.CheckConstraint(
                name="secondment_ends_after_start",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("A secondment can't end before it starts. Mend one of the two dates."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.party.code}"

    def clean(self) -> None:
        """Refuse the same role twice at a time, and two senior civilians at a time."""
        if self.starts_on is None or (self.ends_on is not None and self.ends_on < self.starts_on):
            return  # the field and the constraint say so
        same_time = Secondment.objects.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=self.starts_on))
        if self.ends_on is not None:
            same_time = same_time.filter(starts_on__lte=self.ends_on)
        same_time = same_time.exclude(pk=self.pk)
        if same_time.filter(person=self.person_id, party=self.party_id, role=self.role).exists():
            told = _("This person already has this role there within these dates. Extend that secondment instead.")
            raise ValidationError(told)
        if self.role == Role.SENIOR_CIVILIAN and same_time.filter(role=self.role).exists():
            told = _(
                "There is one senior civilian at a time, and somebody holds the post within these dates. "
                "End that secondment first, or start this one after it."
            )
            raise ValidationError({"role": told})

    def holds_on(self, day: date) -> bool:
        """Whether the secondment is in force on a day; one that waits for a second person is not."""
        return not self.waits and self.within(day)

    def within(self, day: date) -> bool:
        """Whether a day lies within its dates."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class ApiToken(models.Model):
    """A key with which a program acts for one secondment; of the key itself only a hash is kept."""

    class Scope(models.TextChoices):
        """What the program may do; both stay within the rights of the secondment."""

        READ = "read", _("read")
        WRITE = "write", _("read and write")

    unjournaled: ClassVar[tuple[str, ...]] = ("label", "hash", "last_used_on")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    secondment = models.ForeignKey(Secondment, models.PROTECT, related_name="tokens", verbose_name=_("secondment"))
    label = models.CharField(
        _("label"), max_length=80, help_text=_("What the token is for: stock system of the depot.")
    )
    scope = models.CharField(_("may"), max_length=10, choices=Scope, default=Scope.READ)
    expires_at = models.DateTimeField(_("expires"))
    hash = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the secret part.")
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_on = models.DateField(_("last used"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-expires_at", "id")

    def __str__(self) -> str:
        return self.label

    def works_at(self, at: datetime) -> bool:
        """Whether the token opens anything at an instant: not revoked, not expired, its secondment in force."""
        held = self.secondment
        return (
            self.revoked_at is None
            and at < self.expires_at
            and held.person.is_active
            and held.holds_on(timezone.localdate(at))
        )


class ReleaseSet(models.Model):
    """A frozen list of parties, or the public; made once, never changed, shared by the records that use it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the sorted codes.")
    public = models.BooleanField(_("public"), default=False)
    parties = models.ManyToManyField(Party, through="ReleaseSetParty", related_name="+", verbose_name=_("parties"))

    class Meta:
        verbose_name = _("release set")
        verbose_name_plural = _("release sets")


class ReleaseSetParty(models.Model):
    """One party of a release set."""

    release_set = models.ForeignKey(ReleaseSet, models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("release_set", "party"), name="release_set_party_once"),)


class Record(models.Model):
    """What stands on every record under the walls: owner, release, embargo; ids are random and tell nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("owner"), editable=False)
    releasable_to = models.ForeignKey(
        ReleaseSet,
        models.PROTECT,
        related_name="+",
        verbose_name=_("releasable to"),
        editable=False,
        help_text=_("Parties that may know that this record exists."),
    )
    detail_releasable_to = models.ForeignKey(
        ReleaseSet,
        models.PROTECT,
        related_name="+",
        verbose_name=_("detail releasable to"),
        editable=False,
        help_text=_("Those of them that may see exact places, names of people, values and attachments."),
    )
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Until then the owner, and the headquarters if it is released to it, see the record; nobody else."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = Walled()

    class Meta:
        abstract = True

    def release(self) -> dict[str, Any]:
        """Owner, release sets and embargo, as they stand in an event."""
        return {
            "owner": str(self.owner_id),
            "releasable_to": str(self.releasable_to_id),
            "detail_releasable_to": str(self.detail_releasable_to_id),
            "embargo_until": instant_or_none(self.embargo_until),
        }

    @property
    def embargoed(self) -> bool:
        """Whether the embargo still holds."""
        return self.embargo_until is not None and self.embargo_until > timezone.now()


class Detail(models.Model):
    """The part of a record that fewer may see: a row of its own, with the wall of its record's detail set.

    A subclass names its record: ``record = models.OneToOneField(Node, models.CASCADE, primary_key=True, ...)``.
    """

    objects = Walled()

    class Meta:
        abstract = True

    @property
    def owner_id(self) -> uuid.UUID:
        """Owner of the record that this belongs to."""
        return self.record.owner_id  # type: ignore[attr-defined, no-any-return]
