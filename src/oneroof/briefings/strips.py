"""The picture of loads: for each of the tightest legs and nodes, how full it is week by week."""

from __future__ import annotations

from markupsafe import Markup

from oneroof.briefings.figures import FULL, Load
from oneroof.briefings.names import Names
from oneroof.briefings.pictures import NARROW, WIDE, Picture, axis, drawing, element, fitted, lines, number
from oneroof.briefings.words import Words
from oneroof.planning.problem import Problem

MOST = 12
SHADES = (0.0, 0.25, 0.5, 0.75, FULL)  # a share above the last is full


def strips(problem: Problem, tightest: list[Load], words: Words, name: str) -> Picture:
    """The picture of the loads given; empty where there are none."""
    if not tightest:
        return Picture()
    wide = _drawn(problem, tightest, words, name, WIDE, 250.0, 36.0)
    return Picture(wide, _drawn(problem, tightest, words, name, NARROW, 4.0, 42.0))


def _drawn(
    problem: Problem, tightest: list[Load], words: Words, name: str, width: float, left: float, row: float
) -> Markup:
    """One of the two pictures: names left of the strips, or above them where ``left`` leaves no room."""
    names = Names(problem, words)
    right = width - 6
    beside = left > 100
    top = 26.0
    shapes: list[Markup] = axis(problem.start, problem.days, left, right, top, top + row * len(tightest), words)
    for i, load in enumerate(tightest):
        y = top + row * i
        text = words.say("load_row", name=names.load(load), full=words.count("weeks_full", len(load.full)))
        if beside:
            told = lines(names.load(load), left - 12, 12)
            first = y + 22 - 7.5 * (len(told) - 1)
            shapes += [element("text", part, x=2.0, y=first + 15 * j, font_size=12) for j, part in enumerate(told)]
        else:
            shapes.append(element("text", fitted(text, width - 8, 12), x=4.0, y=y + 15, font_size=12))
        strip_top = y + (10 if beside else 20)
        shapes += _strip(load, left, right, strip_top, 16.0)
    return drawing(width, top + row * len(tightest) + 6, name, shapes)


def _strip(load: Load, left: float, right: float, top: float, height: float) -> list[Markup]:
    """One cell a week, shaded by share; full weeks are taller and of another colour."""
    cell = (right - left) / len(load.shares)
    paths: dict[int, str] = {}
    for week, share in enumerate(load.shares):
        shade = sum(share >= least for least in SHADES[1:]) + 1 if share > 0 else 0
        x, w = left + cell * week, max(cell - (0.8 if cell > 3 else 0.0), 0.8)
        tall = 2.0 if shade == len(SHADES) else 0.0
        y, h = top - tall, height + 2 * tall
        paths[shade] = paths.get(shade, "") + f"M{number(x)} {number(y)}h{number(w)}v{number(h)}h-{number(w)}z"
    return [element("path", d=path, class_=f"shade-{shade}") for shade, path in sorted(paths.items())]


def runs(weeks: list[int]) -> list[tuple[int, int]]:
    """Weeks as stretches: 3, 4, 5, 9 -> (3, 5), (9, 9)."""
    found: list[tuple[int, int]] = []
    for week in weeks:
        if found and found[-1][1] == week - 1:
            found[-1] = (found[-1][0], week)
        else:
            found.append((week, week))
    return found
