"""Units in which items are counted, as a reader calls them; what is kept and exchanged stays as it was written."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

UNITS: dict[str, Any] = {
    "aircraft": pgettext_lazy("unit", "aircraft"),
    "barrel": pgettext_lazy("unit", "barrel"),
    "battery": pgettext_lazy("unit", "battery"),
    "boat": pgettext_lazy("unit", "boat"),
    "box": pgettext_lazy("unit", "box"),
    "container": pgettext_lazy("unit", "container"),
    "crate": pgettext_lazy("unit", "crate"),
    "each": pgettext_lazy("unit", "each"),
    "engine": pgettext_lazy("unit", "engine"),
    "kilogram": pgettext_lazy("unit", "kilogram"),
    "kit": pgettext_lazy("unit", "kit"),
    "litre": pgettext_lazy("unit", "litre"),
    "metre": pgettext_lazy("unit", "metre"),
    "missile": pgettext_lazy("unit", "missile"),
    "module": pgettext_lazy("unit", "module"),
    "pair": pgettext_lazy("unit", "pair"),
    "pallet": pgettext_lazy("unit", "pallet"),
    "piece": pgettext_lazy("unit", "piece"),
    "rack": pgettext_lazy("unit", "rack"),
    "round": pgettext_lazy("unit", "round"),
    "set": pgettext_lazy("unit", "set"),
    "system": pgettext_lazy("unit", "system"),
    "tent": pgettext_lazy("unit", "tent"),
    "tonne": pgettext_lazy("unit", "tonne"),
    "trailer": pgettext_lazy("unit", "trailer"),
    "unit": pgettext_lazy("unit", "unit"),
    "vehicle": pgettext_lazy("unit", "vehicle"),
    "vessel": pgettext_lazy("unit", "vessel"),
}


def unit_word(unit: str) -> str:
    """A unit in the reader's language where it is known, else as it stands; in English it always stands as it is."""
    known = unit.strip().casefold()
    word = str(UNITS.get(known, known))
    return unit if word == known else word
