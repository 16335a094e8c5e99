"""A plan in whole units from a plan in fractions: packages first, then the rest; then improved locally."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from oneroof.planning import master, pins
from oneroof.planning.columns import Packed
from oneroof.planning.diving import NEAR, dive
from oneroof.planning.improve import Library, improve, put
from oneroof.planning.packing import HAIR, Packing
from oneroof.planning.problem import Bools, Floats
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.resume import begun
from oneroof.planning.stay import Earlier
from oneroof.planning.whole import Program, Shipments, decompose, floors, packed, shipments

POOL = 1000  # columns that rounding starts from, where fewer are in use
PIECES = 1500  # pieces up to which all are rounded; of more, those that the linear program uses or nearly uses
NODES = 20  # of a search tree over counts of packages
HEAVY = (3.0, 1.0, 0.3)  # tonnes per unit: heavier goods are rounded before lighter ones
OUT_OF_ORDER = 0.2  # of its worth that a piece the relaxed plan does not use must bring more


def fractional(relaxation: Relaxation) -> Shipments:
    """The relaxed plan itself, taken apart into deliveries and cohorts."""
    program = decompose(relaxation.pool, relaxation.quantity, relaxation.quantity > HAIR)
    gain = packed(program)[0].gain
    return shipments(program, program.relaxed, gain)


def whole_units(
    relaxation: Relaxation, stop: Callable[[], bool] | None = None, near: Earlier | None = None
) -> Shipments:
    """The best plan in whole units that rounding and local improvement reach.

    With ``near`` the lines of an earlier plan come first, and what stays as it was is worth something (see stay.py).
    """
    program = decompose(relaxation.pool, relaxation.quantity, _chosen(relaxation))
    program = _lean(program.joined([trip for trip, _ in pins.kept(relaxation)]))
    if near is None:
        packing = Packing(relaxation)
        put(packing, program, rounded(relaxation, program))
    else:
        packing = begun(relaxation, near)
    _fill(packing, relaxation.price)
    library = Library(program)
    improve(packing, library, stop)
    return packing.shipments()


def _chosen(relaxation: Relaxation) -> Bools:
    """The columns in use and those nearest to it at the prices of the proof."""
    q = relaxation.pool.packed
    in_use = relaxation.quantity > HAIR
    worth = (q.gain - q.charge(relaxation.price)) / np.maximum(np.abs(q.gain), 1e-12)
    order = np.lexsort((np.arange(len(worth)), -worth, ~in_use))
    chosen = in_use.copy()
    chosen[order[:POOL]] = True
    return chosen


def _lean(program: Program) -> Program:
    """A program without the pieces that it would hardly use, where it is large."""
    if len(program.relaxed) <= PIECES:
        return program
    q, amount, _ = packed(program)
    solved = master.solve(q, amount, floor=floors(program.pool.problem, program.pool), inner=True)
    charge = q.charge(solved.price)
    needed = (solved.quantity > 0.1) | program.comes_first()
    order = np.lexsort((np.arange(len(charge)), charge - q.gain, ~needed))
    kept = needed.copy()
    kept[order[:PIECES]] = True
    return program.only(kept)


def rounded(relaxation: Relaxation, program: Program) -> Floats:
    """Whole quantities of a program's columns: first packages and what pins name, then deliveries by weight."""
    q, amount, whole = packed(program)
    quantity = np.zeros(len(whole))
    first = program.comes_first()
    if first.any():
        quantity[first] = _first(relaxation, program, q, amount, whole)[first]
    left = np.maximum(amount - q.used(quantity, len(amount)), 0.0)
    rest = q.take(np.flatnonzero(~first))
    if len(rest.gain):
        stage = np.searchsorted(-np.array(HEAVY), -program.tonnes()[~first])
        quantity[~first] = dive(rest, left, whole[~first], stage)
    return quantity


def _first(relaxation: Relaxation, program: Program, q: Packed, amount: Floats, whole: Bools) -> Floats:
    """How many packages, by a small search tree; then parts and persons near the fractions that go with them."""
    counts, first = program.is_package(), program.comes_first()
    floor = floors(relaxation.problem, relaxation.pool)
    solved = master.solve(q, amount, whole=counts, nodes=NODES, gap=1e-4, floor=floor)
    asked = np.where(counts, np.round(solved.quantity), 0.0)
    linear = master.solve(q.take(np.flatnonzero(~counts)), amount - q.used(asked, len(amount)), floor=floor)
    near = asked.copy()
    near[~counts] = linear.quantity
    hard = np.arange(len(amount)) < relaxation.limits.end
    price = np.where(hard, linear.price, 0.0)
    mine = q.take(np.flatnonzero(first))
    charge = mine.charge(price)
    gain = np.where(counts[first], 10.0 * mine.gain, mine.gain - charge)
    gain -= np.where((near[first] < NEAR) & ~counts[first], OUT_OF_ORDER * (charge + np.maximum(-mine.gain, 0.0)), 0.0)
    of, loose = program.requirements()[first], np.zeros(len(relaxation.problem.requirements.keys), np.bool_)
    while True:
        most = np.where(loose[of], np.floor(mine.most + NEAR), np.ceil(near[first] - NEAR))
        most = np.where(counts[first], asked[first], np.minimum(most, np.floor(mine.most + NEAR)))
        found = master.solve(
            replace(mine, gain=gain, most=most), amount, whole=whole[first], nodes=NODES, gap=1e-4, floor=floor
        )
        kept = found.objective > -np.inf  # else the pins were not
        lost = np.unique(of[counts[first] & (found.quantity < asked[first] - 0.5)])
        if (kept and not len(lost)) or loose.all():
            break
        loose[lost if kept and not loose[lost].all() else slice(None)] = True
    if not kept:  # a short search found no plan with all pins, a long one does
        found = master.solve(replace(mine, gain=gain), amount, whole=whole[first], gap=1e-2, floor=floor)
    quantity = np.zeros(len(whole))
    quantity[first] = np.where(whole[first], np.round(found.quantity), found.quantity)
    return quantity


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
