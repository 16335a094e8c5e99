"""Every limit of a problem as a row of the master program: where it stands, how much it allows, what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from oneroof.planning.problem import Floats, Ints, Problem


class Limit(NamedTuple):
    """One limit: its kind, the key of the thing, and the week (-1 where there is none)."""

    kind: str
    key: str
    week: int


@dataclass(frozen=True)
class Limits:
    """Rows in blocks, in the order of the fields; ``amount`` is inf where the problem sets no limit.

    Supplier, trainee, leg and node rows are by week (thing * weeks + week); course rows by start, in the order of
    ``start_course`` and ``start_day``.
    """

    weeks: int
    offer: int  # first row of each block
    requirement: int
    fund: int
    supplier: int
    course: int
    trainees: int
    leg: int
    node: int
    pin: int
    kept: int  # units of pins that earn a reward in the relaxation
    end: int
    amount: Floats  # (rows,)
    start_course: Ints  # (starts,) index of the course
    start_day: Ints  # (starts,)
    course_first: Ints  # (courses + 1,) first start of each course

    def leg_weeks(self, values: Floats, legs: int) -> Floats:
        """The part of a row vector that belongs to legs, as (legs, weeks)."""
        return values[self.leg : self.node].reshape(legs, self.weeks)

    def node_weeks(self, values: Floats, nodes: int) -> Floats:
        """The part of a row vector that belongs to nodes, as (nodes, weeks)."""
        return values[self.node : self.pin].reshape(nodes, self.weeks)


def limits_of(problem: Problem) -> Limits:
    """The limits of a problem."""
    p, weeks = problem, problem.weeks
    course_first = np.cumsum([0] + [len(s) for s in p.courses.starts])
    start_course = np.repeat(np.arange(len(p.courses.keys)), np.diff(course_first)).astype(np.int64)
    start_day = np.concatenate([*p.courses.starts, np.zeros(0, np.int64)]).astype(np.int64)
    blocks = [
        p.offers.quantity,
        p.requirements.quantity,
        p.funds.amount,
        np.repeat(p.suppliers.per_week, weeks),
        p.courses.seats[start_course] if len(start_course) else np.zeros(0),
        np.full(weeks, p.trainees),
        np.repeat(p.legs.capacity, weeks),
        np.repeat(p.nodes.handling, weeks),
        np.full(len(p.pins.quantity), np.inf),  # a floor, not a limit: see Pins
        p.pins.quantity,
    ]
    names = ("offer", "requirement", "fund", "supplier", "course", "trainees", "leg", "node", "pin", "kept", "end")
    first = dict(zip(names, np.cumsum([0] + [len(b) for b in blocks]).tolist(), strict=True))
    return Limits(
        weeks=weeks,
        amount=np.concatenate(blocks),
        start_course=start_course,
        start_day=start_day,
        course_first=course_first,
        **first,
    )


def name_of(problem: Problem, limits: Limits, row: int) -> Limit:
    """What a row is."""
    p, weeks = problem, limits.weeks
    if row < limits.requirement:
        return Limit("offer", p.offers.keys[row], -1)
    if row < limits.fund:
        return Limit("requirement", p.requirements.keys[row - limits.requirement], -1)
    if row < limits.supplier:
        return Limit("fund", p.funds.keys[row - limits.fund], -1)
    if row < limits.course:
        thing, week = divmod(row - limits.supplier, weeks)
        return Limit("supplier", p.suppliers.keys[thing], week)
    if row < limits.trainees:
        start = row - limits.course
        return Limit("course", p.courses.keys[limits.start_course[start]], int(limits.start_day[start]) // 7)
    if row < limits.leg:
        return Limit("trainees", "", row - limits.trainees)
    if row < limits.node:
        thing, week = divmod(row - limits.leg, weeks)
        return Limit("leg", p.legs.keys[thing], week)
    if row < limits.pin:
        thing, week = divmod(row - limits.node, weeks)
        return Limit("node", p.nodes.keys[thing], week)
    if row < limits.kept:
        return Limit("pin", str(row - limits.pin), -1)
    return Limit("kept", str(row - limits.kept), -1)
