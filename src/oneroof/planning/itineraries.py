"""A plan as arrays to be carried out: deliveries by what they are worth, their steps, and the room that is booked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oneroof.planning.ledger import Delivery, Ledger, Serving, wanted_item
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints, Problem
from oneroof.planning.shocks import donors

NO_STEP = -1  # the event of a delivery that lies where it is required


class Itineraries(NamedTuple):
    """Deliveries, the most points a tonne first (then by key); steps of each in order; events by day."""

    order: Ints  # (deliveries,) index into the deliveries of the ledger
    quantity: Floats  # (deliveries,) units
    weight: Floats  # (deliveries,) tonnes per unit
    whole: Bools  # (deliveries,) whether only whole units move
    donor: Ints  # (deliveries,) index into shocks.donors
    requirement: Ints  # (deliveries,)
    slot: Ints  # (deliveries,) part of a package that it brings, NO_ONE where it serves an item
    units: Floats  # (deliveries,) units of the requirement that one unit serves
    preference: Floats  # (deliveries,)
    first_step: Ints  # (deliveries + 1,)
    leg: Ints  # (steps,)
    depart: Ints  # (steps,) planned day
    event_first: Ints  # (days + 1,) first event of each day
    event_delivery: Ints  # (events,)
    event_step: Ints  # (events,) index into steps, or NO_STEP
    leg_booked: Floats  # (legs, weeks) tonnes
    node_booked: Floats  # (nodes, weeks) tonnes


class Network(NamedTuple):
    """The legs and nodes that carry, and the requirements that count."""

    origin: Ints  # (legs,)
    days: Ints  # (legs,)
    cost: Floats  # (legs,) per tonne
    opens: Ints  # (legs,)
    closes: Ints  # (legs,)
    leg_room: Floats  # (legs,) tonnes a week
    node_room: Floats  # (nodes,) tonnes a week
    wanted: Floats  # (requirements,) units
    due: Ints  # (requirements,)
    latest: Ints  # (requirements,)
    points: Floats  # (requirements,) per unit in time
    lines: Ints  # (requirements,) printed numbers that its units are a sum of
    first_slot: Ints  # (requirements + 1,) parts of packages
    need: Floats  # (slots,) units or persons in one package
    graduated: Floats  # (slots, days) persons that become ready
    last_day: int


def network_of(problem: Problem, ledger: Ledger) -> Network:
    """The network of a problem, with the persons that a plan trains."""
    q, p = problem.requirements, problem
    first, need = [0], list[float]()
    places: dict[tuple[int, bool, int], int] = {}
    for r, package in enumerate(q.package.tolist()):
        for part in p.packages.parts[package] if package != NO_ONE else ():
            places[r, part.is_course, part.what] = len(need)
            need.append(part.quantity)
        first.append(len(need))
    graduated = np.zeros((len(need), p.days))
    for cohort in ledger.cohorts:
        place = places.get((cohort.requirement, True, cohort.course))
        if place is not None and cohort.ready < p.days:
            graduated[place, cohort.ready] += cohort.persons
    lines = np.zeros(len(q.keys), np.int64)
    np.add.at(lines, [d.requirement for d in ledger.deliveries], 1)
    legs = p.legs
    return Network(
        legs.origin, legs.days, legs.cost, legs.opens, legs.closes, legs.capacity, p.nodes.handling, q.quantity, q.due,
        q.latest, q.points, lines, np.array(first), np.array(need, float), graduated, p.days,
    )  # fmt: skip


def itineraries_of(problem: Problem, ledger: Ledger) -> Itineraries:
    """The deliveries of a plan."""
    p, made = problem, _Maker(problem, ledger)
    places = sorted(range(len(ledger.deliveries)), key=lambda i: made.rank(ledger.deliveries[i]))
    order = [ledger.deliveries[i] for i in places]
    steps = [move for d in order for move in d.moves]
    first = np.cumsum([0] + [len(d.moves) for d in order])
    events = sorted(
        (move.depart, i, int(first[i]) + k) for i, d in enumerate(order) for k, move in enumerate(d.moves)
    ) + [(d.depart, i, NO_STEP) for i, d in enumerate(order) if not d.moves]
    events.sort()
    leg_booked = np.zeros((len(p.legs.keys), p.weeks))
    node_booked = np.zeros((len(p.nodes.keys), p.weeks))
    for d in order:
        for move in d.moves:
            leg_booked[move.leg, move.depart // 7] += d.weight
            node_booked[p.legs.origin[move.leg], move.depart // 7] += d.weight
    serving = [made.serving(d) for d in order]
    days = np.array([day for day, _, _ in events], dtype=np.int64)
    return Itineraries(
        _ints(places),
        np.array([d.quantity for d in order], float),
        p.items.tonnes[_ints([d.item for d in order])],
        p.items.whole[_ints([d.item for d in order])],
        _ints([made.donor(d) for d in order]),
        _ints([d.requirement for d in order]),
        _ints([made.slot(d) for d in order]),
        np.array([units for units, _ in serving], float),
        np.array([preference for _, preference in serving], float),
        first.astype(np.int64),
        _ints([move.leg for move in steps]),
        _ints([move.depart for move in steps]),
        np.searchsorted(days, np.arange(p.days + 1)).astype(np.int64),
        _ints([i for _, i, _ in events]),
        _ints([step for _, _, step in events]),
        leg_booked,
        node_booked,
    )


def _ints(values: list[int]) -> Ints:
    """Indices as an array, also where there are none."""
    return np.array(values, dtype=np.int64)


class _Maker:
    """Looks up what a delivery brings and what it is worth."""

    def __init__(self, problem: Problem, ledger: Ledger) -> None:
        self.problem, self.ledger = problem, ledger
        self.table = Serving.of(problem)
        self.index = {key: place for place, key in enumerate(donors(problem))}
        self.slots: dict[tuple[int, int], int] = {}
        self.package_weight: dict[int, float] = {}
        count = 0
        for r, package in enumerate(problem.requirements.package.tolist()):
            for part in problem.packages.parts[package] if package != NO_ONE else ():
                if not part.is_course:
                    self.slots[r, part.what] = count
                    heavy = part.quantity * float(problem.items.tonnes[part.what])
                    self.package_weight[r] = self.package_weight.get(r, 0.0) + heavy
                count += 1

    def donor(self, d: Delivery) -> int:
        """Who gives the goods, or whose fund has paid for them."""
        p = self.problem
        if d.from_offer:
            return self.index[p.offers.donors[d.source]]
        return self.index[p.funds.donors[self.ledger.purchases[d.source].fund]]

    def slot(self, d: Delivery) -> int:
        """The part of a package that a delivery brings."""
        return self.slots.get((d.requirement, d.item), NO_ONE)

    def serving(self, d: Delivery) -> tuple[float, float]:
        """Units of its requirement that one unit serves, and the preference; 0 where it serves no item."""
        wanted = wanted_item(self.problem, d.requirement)
        per, preference = self.table.units.get((wanted, d.item), (np.inf, 0.0)) if wanted is not None else (np.inf, 0.0)
        return 1.0 / per, preference

    def rank(self, d: Delivery) -> tuple[float, str]:
        """The most points a tonne first, then by key."""
        return -self.worth(d), d.key

    def worth(self, d: Delivery) -> float:
        """Points that a tonne of it earns in time; a part of a package shares the package's by weight."""
        points = float(self.problem.requirements.points[d.requirement])
        if wanted_item(self.problem, d.requirement) is None:
            return round(points / max(self.package_weight.get(d.requirement, 0.0), 1e-9), 9)
        units, preference = self.serving(d)
        return round(points * units * preference / float(self.problem.items.tonnes[d.item]), 9)
