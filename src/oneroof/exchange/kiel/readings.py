"""What a cell of the tracker says: numbers, dates and words, read without guessing."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass

MISSING = frozenset({"", ".", "-", "–", "n/a", "na", "nan", "none", "null", "not given", "no price", "#n/a"})
SECRET = frozenset({"undisclosed", "unknown", "not disclosed", "classified", "unspecified"})

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(([,' ])\d{3})(\2\d{3})*(\.\d+)?")
_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WORDED = re.compile(
    r"\b([A-Za-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b|\b(\d{1,2})\.? ([A-Za-z]+)\.?,? (\d{4})\b"
)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


@dataclass(frozen=True)
class Reading:
    """A number, or None with the cause: ``missing``, ``undisclosed``, ``words`` or ``unclear``."""

    value: float | None
    cause: str
    text: str

    @property
    def known(self) -> float:
        """The number, 0 where there is none."""
        return self.value or 0.0


def text(cell: object) -> str:
    """A cell as one line of text; non-breaking and doubled spaces become one space."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        cell = cell.date() if cell.time() == dt.time() else cell
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, float) and math.isfinite(cell) and cell == int(cell) and abs(cell) < 1e15:
        return str(int(cell))
    return " ".join(re.sub(r"[\x00-\x1f\x7f\ufffe\uffff]", " ", str(cell)).split())


def number(cell: object) -> Reading:
    """The number that a cell holds.

    Text counts when it can be read in one way only: ``1000``, ``12.5``, ``15,000``, ``15 000``. ``1.000`` and
    ``1.000.00`` could be one or a thousand and stay unread.
    """
    shown = text(cell)
    if isinstance(cell, bool):
        return Reading(None, "words", shown)
    if isinstance(cell, (int, float)):
        return Reading(float(cell), "", shown) if math.isfinite(cell) else Reading(None, "missing", shown)
    if shown.casefold() in MISSING:
        return Reading(None, "missing", shown)
    if shown.casefold() in SECRET:
        return Reading(None, "undisclosed", shown)
    if _POINTS.fullmatch(shown):
        return Reading(None, "unclear", shown)
    if _PLAIN.fullmatch(shown) and math.isfinite(float(shown)):
        return Reading(float(shown), "", shown)
    if _GROUPED.fullmatch(shown):
        return Reading(float(re.sub("[,' ]", "", shown)), "", shown)
    return Reading(None, "unclear" if re.search(r"\d", shown) else "words", shown)


def word(cell: object) -> str:
    """A cell as text, '' where the tracker says that nothing is known."""
    shown = text(cell)
    return "" if shown.casefold() in MISSING else shown


def dates(shown: str) -> list[dt.date]:
    """Every day named in a text, in its order.

    Spellings: 2022-10-03; 10/3/2022, month first as the tracker writes; October 3, 2022; 3 October 2022.
    """
    found: list[tuple[int, dt.date]] = []
    for match in _ISO.finditer(shown):
        _add(found, match.start(), int(match[1]), int(match[2]), int(match[3]))
    for match in _SLASHED.finditer(shown):
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        first, second = int(match[1]), int(match[2])
        month, day = (first, second) if first <= 12 else (second, first)
        _add(found, match.start(), year, month, day)
    for match in _WORDED.finditer(shown):
        name, day_text, year_text = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
        _add(found, match.start(), int(year_text), _MONTHS.get(name.casefold(), 0), int(day_text))
    return [date for _, date in sorted(found)]


def _add(found: list[tuple[int, dt.date]], at: int, year: int, month: int, day: int) -> None:
    """Notes a date where there is such a day."""
    try:
        found.append((at, dt.date(year, month, day)))
    except ValueError:
        return


def date(cell: object) -> dt.date | None:
    """The day that a cell names, the last one where it names several ("between 3/4/22 and 3/11/22")."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    named = dates(text(cell))
    return named[-1] if named else None


def printed(value: float) -> str:
    """At most 6 decimals, no trailing zeros, no -0, never an exponent."""
    shown = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if shown in ("-0", "") else shown
