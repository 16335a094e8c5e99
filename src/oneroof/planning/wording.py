"""Names, dates and figures as the sentences of explanations use them; figures of cures are tried on the plan."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from oneroof.planning.blame import Blame, Cause
from oneroof.planning.causes import Candidate, Want
from oneroof.planning.passing import HAIR, LONG_AGO
from oneroof.planning.plan import printed
from oneroof.planning.problem import Floats, Problem
from oneroof.planning.room import Room, Stock

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
TRIES = 6  # weeks by which goods may have to be ready earlier because the last way is full, at most
FOREVER = 1 << 20  # a week behind every horizon
SLACK = 0.003  # share of a fraction that a cure may leave


class Rivals(NamedTuple):
    """What others would take: units of their wants and of sources, money, tonnes; and their heaviest unit in tonnes."""

    units: float
    source: float
    money: float
    tonnes: float
    heaviest: float


class Words:
    """Names, dates and figures of one problem and one plan, as sentences use them."""

    def __init__(self, blame: Blame, causes: Iterable[Cause]) -> None:
        self.tries = TRIES
        self.blame, self.sourcing, self.room = blame, blame.sourcing, blame.room
        self.problem: Problem = blame.problem
        self.arrays: dict[tuple[str, str], Floats] = {}
        self.rivals: dict[tuple[str, str], list[Cause]] = defaultdict(list)
        for cause in causes:
            self.rivals[self._thing(cause)].append(cause)

    # ---- names ----------------------------------------------------------------------------------------------------
    def date(self, day: int) -> str:
        """A day as people write it."""
        when = self.problem.date(int(day))
        return f"{when.day} {MONTHS[when.month - 1]} {when.year}"

    def weeks(self, weeks: tuple[int, int] | None) -> str:
        """Weeks with the date of their first day."""
        if weeks is None:
            return ""
        first, last = weeks
        span = f"in week {first}" if first == last else f"in weeks {first} to {last}"
        return f"{span} (from {self.date(7 * first)})"

    def node(self, n: int) -> str:
        """A node by name and key."""
        return named(self.problem.nodes.names[n], self.problem.nodes.keys[n])

    def item(self, i: int) -> str:
        """An item by name and key."""
        return named(self.problem.items.names[i], self.problem.items.keys[i])

    def leg(self, key: str) -> str:
        """A leg by its ends and key."""
        legs = self.problem.legs
        i = legs.keys.index(key)
        ends = " to ".join(self.problem.nodes.names[n] for n in (legs.origin[i], legs.destination[i]))
        return f"leg {key} ({ends}, {legs.modes[i]})"

    def thing(self, cause: Cause) -> str:
        """The limit of a cause by name and key."""
        p = self.problem
        if cause.what in p.nodes.keys and cause.limit in ("node", "whole_units"):
            return f"node {self.node(p.nodes.keys.index(cause.what))}"
        return self.leg(cause.what)

    def units(self, want: Want, units: float) -> str:
        """Units of what is wanted, rounded up to whole ones where it comes in whole units."""
        whole = want.item < 0 or self.sourcing.whole(want.item)
        return printed(math.ceil(units - HAIR) if whole else math.ceil(units * 1000 - HAIR) / 1000)

    def money(self, amount: float) -> str:
        """An amount rounded up."""
        return f"{math.ceil(amount - HAIR):,} {self.problem.currency}"

    def supplier(self, s: int) -> str:
        """A supplier by name and key."""
        return f"supplier {named(self.problem.suppliers.names[s], self.problem.suppliers.keys[s])}"

    # ---- figures --------------------------------------------------------------------------------------------------
    def _thing(self, cause: Cause) -> tuple[str, str]:
        """What rivals share: offers of one item, or one limit."""
        if cause.limit == "offer":
            return "offer", self.problem.items.keys[cause.want.item]
        return cause.limit, cause.what

    def rivals_of(self, cause: Cause) -> Rivals:
        """What other requirements would take of what is added, because they earn as much or more."""
        thing = self._thing(cause)
        if thing not in self.arrays:
            self.arrays[thing] = np.array([self._figures(other) for other in self.rivals[thing]])
        rows = self.arrays[thing]
        first, last = cause.weeks or (0, FOREVER)
        takes = (rows[:, 0] != cause.want.requirement) & (rows[:, 1] >= self._density(cause) * (1 - 1e-9))
        rows = rows[takes & (rows[:, 2] <= last) & (rows[:, 3] >= first)]
        units, source, money, tonnes = rows[:, 4:8].sum(axis=0).tolist()
        return Rivals(units, source, money, tonnes, float(rows[:, 8].max(initial=0.0)))

    def _figures(self, cause: Cause) -> tuple[float, ...]:
        """A cause as its rivals see it: requirement, density, weeks; units, of the source, money, tonnes, per unit."""
        first, last = cause.weeks or (0, FOREVER)
        source, price = cause.units, 0.0
        if cause.by:
            source = cause.units / cause.by[0].share
            price = 0.0 if cause.by[0].is_offer else float(self.problem.suppliers.price[cause.by[0].what])
        tonnes = cause.behind * cause.tonnes
        r = cause.want.requirement
        return r, self._density(cause), first, last, cause.units, source, source * price, tonnes, cause.tonnes

    def _density(self, cause: Cause) -> float:
        """Points per tonne for legs and nodes, per unit elsewhere."""
        gain = float(self.problem.requirements.points[cause.want.requirement])
        return gain / cause.tonnes if cause.tonnes > 0 else gain

    def can_bring(
        self, want: Want, c: Candidate, units: float, first: int, until: int, room: Room | None = None
    ) -> float:
        """Units of a want that a candidate could bring in time through what the plan leaves.

        What they use is taken from ``room`` where one is given.
        """
        stock = Stock(c.node, first, until, units / c.share, c.kind)
        tonnes, whole = float(self.problem.items.tonnes[c.item]), self.sourcing.whole(c.item)
        wanted = units / c.share
        if room is not None:
            return room.bring([stock], tonnes, whole, want.node, want.by, wanted) * c.share
        return self.room.could(stock, tonnes, whole, want.node, want.by, wanted) * c.share

    def ready_by(self, want: Want, c: Candidate, units: float) -> tuple[int, float]:
        """The last day on which units ready at a candidate's node still come in time, and how many come."""
        if c.node == want.node:
            return want.by, units
        last = int(self.sourcing.roads.last_departures(c.kind, want.node, want.by)[c.node])
        best = -1, 0.0
        for day in range(last, max(last - 7 * self.tries, -1), -7) if last != LONG_AGO else ():
            comes = self.can_bring(want, c, units, day, self.problem.days - 1)
            if comes > best[1] + HAIR:
                best = day, comes
            if comes >= units - HAIR:
                break
        return best

    def closing(self, cause: Cause, units: float) -> str:
        """What the cure achieves: all of it, or so much of it."""
        want = cause.want
        if units <= HAIR:
            return "is the first of several things that it needs"
        slack = HAIR if want.item < 0 or self.sourcing.whole(want.item) else SLACK * want.units
        if units >= want.units - max(slack, HAIR):
            return "would bring this part" if want.is_part else "would close it"
        return f"would bring {self.units_down(want, units)} of the {self.units(want, want.units)} that it lacks"

    def units_down(self, want: Want, units: float) -> str:
        """Units rounded down."""
        whole = want.item < 0 or self.sourcing.whole(want.item)
        return printed(math.floor(units + HAIR) if whole else math.floor(units * 1000 + HAIR) / 1000)


def named(name: str, key: str) -> str:
    """A name with its key."""
    return key if name in ("", key) else f"{name} ({key})"


def listed(words: list[str]) -> str:
    """Words joined as in a sentence."""
    if len(words) > 4:
        words = [*words[:3], f"{len(words) - 3} others"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
