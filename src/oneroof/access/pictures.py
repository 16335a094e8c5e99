"""Small pictures of the trade as rows of numbers that templates draw without inline styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

WIDTH = 1000


@dataclass(frozen=True)
class Span:
    """Something that lasts from a day to a day, both included; ``due_on`` is the day by which it is wanted."""

    word: Any
    starts_on: date
    ends_on: date
    due_on: date | None = None


def timeline(spans: Sequence[Span]) -> list[dict[str, Any]]:
    """Rows for ``<c-timeline>``: place and width of each bar in thousandths of the whole time, dates in words."""
    if not spans:
        return []
    first = min(span.starts_on for span in spans)
    last = max(max(span.ends_on, span.due_on or span.ends_on) for span in spans)
    scale = WIDTH / ((last - first).days + 1)
    return [
        {
            "word": span.word,
            "x": round((span.starts_on - first).days * scale),
            "width": max(4, round(((span.ends_on - span.starts_on).days + 1) * scale)),
            "due": round(((span.due_on - first).days + 1) * scale) - 4 if span.due_on else None,
            "late": span.due_on is not None and span.ends_on > span.due_on,
            "dates": f"{date_format(span.starts_on, 'DATE_FORMAT')} – {date_format(span.ends_on, 'DATE_FORMAT')}",
        }
        for span in spans
    ]


def stages(*figures: tuple[Any, float, str]) -> list[dict[str, Any]]:
    """Rows for ``<c-stages>`` from (word, number, number in words), as shares of the greatest in per cent."""
    most = max((number for _word, number, _told in figures), default=0) or 1
    return [{"word": word, "share": round(100 * number / most), "figure": told} for word, number, told in figures]
