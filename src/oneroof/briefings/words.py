"""Words, numbers and dates of the page in its language."""

from __future__ import annotations

import datetime as dt
from functools import cache, cached_property

from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from oneroof.briefings import english, ukrainian

LANGUAGES = {"en": english, "uk": ukrainian}
_LOCALES = {"en": "en_GB", "uk": "uk_UA"}


class Words:
    """The catalogue of one language (``en`` or ``uk``); raises KeyError for a language or a key that is not there."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts: dict[str, str] = LANGUAGES[language].TEXTS
        self.plurals: dict[str, dict[str, str]] = LANGUAGES[language].PLURALS
        self.units: dict[str, str] = LANGUAGES[language].UNITS
        self.locale = Locale.parse(_LOCALES[language])

    def say(self, key: str, /, **values: object) -> str:
        """A text with its values filled in."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def count(self, key: str, n: float, /, **values: object) -> str:
        """A text in the plural form that a number asks for; ``{n}`` is the number as written."""
        forms = self.plurals[key]
        form = forms[self.locale.plural_form(n)]
        return form.format(n=self.amount(n), **values)

    def amount(self, value: float) -> str:
        """A quantity: at most two decimals."""
        return format_decimal(round(value, 2) + 0.0, format="#,##0.##", locale=self.locale)

    def whole(self, value: float) -> str:
        """A number without decimals; below ten, with one where it says something."""
        pattern = "#,##0.#" if abs(value) < 10 else "#,##0"
        return format_decimal(value + 0.0, format=pattern, locale=self.locale)

    def compact(self, value: float, short: bool = False) -> str:
        """A large number in words (1.2 million), or shortened for a table (1.2M)."""
        if abs(value) < 10_000:
            return self.whole(value)
        text: str = format_compact_decimal(
            value, format_type="short" if short else "long", locale=self.locale, fraction_digits=1
        )
        return text

    def percent(self, share: float, digits: int = 1) -> str:
        """A share of one as a percentage; never rounded up to all, nor down to none."""
        pattern = {0: "0%", 1: "0.#%", 2: "0.##%"}[digits]
        if self.language == "uk":
            pattern = pattern.replace("%", "\u00a0%")
        step = 10.0 ** -(digits + 2)
        if 1 - step / 2 <= share < 1 - 1e-9:
            share = 1 - step
        if 0 < share < step / 2:
            return f"< {format_percent(step, format=pattern, locale=self.locale)}"
        return format_percent(round(share, digits + 2) + 0.0, format=pattern, locale=self.locale)

    def date(self, when: dt.date | str) -> str:
        """A date: 11 Jul 2024."""
        day = dt.date.fromisoformat(when) if isinstance(when, str) else when
        return format_date(day, "d\u00a0MMM\u00a0y", locale=self.locale)

    def month(self, when: dt.date, with_year: bool) -> str:
        """The name of a month on an axis."""
        return format_date(when, "LLL y" if with_year else "LLL", locale=self.locale)

    def listed(self, things: list[str]) -> str:
        """Things with commas and an and."""
        if len(things) < 2:
            return "".join(things)
        return self.say("and", first=", ".join(things[:-1]), last=things[-1])

    def nation(self, code: str, name: str) -> str:
        """A nation in this language, by its alpha-3 code; the name given where the language is its own or unknown."""
        if self.language == "en":
            return name
        two = "EU" if code == "EUU" else _alpha_two().get(code, "")
        found = self.locale.territories.get(two)
        return str(found) if found else name

    def unit(self, unit: str) -> str:
        """A unit in this language where it is known, else as the table has it."""
        return self.units.get(unit.casefold(), unit)

    def weeks(self, first: int, last: int) -> str:
        """A stretch of weeks, by their numbers."""
        if first == last:
            return self.say("in_week", week=first)
        return self.say("in_weeks", first=first, last=last)

    @cached_property
    def keys(self) -> set[str]:
        """Every key of the catalogue."""
        return set(self.texts) | set(self.plurals)


@cache
def _alpha_two() -> dict[str, str]:
    """Alpha-3 codes and the alpha-2 codes that CLDR names territories by."""
    aliases: dict[str, list[str]] = get_global("territory_aliases")
    return {three: two[0] for three, two in aliases.items() if len(three) == 3 and len(two) == 1}
