"""Pins that can't be kept together: found before a plan is written, and narrowed to a smallest such set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from oneroof.planning.faults import Fault, ProblemError
from oneroof.planning.problem import NO_ONE, Floats, Pins, Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.solve import Search
from oneroof.planning.whole import Shipments

LACKS = (
    0.005  # share of a pin that a plan in fractions may lack and still count as keeping it; whole units lack nothing
)


def refuse_unkept(relaxation: Relaxation, shipments: Shipments, relaxed: bool) -> None:
    """Raise ProblemError, a fault for each pin of a smallest set that no plan keeps, where a plan leaves pins unkept.

    Where fractions could keep them and whole units were not found that do, the faults name the pins left unkept.
    """
    problem = relaxation.problem
    asked = problem.pins.quantity
    lacking = np.flatnonzero(_brought(relaxation, shipments) < asked * (1 - (LACKS if relaxed else 0)) - 1e-6)
    if not len(lacking):
        return
    together = _smallest(problem, lacking.tolist())
    if together:
        raise ProblemError([_fault(problem, i, together) for i in together])
    if not relaxed:
        raise ProblemError([_fault(problem, i, []) for i in lacking.tolist()])


def _brought(relaxation: Relaxation, shipments: Shipments) -> Floats:
    """Units that every pin gets."""
    got = np.zeros(len(relaxation.problem.pins.quantity))
    for trip, units in shipments.trips:
        pin = int(relaxation.matching.pairs.pin[trip.pair])
        if pin != NO_ONE:
            got[pin] += units
    return got


def _keepable(problem: Problem, some: list[int]) -> bool:
    """Whether a plan in fractions keeps some of the pins."""
    pins = problem.pins
    fewer = Pins(pins.offer[some], pins.requirement[some], pins.quantity[some])
    found = Search(replace(problem, pins=fewer)).run(LACKS)
    got = np.zeros(len(some))
    for column, x in zip(found.pool.columns, found.quantity.tolist(), strict=True):
        for trip in column.trips:
            if trip.pin != NO_ONE:
                got[trip.pin] += x * trip.quantity
    return bool((got >= fewer.quantity * (1 - 2 * LACKS)).all())


def _smallest(problem: Problem, lacking: list[int]) -> list[int]:
    """A set of pins that can't be kept, of which every smaller set can; empty where all can be kept."""
    for i in lacking:
        if not _keepable(problem, [i]):
            return [i]
    left = list(range(len(problem.pins.quantity)))
    if _keepable(problem, left):
        return []
    for i in list(left):
        fewer = [j for j in left if j != i]
        if not _keepable(problem, fewer):
            left = fewer
    return left


def _fault(problem: Problem, i: int, together: list[int]) -> Fault:
    """What to tell of one pin; rows are counted as the table stands sorted by key."""
    pins, p = problem.pins, problem
    names = [
        f"{p.offers.keys[o]} to {p.requirements.keys[r]}" for o, r in zip(pins.offer, pins.requirement, strict=True)
    ]
    others = [names[j] for j in together if j != i]
    if not together:
        reason = "was not kept by any plan in whole units that was found"
        cure = "Pin a whole number of units that one departure can carry, or less, or plan with --exact."
    elif others:
        reason = f"can't be kept together with {', '.join(others)}"
        cure = "Pin less in one of them, or remove one of them."
    else:
        reason = "can't be kept by any plan: the goods can't come, or not so many"
        cure = "Pin less, remove it, or mend the offer's stage, consent, caveats or dates, or the way."
    return Fault("pins", i + 2, "quantity", f"{names[i]}: {pins.quantity[i]:g}", reason, cure)
