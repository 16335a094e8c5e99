"""What every picture is made of: elements of SVG, text that fits, a calendar axis.

Colours are classes (see ``briefing.css``), so that one picture serves light, dark and print.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from markupsafe import Markup, escape

from oneroof.briefings.words import Words

WIDE, NARROW = 880, 360  # units across; the page shows one or the other by the width of the screen
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Picture:
    """One picture drawn for wide and for narrow screens; empty where there is nothing to draw."""

    wide: Markup = field(default_factory=Markup)
    narrow: Markup = field(default_factory=Markup)

    def __bool__(self) -> bool:
        """Whether there is something to see."""
        return bool(self.wide)


def number(value: float) -> str:
    """A coordinate: one decimal, no trailing zero."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def path(points: Iterable[Iterable[float]], closed: bool) -> str:
    """A line as path data: whole tenths, each point relative to the one before, which keeps the page small."""
    told, before_x, before_y = [], 0, 0
    for point_x, point_y in points:
        x, y = round(10 * point_x), round(10 * point_y)
        if not told:
            told.append(f"M{_tenths(x)} {_tenths(y)}l")
        elif x != before_x or y != before_y:
            told.append(f"{_tenths(x - before_x)} {_tenths(y - before_y)} ")
        before_x, before_y = x, y
    text = "".join(told).replace(" -", "-").rstrip("l ")
    return text + "z" if closed and text else text


@cache
def _tenths(value: int) -> str:
    """Tenths as a decimal number with nothing that could be left out."""
    whole, tenth = divmod(abs(value), 10)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole or ''}.{tenth}" if tenth else f"{sign}{whole}"


def element(name: str, *inside: str | Markup, **attributes: str | float) -> Markup:
    """An element; text and attributes are escaped, ``_`` in a name becomes ``-``, numbers are coordinates."""
    pairs = "".join(
        f' {key.strip("_").replace("_", "-")}="{escape(value if isinstance(value, str) else number(value))}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name}{pairs}>{Markup('').join(inside)}</{name}>") if inside else Markup(f"<{name}{pairs}/>")


def drawing(width: float, height: float, name: str, shapes: Iterable[Markup]) -> Markup:
    """A whole picture with a name for those who can't see it."""
    box = f"0 0 {number(width)} {number(height)}"
    return element("svg", *shapes, viewBox=box, role="img", aria_label=name, class_="picture")


def text_width(text: str, size: float) -> float:
    """About how wide a text is drawn in the system's sans serif."""
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.66 if c.isupper() else 0.54 for c in text)
    return wide * size


def fitted(text: str, room: float, size: float) -> str:
    """The text, cut with an ellipsis where it is wider than the room."""
    text = " ".join(_UNPRINTABLE.sub("", text).split())
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip(" ,.·") + "…"


def lines(text: str, room: float, size: float) -> list[str]:
    """The text on one line, or broken between words into two; the second is cut where it is too long."""
    first, rest = "", " ".join(_UNPRINTABLE.sub("", text).split()).split(" ")
    while rest and text_width(f"{first} {rest[0]}", size) <= room:
        first = f"{first} {rest.pop(0)}".strip()
    if not first:
        return [fitted(text, room, size)]
    return [first, fitted(" ".join(rest), room, size)] if rest else [first]


def months(start: dt.date, days: int, room: float, words: Words) -> list[tuple[int, str]]:
    """Ticks of a calendar axis: first days of months at a readable distance, the year where it begins."""
    last = start + dt.timedelta(days=days)
    firsts = []
    year, month = start.year, start.month
    while dt.date(year, month, 1) <= last:
        firsts.append(dt.date(year, month, 1))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    fitting = max(2, int(room // 52))
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60) if len(firsts) / s <= fitting), 120)
    chosen = [f for f in firsts if (f.month - 1 + 12 * f.year) % step == 0]
    ticks, told = [], None
    for first in chosen:
        if (day := (first - start).days) < 0:
            continue
        ticks.append((day, words.month(first, with_year=first.year != told)))
        told = first.year
    return ticks


def axis(start: dt.date, days: int, left: float, right: float, top: float, bottom: float, words: Words) -> list[Markup]:
    """Vertical lines and names of months between ``left`` and ``right``; names stand above ``top``."""
    shapes = []
    for day, name in months(start, days, right - left, words):
        x = left + (right - left) * day / days
        if x > right - 0.6 * text_width(name, 11):
            continue
        shapes.append(element("path", d=f"M{number(x)} {number(top - 4)}V{number(bottom)}", class_="grid"))
        shapes.append(element("text", name, x=x + 3, y=top - 8, class_="small soft"))
    return shapes
