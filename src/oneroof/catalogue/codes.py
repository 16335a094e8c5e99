"""Codes that an item carries: stock number, class of supply, classification of explosives."""

from __future__ import annotations

import csv
import functools
import re
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# A stock number as people write it: 1320-12-345-6789, 1320 12 345 6789, 1320123456789.
_SEPARATORS = re.compile(r"[\s\-‐‑–—−]")


def plain_stock_number(text: str) -> str:
    """A stock number without its hyphens and blanks; other text stays, for the check to tell."""
    return _SEPARATORS.sub("", text)


def written_stock_number(nsn: str) -> str:
    """A stock number as it is printed: 1320-12-345-6789."""
    return f"{nsn[:4]}-{nsn[4:6]}-{nsn[6:9]}-{nsn[9:]}" if len(nsn) == 13 else nsn


def check_stock_number(nsn: str) -> None:
    """Raises ValidationError where it is no NATO stock number: class 4 digits, nation 2, serial 7 (STANAG 3150, 3151).

    Supply groups run from 10 to 99, so that a class never begins with 0.
    """
    if not (len(nsn) == 13 and nsn.isascii() and nsn.isdigit()):
        raise ValidationError(
            _(
                "%(nsn)s is no NATO stock number: it has 13 digits, 4 for the class, 2 for the nation, 7 for the item. "
                "Write all of them, zeros too: 1320-12-345-6789."
            ),
            params={"nsn": nsn},
        )
    if nsn[0] == "0":
        raise ValidationError(
            _(
                "%(nsn)s is no NATO stock number: its first two digits, the supply group, run from 10 to 99. "
                "Look whether the four digits of the class stand in front."
            ),
            params={"nsn": nsn},
        )


class StockNumberField(models.CharField):
    """A NATO stock number, kept as 13 digits; hyphens are taken where it is typed."""

    default_validators = (check_stock_number,)

    def to_python(self, value: Any) -> Any:
        """The digits alone."""
        text = super().to_python(value)
        return plain_stock_number(text) if isinstance(text, str) else text

    def formfield(self, **kwargs: Any) -> Any:
        """A field of a form that has room for hyphens."""
        field = super().formfield(**kwargs)
        field.max_length, field.validators = 20, []
        field.widget.attrs["maxlength"] = "20"
        return field


@functools.cache
def stock_classes() -> dict[str, str]:
    """Names of supply groups (2 digits) and supply classes (4 digits) by code; only those that a catalogue of aid uses.

    Kept in stock_classes.csv with the source of each.
    """
    with Path(__file__).with_name("stock_classes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


# NATO Logistics Handbook (1997), annex A to chapter 1; the further classes as the US forces count them (FM 4-0).
SUPPLY_CLASSES: tuple[tuple[str, Any], ...] = (
    ("NATO I", _("NATO I: food and forage")),
    ("NATO II", _("NATO II: clothing, weapons, tools, spare parts, vehicles")),
    ("NATO III", _("NATO III: fuel, oil and lubricants")),
    ("NATO IIIa", _("NATO IIIa: aviation fuel and lubricants")),
    ("NATO IV", _("NATO IV: construction and fortification material")),
    ("NATO V", _("NATO V: ammunition and explosives")),
    ("US I", _("US I: food and water")),
    ("US II", _("US II: clothing, individual equipment, tools")),
    ("US III", _("US III: fuel, oil and lubricants")),
    ("US IV", _("US IV: construction material")),
    ("US V", _("US V: ammunition")),
    ("US VI", _("US VI: personal demand items")),
    ("US VII", _("US VII: major end items")),
    ("US VIII", _("US VIII: medical material")),
    ("US VIIIa", _("US VIIIa: medical consumables")),
    ("US VIIIb", _("US VIIIb: blood")),
    ("US IX", _("US IX: repair parts and components")),
    ("US X", _("US X: material for non-military programmes")),
)

# Classification codes of explosives: compatibility groups that each hazard division has.
# UN Recommendations on the Transport of Dangerous Goods, Model Regulations, table 2.1.2.1.2 (35 codes).
EXPLOSIVES: dict[str, str] = {
    "1.1": "ABCDEFGJL",
    "1.2": "BCDEFGHJKL",
    "1.3": "CFGHJKL",
    "1.4": "BCDEFGS",
    "1.5": "D",
    "1.6": "N",
}
DIVISIONS = tuple((division, division) for division in EXPLOSIVES)
GROUPS = tuple((group, group) for group in sorted(set("".join(EXPLOSIVES.values()))))
