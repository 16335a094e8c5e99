"""The numbers that the briefing shows: pure functions over a problem and its plan."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from oneroof.planning.plan import Plan
from oneroof.planning.problem import CONSENTS, NO_ONE, Problem

FULL = 0.95  # of a week's limit: from here on a leg or node counts as full, since whole units leave a rest
SERVED = 1e-6  # units below which a requirement counts as served


@dataclass(frozen=True)
class Outcome:
    """What the plan does for one requirement; quantities in its units, ``possible`` and ``points`` in points."""

    key: str
    index: int
    quantity: float
    in_time: float
    late: float
    missing: float
    points: float
    possible: float
    due: dt.date
    priority: int
    limit: str  # '' where the requirement is met in time
    explanation: str
    cure: str
    shares: tuple[dict[str, Any], ...]  # of the price, largest first (explanations.json)

    @property
    def met(self) -> bool:
        """Whether all units arrive by the due date."""
        return not self.limit and self.in_time >= self.quantity - SERVED

    @property
    def lost(self) -> float:
        """Points that lateness and missing units cost."""
        return max(0.0, self.possible - self.points)


def outcomes(problem: Problem, plan: Plan) -> list[Outcome]:
    """Every requirement, the most points lost first, then by key."""
    wanted = problem.requirements
    points: dict[str, float] = defaultdict(float)
    for row in plan.tables["served"]:
        points[row["requirement"]] += float(row["points"])
    gaps = {row["requirement"]: row for row in plan.tables["gaps"]}
    shares = {told["requirement"]: told.get("shares") or [] for told in plan.explanations}
    found = []
    for i, key in enumerate(wanted.keys):
        gap = gaps.get(key, {})
        quantity = float(wanted.quantity[i])
        found.append(
            Outcome(
                key=key,
                index=i,
                quantity=quantity,
                in_time=float(gap.get("in_time", quantity)),
                late=float(gap.get("late", 0)),
                missing=float(gap.get("missing", 0)),
                points=points[key],
                possible=quantity * float(wanted.points[i]),
                due=problem.date(int(wanted.due[i])),
                priority=int(wanted.priority[i]),
                limit=gap.get("limit", ""),
                explanation=gap.get("explanation", ""),
                cure=gap.get("cure", ""),
                shares=tuple(shares.get(key, [])),
            )
        )
    return sorted(found, key=lambda o: (-round(o.lost, 6), o.key))


@dataclass(frozen=True)
class Priority:
    """The requirements of one priority by how they end, and their points."""

    priority: int
    met: int
    partly: int  # some units in time or late
    none: int
    points: float
    possible: float

    @property
    def count(self) -> int:
        """All requirements of the priority."""
        return self.met + self.partly + self.none


def priorities(all_outcomes: list[Outcome]) -> list[Priority]:
    """The priorities that occur, 1 first."""
    found = []
    for priority in sorted({o.priority for o in all_outcomes}):
        mine = [o for o in all_outcomes if o.priority == priority]
        met = sum(o.met for o in mine)
        none = sum(not o.met and o.in_time + o.late <= SERVED for o in mine)
        points, possible = sum(o.points for o in mine), sum(o.possible for o in mine)
        found.append(Priority(priority, met, len(mine) - met - none, none, points, possible))
    return found


@dataclass(frozen=True)
class Donor:
    """What a donor promised and what the plan uses of it; values in the problem's currency."""

    nation: str
    promised: float  # usable goods by value, and funds
    waiting: float  # goods below the least stage, or without consent yet
    planned: float  # goods delivered by value, and money spent
    tonnes: float
    points: float
    requirements: int  # how many it serves


def donors(problem: Problem, plan: Plan) -> list[Donor]:
    """Donors of offers and funds, the most points first."""
    items, offers, funds = problem.items, problem.offers, problem.funds
    promised: dict[str, float] = defaultdict(float)
    waiting: dict[str, float] = defaultdict(float)
    planned: dict[str, float] = defaultdict(float)
    tonnes: dict[str, float] = defaultdict(float)
    serves: dict[str, set[str]] = defaultdict(set)
    for o, donor in enumerate(offers.donors):
        held = offers.stage[o] < problem.min_stage or offers.consent[o] == CONSENTS.index("pending")
        (waiting if held else promised)[donor] += float(offers.quantity[o] * items.value[offers.item[o]])
    for donor, amount in zip(funds.donors, funds.amount, strict=True):
        promised[donor] += float(amount)
    giver = _givers(problem, plan)
    value = dict(zip(items.keys, items.value.tolist(), strict=True))
    for row in plan.tables["deliveries"]:
        donor = giver[row["source_kind"], row["source"]]
        tonnes[donor] += float(row["tonnes"])
        serves[donor].add(row["requirement"])
        if row["source_kind"] == "offer":
            planned[donor] += float(row["quantity"]) * value[row["item"]]
    for row in plan.tables["purchases"]:
        planned[giver["purchase", row["purchase"]]] += float(row["cost"])
    points = _points_by_donor(problem, plan, giver)
    names = sorted(set(offers.donors) | set(funds.donors), key=lambda n: (-round(points[n], 6), n))
    return [Donor(n, promised[n], waiting[n], planned[n], tonnes[n], points[n], len(serves[n])) for n in names]


def _givers(problem: Problem, plan: Plan) -> dict[tuple[str, str], str]:
    """The donor behind every source of a delivery."""
    funds = dict(zip(problem.funds.keys, problem.funds.donors, strict=True))
    giver = {("offer", k): d for k, d in zip(problem.offers.keys, problem.offers.donors, strict=True)}
    giver.update({("purchase", row["purchase"]): funds[row["fund"]] for row in plan.tables["purchases"]})
    return giver


def _points_by_donor(problem: Problem, plan: Plan, giver: dict[tuple[str, str], str]) -> dict[str, float]:
    """Each requirement's points, split over its deliveries by the value delivered."""
    value = dict(zip(problem.items.keys, problem.items.value.tolist(), strict=True))
    points: dict[str, float] = defaultdict(float)
    for row in plan.tables["served"]:
        points[row["requirement"]] += float(row["points"])
    weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in plan.tables["deliveries"]:
        weight = float(row["quantity"]) * (value[row["item"]] or 1e-9)
        weights[row["requirement"]][giver[row["source_kind"], row["source"]]] += weight
    found: dict[str, float] = defaultdict(float)
    for requirement, shares in sorted(weights.items()):
        total = sum(shares.values())
        for donor, weight in sorted(shares.items()):
            found[donor] += points[requirement] * weight / total
    return found


@dataclass(frozen=True)
class Load:
    """How full a leg or a node is, week by week."""

    kind: str  # leg or node
    key: str
    index: int
    shares: tuple[float, ...]  # tonnes departing over the limit, one a week
    tonnes: float
    limit: float  # tonnes a week
    worth: float  # points that its limit charges over all weeks: sum of price times limit

    @property
    def full(self) -> list[int]:
        """The weeks in which it is full."""
        return [w for w, share in enumerate(self.shares) if share >= FULL]


Weekly = tuple[np.ndarray, np.ndarray]


def weekly_tonnes(problem: Problem, plan: Plan) -> Weekly:
    """Tonnes departing by week: (legs, weeks) and (nodes, weeks)."""
    legs, rows = problem.legs, plan.tables["movements"]
    index = {key: i for i, key in enumerate(legs.keys)}
    by_leg = np.zeros((len(legs.keys), problem.weeks))
    which = np.array([index[row["leg"]] for row in rows], np.int64)
    week = np.array([problem.day(row["depart_on"]) // 7 for row in rows], np.int64)
    np.add.at(by_leg, (which, week), np.array([float(row["tonnes"]) for row in rows], np.float64))
    by_node = np.zeros((len(problem.nodes.keys), problem.weeks))
    np.add.at(by_node, legs.origin, by_leg)
    return by_leg, by_node


def loads(problem: Problem, plan: Plan, weekly: Weekly | None = None) -> list[Load]:
    """Legs and nodes with a limit that carry something, the tightest first: those full in some week, by worth.

    ``weekly`` is from ``weekly_tonnes``, where it is known already.
    """
    by_leg, by_node = weekly_tonnes(problem, plan) if weekly is None else weekly
    worth: dict[tuple[str, str], float] = defaultdict(float)
    for row in plan.tables["prices"]:
        if row["price"] and row["limit"]:
            worth[row["kind"], row["key"]] += float(row["price"]) * float(row["limit"])
    found = []
    for kind, keys, used, limits in (
        ("leg", problem.legs.keys, by_leg, problem.legs.capacity),
        ("node", problem.nodes.keys, by_node, problem.nodes.handling),
    ):
        for i, key in enumerate(keys):
            limit = float(limits[i])
            if np.isfinite(limit) and limit > 0 and used[i].any():
                shares = tuple((used[i] / limit).tolist())
                found.append(Load(kind, key, i, shares, float(used[i].sum()), limit, worth[kind, key]))
    return sorted(found, key=lambda x: (not x.full, -round(x.worth, 6), -len(x.full), -max(x.shares), x.kind, x.key))


@dataclass(frozen=True)
class Bar:
    """A stretch of days on the timeline: goods from ``depart_on``, a course, an order until it is ready."""

    kind: str  # goods, course or purchase
    first: int
    last: int
    quantity: float
    key: str  # delivery, course or purchase


@dataclass(frozen=True)
class Lane:
    """The bars of one item or one course of a requirement."""

    kind: str  # item or course
    key: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Story:
    """One requirement on the timeline: its goods and courses, when it is due, and when units count."""

    outcome: Outcome
    lanes: tuple[Lane, ...]
    due: int
    counted: tuple[tuple[int, float], ...]  # (day, units)


def stories(problem: Problem, plan: Plan, all_outcomes: list[Outcome]) -> list[Story]:
    """Requirements that something is planned for: packages first, then by points, then by key."""
    lanes = _lanes(problem, plan)
    counted: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in plan.tables["served"]:
        counted[row["requirement"]].append((problem.day(row["served_on"]), float(row["quantity"])))
    found = [
        Story(
            o,
            tuple(Lane(*k, tuple(sorted(lanes[o.key][k], key=lambda b: (b.first, b.last, b.key)))) for k in order),
            int(problem.requirements.due[o.index]),
            tuple(sorted(counted[o.key])),
        )
        for o in all_outcomes
        if (order := sorted(lanes[o.key], key=lambda k: (k[0] == "course", k[1])))
    ]
    packages = problem.requirements.package
    return sorted(
        found,
        key=lambda s: (packages[s.outcome.index] == NO_ONE, -round(s.outcome.possible, 6), s.outcome.key),
    )


def _lanes(problem: Problem, plan: Plan) -> dict[str, dict[tuple[str, str], list[Bar]]]:
    """Bars by requirement and item or course."""
    lanes: dict[str, dict[tuple[str, str], list[Bar]]] = defaultdict(lambda: defaultdict(list))
    bought = {row["purchase"]: row for row in plan.tables["purchases"]}
    for row in plan.tables["deliveries"]:
        lane = lanes[row["requirement"]]["item", row["item"]]
        first, last = problem.day(row["depart_on"]), problem.day(row["arrive_on"])
        if row["source_kind"] == "purchase" and row["source"] in bought:
            order = bought[row["source"]]
            ordered, ready = problem.day(order["order_on"]), problem.day(order["ready_on"])
            if not any(bar.key == row["source"] for bar in lane):
                lane.append(Bar("purchase", ordered, ready, float(order["quantity"]), row["source"]))
        lane.append(Bar("goods", first, last, float(row["quantity"]), row["delivery"]))
    for row in plan.tables["cohorts"]:
        first, last = problem.day(row["start_on"]), problem.day(row["ready_on"])
        bar = Bar("course", first, last, float(row["persons"]), row["course"])
        lanes[row["requirement"]]["course", row["course"]].append(bar)
    return lanes
