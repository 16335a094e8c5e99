"""Which category an item of the tracker belongs to: its unit, weight, explosives and a value where none is stated."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

LONGEST_SLUG = 48  # characters; with a prefix and a suffix a key stays below 64


@dataclass(frozen=True)
class Category:
    """A row of categories.csv; the first whose patterns match an item's name and type is its category."""

    name: str
    item_pattern: re.Pattern[str]
    type_pattern: re.Pattern[str]
    item: str  # one name for all its items; '' where each keeps its own
    unit: str
    tonnes_per_unit: float
    value: float  # EUR per unit, used where the release states none
    explosives: bool
    whole_units: bool
    supply_class: str
    source: str  # where the weight comes from


@cache
def categories() -> tuple[Category, ...]:
    """The table of the package, in its order."""
    content = resources.files(__package__).joinpath("categories.csv").read_text(encoding="utf-8")
    return tuple(
        Category(
            name=row["category"],
            item_pattern=re.compile(row["item_pattern"], re.IGNORECASE),
            type_pattern=re.compile(row["type_pattern"], re.IGNORECASE),
            item=row["item"],
            unit=row["unit"],
            tonnes_per_unit=float(row["tonnes_per_unit"]),
            value=float(row["value_eur"]),
            explosives=row["explosives"] == "yes",
            whole_units=row["whole_units"] == "yes",
            supply_class=row["supply_class"],
            source=row["source"],
        )
        for row in csv.DictReader(io.StringIO(content, newline=""))
    )


def category_of(item: str, kind: str) -> Category:
    """The category of an item's name and type; the table's last row matches everything."""
    return next(c for c in categories() if c.item_pattern.search(item) and c.type_pattern.search(kind))


def slug(name: str) -> str:
    """A key made from a name: small letters and digits, hyphens between.

    Names that are too long or have no such letters end in six signs of their SHA-256, so that no two become one.
    """
    letters = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    if key and len(key) <= LONGEST_SLUG:
        return key
    mark = hashlib.sha256(name.casefold().encode()).hexdigest()[:6]
    return f"{(key or 'item')[: LONGEST_SLUG - 7].rpartition('-')[0] or 'item'}-{mark}"
