"""Nodes, legs between them, and when they are closed."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from oneroof.access.kinds import LONGEST_CODE, Named
from oneroof.access.models import Detail, Record
from oneroof.access.spelling import fold
from oneroof.nations.models import Party
from oneroof.planning.codes import CURRENCIES

NO_LIMIT = _("Empty means: no limit.")


def _tonnes(words: str) -> models.DecimalField:
    """A limit in tonnes a week; None where there is none."""
    return models.DecimalField(
        words,
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=NO_LIMIT,
    )


class Node(Named):
    """A place where goods lie, pass or arrive, or where courses are held.

    What stands here of the place is rounded to whole degrees; where it is exactly, `NodeDetail` has.
    """

    derived: ClassVar[tuple[str, ...]] = ("search",)

    class Kind(models.TextChoices):
        """What the place is; the words of the problem's tables."""

        DEPOT = "depot", _("depot")
        PORT = "port", _("port")
        AIRFIELD = "airfield", _("airfield")
        RAILHEAD = "railhead", _("railhead")
        HUB = "hub", _("hub")
        CROSSING = "crossing", _("border crossing")
        SITE = "site", _("site")
        SUPPLIER = "supplier", _("supplier")
        TRAINING = "training", _("training centre")

    nation = models.ForeignKey(
        Party, models.PROTECT, related_name="+", verbose_name=_("nation"), help_text=_("In which it lies.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    handling_tonnes_per_week = _tonnes(_("handling, tonnes per week"))
    latitude_about = models.SmallIntegerField(_("latitude, about"), null=True, editable=False)
    longitude_about = models.SmallIntegerField(_("longitude, about"), null=True, editable=False)
    search = models.TextField(editable=False, blank=True)

    class Meta:
        verbose_name = _("node")
        verbose_name_plural = _("nodes")
        ordering = ("code", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "code"),
                name="node_code_of_owner",
                violation_error_message=_("You already have a node with this code. Choose another or change that one."),
            ),
        )
        indexes = (
            models.Index(fields=("code", "id"), name="node_by_code"),
            # Counts and markings of lists come from the index alone.
            models.Index(
                fields=("owner", "releasable_to", "detail_releasable_to", "embargo_until"), name="node_by_release"
            ),
        )

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("node", args=[self.pk])

    def clean(self) -> None:
        """The searched text follows the fields."""
        self.search = fold(" ".join((self.code, self.name, self.name_uk)))


class NodeDetail(Detail):
    """Where a node is exactly, in degrees of WGS 84."""

    record = models.OneToOneField(Node, models.CASCADE, primary_key=True, related_name="+")
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("Degrees, south is negative: 50.110000."),
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text=_("Degrees, west is negative: 22.020000."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("place of a node")
        verbose_name_plural = _("places of nodes")


class Leg(Record):
    """A one-way connection between two nodes by one mode."""

    class Mode(models.TextChoices):
        """How goods travel."""

        ROAD = "road", _("road")
        RAIL = "rail", _("rail")
        SEA = "sea", _("sea")
        AIR = "air", _("air")
        GAUGE = "gauge", _("change of gauge")

    code = models.CharField(
        _("code"), max_length=LONGEST_CODE, help_text=_("Short, and unique for its owner: GDANSK-RZESZOW.")
    )
    origin = models.ForeignKey(
        Node, models.PROTECT, related_name="+", verbose_name=_("origin"), help_text=_("Where it begins.")
    )
    destination = models.ForeignKey(
        Node, models.PROTECT, related_name="+", verbose_name=_("destination"), help_text=_("Where it ends.")
    )
    mode = models.CharField(_("mode"), max_length=10, choices=Mode)
    days = models.PositiveIntegerField(
        _("days"),
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("From departure to arrival, whole days."),
    )
    tonnes_per_week = _tonnes(_("tonnes per week"))
    explosives = models.BooleanField(_("explosives allowed"), default=True)
    opens = models.DateField(_("opens"), null=True, blank=True, help_text=_("First day on which goods may depart."))
    closes = models.DateField(_("closes"), null=True, blank=True, help_text=_("Last day on which goods may depart."))
    illustrative = models.BooleanField(_("illustrative"), default=False, editable=False)

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")
        ordering = ("code", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "code"),
                name="leg_code_of_owner",
                violation_error_message=_("You already have a leg with this code. Choose another or change that one."),
            ),
        )
        indexes = (models.Index(fields=("code", "id"), name="leg_by_code"),)

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("leg", args=[self.pk])

    def clean(self) -> None:
        """A leg leads elsewhere, and does not close before it opens."""
        faults = {}
        if self.origin_id is not None and self.origin_id == self.destination_id:
            faults["destination"] = _("A leg leads to another node; goods wait at a node without a leg.")
        if self.opens is not None and self.closes is not None and self.closes < self.opens:
            faults["closes"] = _("The leg closes before it opens. Mend one of the two dates.")
        if faults:
            raise ValidationError(faults)


class LegDetail(Detail):
    """What carrying one tonne over a leg costs."""

    record = models.OneToOneField(Leg, models.CASCADE, primary_key=True, related_name="+")
    cost_per_tonne = models.DecimalField(
        _("cost per tonne"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, choices=[(code, code) for code in sorted(CURRENCIES)])
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("cost of a leg")
        verbose_name_plural = _("costs of legs")


class Closure(Record):
    """A time in which a node or a leg takes less than usual, or nothing."""

    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("node"))
    leg = models.ForeignKey(Leg, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leg"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day; empty until further notice.")
    )
    capacity_left = models.DecimalField(
        _("capacity left, %"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("0 means closed."),
    )
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ("starts_on", "id")
        indexes = (models.Index(fields=("starts_on", "id"), name="closure_by_day"),)

    def __str__(self) -> str:
        return self.reason

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("closure", args=[self.pk])

    def clean(self) -> None:
        """Exactly one of node and leg; the last day is not before the first."""
        faults = {}
        if (self.node_id is None) == (self.leg_id is None):
            faults["node"] = _("Name either a node or a leg.")
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            faults["ends_on"] = _("The closure ends before it starts. Mend one of the two dates.")
        if faults:
            raise ValidationError(faults)
