"""A plan in whole units from a plan in fractions: round with the prices in hand, fill what is left, improve locally."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from oneroof.planning import master
from oneroof.planning.improve import Library, improve
from oneroof.planning.packing import HAIR, Packing
from oneroof.planning.problem import Floats
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.whole import Program, Shipments, decompose, packed, shipments


def fractional(relaxation: Relaxation) -> Shipments:
    """The relaxed plan itself, taken apart into deliveries and cohorts."""
    program = decompose(relaxation.pool, relaxation.quantity, relaxation.quantity > HAIR)
    gain = packed(program)[0].gain
    return shipments(program, program.relaxed, gain)


def whole_units(relaxation: Relaxation, stop: Callable[[], bool] | None = None) -> Shipments:
    """The best plan in whole units that rounding and local improvement reach."""
    program = decompose(relaxation.pool, relaxation.quantity, np.ones(len(relaxation.pool.columns), np.bool_))
    q, amount, _ = packed(program)
    solved = master.solve(q, amount)
    packing = Packing(relaxation)
    packing.guide(solved.price[: relaxation.limits.end])
    _round_packages(packing, program, solved.quantity)
    _round_trips(packing, program, solved.quantity)
    _fill(packing, relaxation.price)
    library = Library(program)
    for seed in range(4):
        if stop and stop():
            break
        improve(packing, library, 10, 300, 20, seed, stop)
        _fill(packing, relaxation.price)
    return packing.shipments()


def _round_packages(packing: Packing, program: Program, quantity: Floats) -> None:
    """Packages first, by points: as many as the relaxed plan has, rounded, by the day it has them."""
    first = len(program.trips) + len(program.cohorts)
    points = packing.problem.requirements.points
    found = [(-points[r], r, day, x) for (r, day), x in zip(program.packages, quantity[first:], strict=True)]
    for _, r, day, x in sorted(found):
        for _ in range(int(np.floor(x + 0.5))):
            packing.add_package(r, day)


def _round_trips(packing: Packing, program: Program, quantity: Floats) -> None:
    """Whole parts of deliveries, then their fractions up where there is room, the heaviest first."""
    fractions = []
    for trip, x in zip(program.trips, quantity, strict=False):
        if packing.pairs.part[trip.pair] >= 0 or x < 1e-7:
            continue
        s = int(packing.pairs.source[trip.pair])
        floor = float(np.floor(x + 1e-7)) if packing.whole_item[s] else float(x)
        units = min(floor, packing.fits_with_requirement(trip))
        if units > 0:
            packing.place(trip, units)
        if x - units > 0.05:
            fractions.append((-(x - units) * float(packing.sources.tonnes[s]), trip))
    for _, trip in sorted(fractions, key=lambda f: (f[0], f[1].pair, f[1].days, f[1].legs)):
        if packing.whole_item[packing.pairs.source[trip.pair]] and packing.fits_with_requirement(trip) >= 1.0:
            packing.place(trip, 1.0)


def _fill(packing: Packing, price: Floats) -> None:
    """Fill what is left, first near the prices of the proof, then with anything that earns."""
    sources = range(len(packing.sources.item))
    order = sorted(sources, key=lambda s: (-float(packing.sources.tonnes[s]), s))
    packing.guide(price)
    for patience in (0.001, 0.02, 0.1, 0.3, 1.0):
        packing.fill(order, patience)
    packing.guide(np.zeros_like(price))
    packing.fill(order, 0.0)
    packing.fill_packages()
