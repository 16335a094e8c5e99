"""The timeline: goods and courses of one requirement on one row, with a mark for the day they are due."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from oneroof.briefings.figures import Bar, Lane, Story
from oneroof.briefings.names import Names
from oneroof.briefings.pictures import NARROW, WIDE, Picture, axis, drawing, element, fitted, lines, number, text_width
from oneroof.briefings.words import Words
from oneroof.planning.problem import NO_ONE, Problem

MOST, MOST_PACKAGES = 920.0, 580.0  # units of height in all, and of packages: what a page of A4 holds
LANE = 15.0  # units of height of one item or course


@dataclass(frozen=True)
class _Sheet:
    """Where things stand in the drawing."""

    width: float
    left: float
    right: float
    aside: bool  # whether names stand left of the rows, or above them
    days: int

    def x(self, day: float) -> float:
        """Where a day lies."""
        return self.left + (self.right - self.left) * min(max(day, 0), self.days) / self.days


def chosen(problem: Problem, stories: list[Story]) -> list[Story]:
    """The stories that a printed page has room for, packages first, then in the order of their due dates."""
    kept, filled = [], 0.0
    for story in stories:
        package = problem.requirements.package[story.outcome.index] != NO_ONE
        height = max(46.0, 10 + LANE * (len(story.lanes) + package))
        if filled + height > (MOST_PACKAGES if package else MOST) and kept:
            if package:
                continue
            break
        kept.append(story)
        filled += height
    return sorted(kept, key=lambda s: (s.due, s.outcome.key))


def timeline(problem: Problem, stories: list[Story], words: Words, name: str) -> Picture:
    """The picture of the stories given; empty where there are none."""
    if not stories:
        return Picture()
    wide = _Sheet(WIDE, 236, WIDE - 8, True, problem.days)
    narrow = _Sheet(NARROW, 4, NARROW - 4, False, problem.days)
    return Picture(*(_drawn(problem, stories, words, name, sheet) for sheet in (wide, narrow)))


def _drawn(problem: Problem, stories: list[Story], words: Words, name: str, sheet: _Sheet) -> Markup:
    """One of the two pictures."""
    top = 24.0
    rows: list[Markup] = []
    for i, story in enumerate(stories):
        shapes, height = _row(problem, story, words, sheet, top)
        if i % 2:
            rows.append(element("rect", y=top, width=sheet.width, height=height, class_="band"))
        rows += shapes
        top += height
    grid = axis(problem.start, problem.days, sheet.left, sheet.right, 24, top, words)
    return drawing(sheet.width, top + 4, name, [*_behind(rows), *grid, *_before(rows)])


def _behind(rows: list[Markup]) -> list[Markup]:
    """Bands lie under the grid."""
    return [shape for shape in rows if 'class="band"' in shape]


def _before(rows: list[Markup]) -> list[Markup]:
    """All the rest lies over it."""
    return [shape for shape in rows if 'class="band"' not in shape]


def _row(problem: Problem, story: Story, words: Words, sheet: _Sheet, top: float) -> tuple[list[Markup], float]:
    """One requirement: its name, a lane for each item and course, the due mark, the days on which units count."""
    names = Names(problem, words)
    outcome = story.outcome
    package = problem.requirements.package[outcome.index] != NO_ONE
    in_time, of = words.amount(outcome.in_time), words.amount(outcome.quantity)
    told = words.say("tl_result", key=outcome.key, in_time=in_time, of=of)
    tall = LANE * (len(story.lanes) + (package and bool(story.counted)))
    if sheet.aside:
        x, room = 2.0, sheet.left - 14
        name = lines(names.wanted(outcome.index), room, 13)
        height = max(22.0 + 16 * len(name), 10 + tall)
        lanes_top = top + (height - tall) / 2
    else:
        x, room = 4.0, sheet.width - 8
        name = lines(names.wanted(outcome.index), room, 13)
        height, lanes_top = 24 + 16 * len(name) + tall, top + 18 + 16 * len(name)
    state = "met" if outcome.met else "unmet"
    shapes = [
        *(element("text", line, x=x, y=top + 15 + 16 * i, class_="name strong") for i, line in enumerate(name)),
        element("text", fitted(told, room, 11), x=x, y=top + 14 + 16 * len(name), class_=f"small {state}"),
    ]
    if 0 <= story.due <= problem.days:
        due = f"M{number(sheet.x(story.due))} {number(lanes_top - 3)}v{number(tall + 5)}"
        shapes.append(element("path", d=due, class_="due"))
    for i, lane in enumerate(story.lanes):
        label = names.lane(lane) if package or len(story.lanes) > 1 else ""
        shapes += _lane(lane, label, sheet, lanes_top + LANE * i)
    if package and story.counted:
        shapes += _usable(problem, story, words, sheet, lanes_top + LANE * len(story.lanes))
    return shapes, height


def _lane(lane: Lane, label: str, sheet: _Sheet, top: float) -> list[Markup]:
    """The bars of one item or course, and its name beside the last of them."""
    middle = top + LANE / 2
    shapes = [shape for bar in lane.bars for shape in _bar(bar, sheet, middle)]
    first = min(sheet.x(bar.first) for bar in lane.bars)
    last = max(sheet.x(bar.last) for bar in lane.bars)
    if label:
        after, before = sheet.right - last - 12, first - sheet.left - 8
        if after >= min(110, text_width(label, 10.5)) or after >= before:
            text = fitted(label, after, 10.5)
            shapes.append(element("text", text, x=last + 9, y=middle + 3.6, class_="tiny soft halo"))
        else:
            text = fitted(label, before, 10.5)
            end = {"text_anchor": "end"}
            shapes.append(element("text", text, x=first - 5, y=middle + 3.6, class_="tiny soft halo", **end))
    return shapes


def _bar(bar: Bar, sheet: _Sheet, middle: float) -> list[Markup]:
    """A bar from departure to arrival with a dot where it ends; what takes no time is the dot alone."""
    a, b = sheet.x(bar.first), sheet.x(bar.last)
    shapes = []
    if b > a:
        tall = {"goods": 5.0, "course": 8.0, "purchase": 3.0}[bar.kind]
        shapes.append(
            element("rect", x=a, y=middle - tall / 2, width=b - a, height=tall, rx="1.5", class_=f"bar-{bar.kind}")
        )
    if bar.kind != "purchase":
        shapes.append(element("circle", cx=b, cy=middle, r=3.6, class_=f"end-{bar.kind}"))
    return shapes


def _usable(problem: Problem, story: Story, words: Words, sheet: _Sheet, top: float) -> list[Markup]:
    """A diamond on every day on which packages become usable, and the last of them in words."""
    middle = top + LANE / 2
    shapes = []
    for day, _ in story.counted:
        shapes.append(element("path", d=f"M{number(sheet.x(day))} {number(middle)}m0-6l5 6-5 6-5-6z", class_="usable"))
    last = story.counted[-1][0]
    units = words.amount(sum(quantity for _, quantity in story.counted))
    text = words.say("tl_usable", n=units, date=words.date(problem.date(last)))
    x, place = sheet.x(last) + 9, {}
    if x + text_width(text, 10.5) > sheet.right:
        x, place = sheet.x(story.counted[0][0]) - 9, {"text_anchor": "end"}
    return [*shapes, element("text", text, x=x, y=middle + 3.6, class_="tiny strong halo", **place)]
