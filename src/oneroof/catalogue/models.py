"""Items and what they are called."""

from __future__ import annotations

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from oneroof.access.models import Record


class Item(Record):
    """Something that can be needed, promised and delivered, counted in one unit."""

    code = models.CharField(_("code"), max_length=40, help_text=_("Short and unique for its owner: ART-155-PALLET."))
    nsn = models.CharField(
        _("stock number"),
        max_length=13,
        blank=True,
        validators=[
            RegexValidator(
                r"^\d{13}$",
                _("A NATO stock number has 13 digits: 4 class, 2 nation, 7 item."),
            )
        ],
        help_text=_("NATO stock number, 13 digits without hyphens."),
    )
    name = models.CharField(_("name"), max_length=160, help_text=_("In English."))
    name_uk = models.CharField(_("name in Ukrainian"), max_length=160, blank=True)
    unit = models.CharField(_("unit"), max_length=20, help_text=_("What one of it is called: vehicle, pallet, set."))
    tonnes_per_unit = models.DecimalField(
        _("tonnes per unit"), max_digits=12, decimal_places=6, validators=[MinValueValidator(0)]
    )
    explosives = models.BooleanField(_("explosives"), default=False)
    whole_units = models.BooleanField(_("whole units only"), default=True)
    supply_class = models.CharField(
        _("supply class"), max_length=12, blank=True, help_text=_("With its scheme: US VII, NATO V.")
    )

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

    def __str__(self) -> str:
        return self.name_uk if get_language() == "uk" and self.name_uk else self.name
