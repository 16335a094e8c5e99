"""The best package of every requirement at given prices: on which day, and whose units for each of its parts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from oneroof.planning.goals import last_useful_day
from oneroof.planning.market import Market
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints, Problem
from oneroof.planning.routes import Quotes
from oneroof.planning.terrain import Terrain, first_needs


class Wanted(NamedTuple):
    """Package requirements that can still earn something, with their parts in plain arrays."""

    requirement: Ints  # (wanted,)
    points: Floats
    due: Ints
    latest: Ints
    begin: Ints  # the first and the last day that are weighed
    last: Ints
    first: Ints  # (wanted + 1,) where the parts of each begin
    is_course: Bools  # (parts,)
    what: Ints  # course, or need (see Terrain)
    quantity: Floats
    length: Ints  # (parts,) days of a course


class Best(NamedTuple):
    """What the best packages are."""

    value: Floats  # (wanted,) points less what parts and persons cost; -inf where there is none
    day: Ints  # (wanted,)
    pick: Ints  # (parts,) the pair that brings an item, the start of a course


def wanted_of(problem: Problem, terrain: Terrain) -> Wanted:
    """The package requirements of a problem."""
    q, useful = problem.requirements, last_useful_day(problem)
    mine = np.flatnonzero((q.package != NO_ONE) & (useful >= 0)).astype(np.int64)
    parts = [problem.packages.parts[q.package[r]] for r in mine]
    flat = [part for found in parts for part in found]
    need = first_needs(problem)
    places = np.array([place for found in parts for place in range(len(found))], np.int64)
    of = np.repeat(mine, [len(found) for found in parts]).astype(np.int64)
    is_course = np.array([part.is_course for part in flat], np.bool_)
    course = np.array([part.what if part.is_course else 0 for part in flat], np.int64)
    return Wanted(
        requirement=mine,
        points=q.points[mine],
        due=q.due[mine],
        latest=q.latest[mine],
        begin=np.maximum(np.minimum(q.due[mine], useful[mine]), 0),
        last=useful[mine],
        first=np.concatenate([[0], np.cumsum([len(found) for found in parts])]).astype(np.int64),
        is_course=is_course,
        what=np.where(is_course, course, need[of] + places) if len(flat) else course,
        quantity=np.array([part.quantity for part in flat], np.float64),
        length=problem.courses.days[course] * is_course if len(problem.courses.keys) else course,
    )


def best_packages(wanted: Wanted, terrain: Terrain, quotes: Quotes, market: Market) -> Best:
    """The best package of every requirement at the prices of the quotes."""
    value = np.full(len(wanted.requirement), -np.inf)
    day, pick = np.full(len(wanted.requirement), -1, np.int64), np.full(len(wanted.what), -1, np.int64)
    _best(wanted, terrain.need_first, quotes.cost, quotes.pair, market.seats, market.starts, value, day, pick)
    return Best(value, day, pick)


@njit(cache=True, nogil=True)
def _best(wanted, need_first, cost, who, seats, starts, value, day, pick):  # type: ignore[no-untyped-def]
    """Weigh every day of every requirement; the first of equally good days counts."""
    for i in range(len(wanted.requirement)):
        due, latest, begin = wanted.due[i], wanted.latest[i], wanted.begin[i]
        parts = range(wanted.first[i], wanted.first[i + 1])
        for t in range(begin, wanted.last[i] + 1):
            time = 1.0 if t <= due else (0.0 if t >= latest else (latest - t) / (latest - due))
            worth = wanted.points[i] * time
            for part in parts:
                what = wanted.what[part]
                each = seats[what, t] if wanted.is_course[part] else cost[need_first[what] + t - begin]
                worth -= wanted.quantity[part] * each
            if worth > value[i]:
                value[i], day[i] = worth, t
        if day[i] < 0:
            continue
        for part in parts:
            what = wanted.what[part]
            pick[part] = starts[what, day[i]] if wanted.is_course[part] else who[need_first[what] + day[i] - begin]
