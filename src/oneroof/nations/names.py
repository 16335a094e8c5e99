"""What nations are called: ISO 3166 for codes and official names, CLDR for Ukrainian names."""

from __future__ import annotations

from functools import cache

import pycountry
from babel import Locale

# The European Union acts as a party; ISO 3166 reserves EUU for it.
UNION = "EUU"


@cache
def short_code(code: str) -> str:
    """The two-letter code of a nation's three-letter one, ``EU`` for the European Union, empty for anything else."""
    if code == UNION:
        return "EU"
    found = pycountry.countries.get(alpha_3=code)
    return found.alpha_2 if found else ""


def is_nation(code: str) -> bool:
    """Whether ISO 3166 knows this three-letter code as a country's."""
    return code != UNION and bool(short_code(code))


def official_name(code: str) -> str:
    """The official name of a nation in English (Kingdom of Denmark), empty where ISO 3166 has no such code."""
    found = pycountry.countries.get(alpha_3=code)
    return getattr(found, "official_name", found.name) if found else ""


def short_name(code: str) -> str:
    """The usual name of a nation in English (Denmark), empty where CLDR has none."""
    return str(Locale("en").territories.get(short_code(code), ""))


def ukrainian_name(code: str) -> str:
    """The usual name of a nation in Ukrainian (Данія), empty where CLDR has none."""
    return str(Locale("uk").territories.get(short_code(code), ""))
