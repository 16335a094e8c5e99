"""Which lines of a plan no longer fit beside what another plan carries, and who has the room there.

Two plans of many lines ask this of every ride of every line: so all of them are looked at together, as arrays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from oneroof.planning.columns import places_in, spans
from oneroof.planning.problem import NO_ONE, Floats, Ints
from oneroof.planning.sides import Line, Side

SLACK = 1e-9  # of a limit, by which rounding may pass it
TRACE = 1e-6  # tonnes or units that count as nothing


class Crowd(NamedTuple):
    """Room that a line has in its own plan, and others in the other plan."""

    thing: str  # "leg L1" or "node N1"
    week: int  # in the other plan
    who: list[str]  # requirements that have more of that room there, the greatest gain first


class Loads(NamedTuple):
    """What the rides of a plan take of legs and, behind them, of the nodes that they leave."""

    place: Ints  # (rides of legs and of nodes,) a leg, or the number of legs plus a node
    day: Ints
    tonnes: Floats
    requirement: Ints
    line: Ints  # index among ``Side.lines``

    @staticmethod
    def of(side: Side) -> Loads:
        """The rides of a plan, once for their legs and once for the nodes that they leave."""
        p, lines = side.problem, side.ledger.lines
        place = np.concatenate([lines.leg, len(p.legs.keys) + p.legs.origin[lines.leg]])
        of = np.tile(lines.of_move, 2)
        return Loads(place, np.tile(lines.leave, 2), lines.weight[of], lines.requirement[of], side.line_of[of])


class Sums(NamedTuple):
    """Tonnes by name; names are sorted."""

    name: Ints
    tonnes: Floats

    @staticmethod
    def of(name: Ints, tonnes: Floats) -> Sums:
        """Rows of the same name added up."""
        names, which = np.unique(name, return_inverse=True)
        return Sums(names, np.bincount(which, tonnes, len(names)).astype(np.float64))

    def at(self, name: Ints) -> Floats:
        """The sums of some names; 0 for those that are not there."""
        place = np.searchsorted(self.name, name)
        there = np.append(self.name, NO_ONE)[place] == name
        return np.where(there, np.append(self.tonnes, 0.0)[place], 0.0)


class Crowding:
    """One plan's rides against what is left beside them in another plan, of a problem that may be another one."""

    def __init__(self, had: Side, other: Side) -> None:
        self.had, self.other = had, other
        self.mine, self.theirs = Loads.of(had), Loads.of(other)
        self.weeks = 1 + max(int(x.day.max(initial=0)) // 7 for x in (self.mine, self.theirs))
        self.people = 1 + max(len(side.problem.requirements.keys) for side in (had, other))
        p, q = had.problem, other.problem
        nodes = places_in(p.nodes.keys, q.nodes.keys)
        nodes[nodes >= 0] += len(q.legs.keys)
        self.place = np.concatenate([places_in(p.legs.keys, q.legs.keys), nodes])
        self.limit = np.concatenate([q.legs.capacity, q.nodes.handling])
        self.requirement = places_in(p.requirements.keys, q.requirements.keys)
        self.before = places_in(q.requirements.keys, p.requirements.keys)
        self.by_whom = self._by_whom(self.theirs)

    def _by_whom(self, of: Loads) -> Sums:
        """Tonnes by place, week and requirement."""
        return Sums.of((of.place * self.weeks + of.day // 7) * self.people + of.requirement, of.tonnes)

    def crowds(self) -> dict[Line, list[Crowd]]:
        """For every line of the first plan that no longer fits in the other one: where, and who has the room there.

        Legs before nodes, by key and week.
        """
        if not len(self.mine.place):
            return {}
        line, *where = self._short()
        distinct, which = np.unique(np.ravel_multi_index(where, self._shape), return_inverse=True)
        places = np.unravel_index(distinct, self._shape)
        p = self.had.problem
        names = [f"leg {key}" for key in p.legs.keys] + [f"node {key}" for key in p.nodes.keys]
        columns = (places[0].tolist(), places[2].tolist(), self._gainers(*places))
        known = [Crowd(names[i], week, who) for i, week, who in zip(*columns, strict=True)]
        found: dict[Line, list[Crowd]] = defaultdict(list)
        order = np.lexsort((where[2], where[1], _rank(names)[where[0]], line))
        for k, i in zip(line[order].tolist(), which[order].tolist(), strict=True):
            if known[i].who:
                found[self.had.lines[k]].append(known[i])
        return found

    @property
    def _shape(self) -> tuple[int, int, int]:
        """Places, weeks in the first plan, weeks in the other one."""
        return len(self.place), self.weeks, self.weeks

    def _short(self) -> tuple[Ints, ...]:
        """Lines that would not fit beside what others use of a place in the other plan; its week in both plans."""
        a, shift = self.mine, (self.other.problem.start - self.had.problem.start).days
        week, there = a.day // 7, (a.day - shift) // 7
        kept = (self.place[a.place] >= 0) & (there >= 0) & (there < self.weeks)
        shape = (len(self.had.lines), *self._shape)
        name = np.ravel_multi_index([x[kept] for x in (a.line, a.place, week, there)], shape)
        need = Sums.of(name, a.tonnes[kept])
        line, place, week, there = np.unravel_index(need.name, shape)
        whose = np.zeros(len(self.had.lines), np.int64)
        whose[a.line] = self.requirement[a.requirement]
        name = self.place[place] * self.weeks + there
        used = Sums.of(self.by_whom.name // self.people, self.by_whom.tonnes).at(name)
        mine = np.where(whose[line] >= 0, self.by_whom.at(name * self.people + whose[line]), 0.0)
        most = self.limit[self.place[place]]
        short = used - mine + need.tonnes > most * (1 + SLACK) + TRACE
        return line[short], place[short], week[short], there[short]

    def _gainers(self, place: Ints, week: Ints, there: Ints) -> list[list[str]]:
        """Requirements that have more of each place in the other plan, the greatest gain first."""
        keys = self.other.problem.requirements.keys
        first = np.searchsorted(self.by_whom.name, np.arange(len(self.limit) * self.weeks + 1) * self.people)
        entries, begin = spans(first, self.place[place] * self.weeks + there)
        of, who = np.repeat(np.arange(len(place)), np.diff(begin)), self.by_whom.name[entries] % self.people
        had = self._by_whom(self.mine).at((place * self.weeks + week)[of] * self.people + self.before[who])
        gain = self.by_whom.tonnes[entries] - np.where(self.before[who] >= 0, had, 0.0)
        order = np.lexsort((_rank(keys)[who], -gain, of))
        order = order[gain[order] > TRACE]
        names, ends = [keys[i] for i in who[order].tolist()], np.searchsorted(of[order], np.arange(len(place) + 1))
        return [names[a:b] for a, b in pairwise(ends.tolist())]


def _rank(keys: Sequence[str]) -> Ints:
    """The place of each key in the sorted list."""
    rank = np.empty(len(keys), np.int64)
    rank[np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)] = np.arange(len(keys))
    return rank
