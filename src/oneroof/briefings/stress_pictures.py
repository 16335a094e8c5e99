"""The pictures of the page about futures: shares met in time as pairs of bars, and the spread of the objective."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from oneroof.briefings.pictures import NARROW, WIDE, Picture, drawing, element, fitted, number, text_width
from oneroof.briefings.words import Words

BINS = 24
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Share:
    """How often one requirement is met in time; ``hedged`` is None where there is one plan only."""

    what: str
    where: str
    plain: float
    hedged: float | None


@dataclass(frozen=True)
class Spread:
    """The objective of one plan in every future, and with nothing going wrong, as shares."""

    name: str
    values: tuple[float, ...]
    low: float  # 5 %
    mean: float
    high: float  # 95 %
    undisturbed: float


def shares(rows: list[Share], words: Words, name: str) -> Picture:
    """Pairs of bars, one pair a requirement; empty where there are none."""
    if not rows:
        return Picture()
    return Picture(_bars(rows, words, name, WIDE, 320.0), _bars(rows, words, name, NARROW, 4.0))


def _bars(rows: list[Share], words: Words, name: str, width: float, left: float) -> Markup:
    """One of the two pictures: names left of the bars, or above them."""
    beside = left > 100
    bar = 10.0 if any(row.hedged is not None for row in rows) else 16.0
    high = 32.0 + (0 if beside else 27)
    right, top = width - 44, 24.0
    bottom = top + high * len(rows)
    shapes: list[Markup] = []
    for tick in TICKS:
        x = left + (right - left) * tick
        shapes.append(element("path", d=f"M{number(x)} {number(top - 6)}V{number(bottom)}", class_="grid"))
        anchor = "start" if tick == 0 else "middle"
        shapes.append(element("text", words.percent(tick, 0), x=x, y=top - 10, class_="small soft", text_anchor=anchor))
    for i, row in enumerate(rows):
        y, room, x = top + high * i + 6, left - 12 if beside else width - 6, 2.0 if beside else left
        shapes.append(element("text", fitted(row.what, room, 11.5), x=x, y=y + 8.5, font_size=12, class_="halo"))
        shapes.append(element("text", fitted(row.where, room, 10.0), x=x, y=y + 21, class_="small soft halo"))
        y += 0 if beside else 27
        parts = [("plain", row.plain)] + ([("hedged", row.hedged)] if row.hedged is not None else [])
        for k, (kind, share) in enumerate(parts):
            where, wide = y + k * (bar + 1), max((right - left) * share, 1.0)
            shapes.append(element("rect", x=left, y=where, width=wide, height=bar, class_=f"st-{kind}"))
            told = words.percent(share, 0)
            shapes.append(element("text", told, x=left + wide + 4, y=where + bar - 1.2, class_="tiny soft"))
    return drawing(width, bottom + 4, name, shapes)


def spreads(rows: list[Spread], words: Words, name: str) -> Picture:
    """A histogram for each plan over one axis."""
    return Picture(_histograms(rows, words, name, WIDE), _histograms(rows, words, name, NARROW))


def _histograms(rows: list[Spread], words: Words, name: str, width: float) -> Markup:
    """One of the two pictures: histograms one above the other, each with its mean, its band and its plan."""
    least = min(min((*row.values, row.undisturbed)) for row in rows)
    most = max(max((*row.values, row.undisturbed)) for row in rows)
    span = max(most - least, 1e-3)
    least, most = least - 0.02 * span, most + 0.02 * span
    bins = BINS if width == WIDE else BINS // 2
    left, right, tall, gap = 8.0, width - 8, 110.0, 46.0
    counts = [_counts(row.values, least, most, bins) for row in rows]
    peak = max(max(count) for count in counts) or 1

    def at(share: float) -> float:
        return left + (right - left) * (share - least) / (most - least)

    shapes: list[Markup] = []
    bottom = 0.0
    for i, (row, count) in enumerate(zip(rows, counts, strict=True)):
        top = 26 + i * (tall + gap)
        bottom = top + tall
        kind = "plain" if i == 0 else "hedged"
        shapes.append(element("text", row.name, x=left, y=top - 8, class_="name strong"))
        wide = max(at(row.high) - at(row.low), 1.0)
        shapes.append(element("rect", x=at(row.low), y=top, width=wide, height=tall, class_="band"))
        each = (right - left) / bins
        path = "".join(
            f"M{number(left + each * b + 0.7)} {number(bottom)}v-{number(tall * n / peak)}h{number(each - 1.4)}"
            f"V{number(bottom)}z"
            for b, n in enumerate(count)
            if n
        )
        shapes.append(element("path", d=path, class_=f"st-{kind}"))
        shapes.append(element("path", d=f"M{number(left)} {number(bottom)}H{number(right)}", class_="grid"))
        for share, line in ((row.mean, "st-mean"), (row.undisturbed, "st-undisturbed")):
            shapes.append(element("path", d=f"M{number(at(share))} {number(top - 4)}V{number(bottom)}", class_=line))
        shapes += _ticks(least, most, at, bottom, width, words)
    return drawing(width, bottom + 26, name, shapes)


def _counts(values: tuple[float, ...], least: float, most: float, bins: int) -> list[int]:
    """How many values lie in each bin."""
    found = [0] * bins
    for value in values:
        found[min(int((value - least) / (most - least) * bins), bins - 1)] += 1
    return found


def _ticks(least: float, most: float, at, bottom: float, width: float, words: Words) -> list[Markup]:  # type: ignore[no-untyped-def]
    """Percentages under an axis, at a readable distance."""
    room = width / 70
    step = next((s for s in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (most - least) / s <= room), 1.0)
    shapes = []
    tick = round(least / step) * step
    while tick <= most:
        told = words.percent(tick, 1 if step < 0.01 else 0) if tick >= 0 else ""
        half = text_width(told, 11) / 2
        if told and half < at(tick) < width - half:
            shapes.append(element("text", told, x=at(tick), y=bottom + 15, class_="small soft", text_anchor="middle"))
        tick = round(tick + step, 6)
    return shapes
