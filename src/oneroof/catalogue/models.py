"""Items and what they are called, what they are worth and look like; packages and substitutes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from oneroof.access.kinds import LONGEST_CODE, RELEASE, Belonging, Covering, Following, Named, seen
from oneroof.access.models import Detail, Record
from oneroof.access.spelling import fold
from oneroof.catalogue.codes import (
    DIVISIONS,
    EXPLOSIVES,
    GROUPS,
    SUPPLY_CLASSES,
    StockNumberField,
    stock_classes,
    written_stock_number,
)
from oneroof.catalogue.units import unit_word
from oneroof.nations.models import in_language
from oneroof.planning.codes import CURRENCIES
from oneroof.sources.models import Source

SMALLEST = Decimal("0.000001")


class Item(Named):
    """Something that can be needed, promised and delivered, counted in one unit."""

    derived: ClassVar[tuple[str, ...]] = ("search",)
    in_words: ClassVar[dict[str, Callable[[Any], str]]] = {"unit": unit_word}

    nsn = StockNumberField(
        _("stock number"),
        max_length=13,
        blank=True,
        help_text=_("NATO stock number, 13 digits; hyphens may be typed: 1320-12-345-6789."),
    )
    also_called = models.TextField(_("also called"), blank=True, editable=False, help_text="Kept by ItemName rows.")
    unit = models.CharField(_("unit"), max_length=20, help_text=_("What one of it is called: vehicle, pallet, set."))
    tonnes_per_unit = models.DecimalField(
        _("tonnes per unit"),
        max_digits=12,
        decimal_places=6,
        validators=[MinValueValidator(SMALLEST)],
        help_text=_("Weight of one unit as it travels."),
    )
    volume_per_unit = models.DecimalField(
        _("volume per unit, m³"),
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(SMALLEST)],
        help_text=_("As it travels; empty where it is not known."),
    )
    explosives = models.BooleanField(_("explosives"), default=False, help_text=_("Whether it travels as explosives."))
    hazard_division = models.CharField(_("hazard division"), max_length=3, blank=True, choices=DIVISIONS)
    compatibility_group = models.CharField(_("compatibility group"), max_length=1, blank=True, choices=GROUPS)
    un_number = models.CharField(
        _("UN number"),
        max_length=4,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{4}$", _("A UN number has 4 digits, zeros too: 0012."))],
        help_text=_("Four digits: 0012."),
    )
    whole_units = models.BooleanField(
        _("whole units only"), default=True, help_text=_("Whether only whole units can be delivered.")
    )
    supply_class = models.CharField(
        _("supply class"),
        max_length=12,
        blank=True,
        choices=SUPPLY_CLASSES,
        help_text=_("With its scheme: NATO counts to V, the US forces to X."),
    )
    search = models.TextField(editable=False, blank=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("code", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "code"),
                name="item_code_of_owner",
                violation_error_message=_(
                    "You already have an item with this code. Choose another or change that one."
                ),
            ),
        )
        indexes = (
            # Counts, markings and the ids of a page come from one of these alone.
            Covering(fields=("code", "id", *RELEASE, "search"), name="item_by_code"),
            Covering(fields=(*RELEASE, "search"), name="item_by_release"),
            Covering(fields=("nsn", *RELEASE, "code", "id"), name="item_by_nsn"),
            Covering(fields=("supply_class", *RELEASE, "code", "id"), name="item_by_class"),
        )

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("item", args=[self.pk])

    def clean(self) -> None:
        """Explosives carry a division and group that belong together; the searched text follows the fields."""
        self.search = fold(" ".join((self.code, written_stock_number(self.nsn), self.nsn, self.name, self.name_uk,
                                     self.also_called)))  # fmt: skip
        faults = {}
        if self.hazard_division and not self.explosives:
            faults["hazard_division"] = _("A hazard division belongs to explosives. Mark the item as explosives.")
        if bool(self.hazard_division) != bool(self.compatibility_group):
            missing = "compatibility_group" if self.hazard_division else "hazard_division"
            faults[missing] = _("Hazard division and compatibility group are given together: 1.1 and D.")
        elif self.compatibility_group not in EXPLOSIVES.get(self.hazard_division, self.compatibility_group):
            faults["compatibility_group"] = _(
                "Division %(division)s has the groups %(groups)s. Choose one of them."
            ) % {
                "division": self.hazard_division,
                "groups": ", ".join(EXPLOSIVES[self.hazard_division]),
            }
        if faults:
            raise ValidationError(faults)

    @property
    def stock_number(self) -> str:
        """The stock number as it is printed, 1320-12-345-6789."""
        return written_stock_number(self.nsn)

    @property
    def unit_word(self) -> str:
        """The unit in the reader's language."""
        return unit_word(self.unit)

    @property
    def niin(self) -> str:
        """The last nine digits: nation and serial, which alone tell the item."""
        return self.nsn[4:]

    @property
    def stock_class(self) -> str:
        """Code and name of the supply class in the stock number, or of its group where the class has no name here."""
        names = stock_classes()
        code = self.nsn[:4] if self.nsn[:4] in names else self.nsn[:2]
        return f"{code} {names[code]}" if code in names else self.nsn[:4]


class ItemDetail(Detail):
    """What one unit of an item is worth: never a bare number, always with currency and basis."""

    class Basis(models.TextChoices):
        """How the value was arrived at."""

        REPLACEMENT = "replacement", _("cost of replacing it")
        BOOK = "book", _("book value")
        PURCHASE = "purchase", _("price paid")
        LIST = "list", _("list price")
        ESTIMATE = "estimate", _("estimate")

    record = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="+")
    value_per_unit = models.DecimalField(
        _("value per unit"), max_digits=18, decimal_places=2, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, choices=[(code, code) for code in sorted(CURRENCIES)])
    basis = models.CharField(_("basis"), max_length=20, choices=Basis)
    valued_on = models.DateField(_("as of"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("value of an item")
        verbose_name_plural = _("values of items")


class ItemImage(Detail):
    """One of the pictures of an item, encoded anew when it came in (`images.cleaned`)."""

    class MediaType(models.TextChoices):
        """What a picture is sent as, found from its bytes alone."""

        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"

    unjournaled: ClassVar[tuple[str, ...]] = ("content",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Item, models.CASCADE, related_name="+", editable=False)
    content = models.BinaryField()
    media_type = models.CharField(_("format"), max_length=10, choices=MediaType, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the content.")
    caption = models.CharField(
        _("caption"), max_length=200, help_text=_("What it shows, in English; it is read to those who can’t see it.")
    )
    caption_uk = models.CharField(_("caption in Ukrainian"), max_length=200, blank=True)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
        help_text=_("Where the picture is from: an entry of the register of sources."),
    )
    position = models.PositiveSmallIntegerField(_("place in the row"), default=1, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("picture of an item")
        verbose_name_plural = _("pictures of items")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return in_language(self, "caption")

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("item_image", args=[self.pk])


class ItemName(Belonging):
    """A further name of an item: in another language, a short form, a synonym."""

    of = "item"

    class Kind(models.TextChoices):
        """What sort of name this is."""

        NAME = "name", _("name")
        SHORT = "short", _("short name")
        SYNONYM = "synonym", _("synonym")
        DESIGNATION = "designation", _("designation of the maker or a force")

    item = models.ForeignKey(Item, models.CASCADE, related_name="+", verbose_name=_("item"))
    language = models.CharField(
        _("language"),
        max_length=3,
        validators=[RegexValidator(r"^[a-z]{2,3}$", _("Write the code of a language: uk, de, fra."))],
        help_text=_("ISO 639 code: uk, de, pl."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.SYNONYM)
    name = models.CharField(_("name"), max_length=160)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = Following("item")

    class Meta:
        verbose_name = _("name of an item")
        verbose_name_plural = _("names of items")
        ordering = ("language", "kind", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("item", "language", "kind", "name"),
                name="item_name_once",
                violation_error_message=_("The item already has this name."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Package(Named):
    """A capability package: items and courses that are useful only together."""

    parts_version = models.PositiveIntegerField(default=0, editable=False, help_text="Rises when its parts change.")

    class Meta:
        verbose_name = _("capability package")
        verbose_name_plural = _("capability packages")
        ordering = ("code", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "code"),
                name="package_code_of_owner",
                violation_error_message=_(
                    "You already have a package with this code. Choose another or change that one."
                ),
            ),
        )

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("package", args=[self.pk])


class PackagePart(Belonging):
    """What one package consists of: so many units of an item, or persons of a course."""

    of = "package"

    class Kind(models.TextChoices):
        """Whether the part is an item or a course."""

        ITEM = "item", _("item")
        COURSE = "course", _("course")

    package = models.ForeignKey(Package, models.CASCADE, related_name="+", verbose_name=_("capability package"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ITEM)
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item"))
    course = models.CharField(_("course"), max_length=LONGEST_CODE, blank=True, help_text=_("Code of the course."))
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=14,
        decimal_places=6,
        validators=[MinValueValidator(SMALLEST)],
        help_text=_("Units of the item, or persons of the course, in one package."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = Following("package")

    class Meta:
        verbose_name = _("part of a package")
        verbose_name_plural = _("parts of packages")
        ordering = ("kind", "course", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("package", "item"),
                name="package_part_item_once",
                violation_error_message=_("The package already has this item. Change its quantity."),
            ),
            models.UniqueConstraint(
                fields=("package", "course"),
                condition=~models.Q(course=""),
                name="package_part_course_once",
                violation_error_message=_("The package already has this course. Change its number of persons."),
            ),
        )

    def clean(self) -> None:
        """An item for a part that is an item, a course for one that is a course."""
        if self.kind == self.Kind.ITEM and (self.item_id is None or self.course):
            raise ValidationError({"item": _("Choose the item, and leave the course empty.")})
        if self.kind == self.Kind.COURSE and (self.item_id is not None or not self.course):
            raise ValidationError({"course": _("Name the course, and leave the item empty.")})


class Substitute(Record):
    """An item that may stand in for another; not inside packages, and not from one substitute on to the next."""

    item = models.ForeignKey(
        Item, models.PROTECT, related_name="+", verbose_name=_("item"), help_text=_("The item that is needed.")
    )
    substitute = models.ForeignKey(
        Item,
        models.PROTECT,
        related_name="+",
        verbose_name=_("substitute"),
        help_text=_("The item that may stand in for it."),
    )
    units_per_unit = models.DecimalField(
        _("units per unit"),
        max_digits=12,
        decimal_places=6,
        validators=[MinValueValidator(SMALLEST)],
        help_text=_("Units of the substitute that stand for one unit of the item."),
    )
    preference = models.DecimalField(
        _("preference"),
        max_digits=7,
        decimal_places=6,
        default=Decimal(1),
        validators=[MinValueValidator(SMALLEST), MaxValueValidator(1)],
        help_text=_("Share of the worth that the substitute has: more than 0, at most 1."),
    )
    illustrative = models.BooleanField(_("illustrative"), default=False, editable=False)

    class Meta:
        verbose_name = _("substitute")
        verbose_name_plural = _("substitutes")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "item", "substitute"),
                name="substitute_of_owner",
                violation_error_message=_("You already have this substitute. Change that one."),
            ),
        )

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("substitute", args=[self.pk])

    def __str__(self) -> str:
        ends = [seen(self, end) for end in ("item", "substitute")]
        return " → ".join(str(end) if end is not None else gettext("not released to you") for end in ends)

    def clean(self) -> None:
        """An item is no substitute for itself."""
        if self.item_id is not None and self.item_id == self.substitute_id:
            raise ValidationError({"substitute": _("An item always serves for itself. Choose another item.")})
