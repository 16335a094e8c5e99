"""A plan in whole units from a plan in fractions: cut from it, filled up, then improved locally."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from oneroof.planning.filling import fill_up
from oneroof.planning.improve import Library, improve
from oneroof.planning.packing import HAIR
from oneroof.planning.problem import Bools
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.resume import begun
from oneroof.planning.stay import Earlier
from oneroof.planning.whole import Shipments, decompose, packed, shipments

POOL = 1000  # columns that local improvement knows, where fewer are in use
TOO_MANY = 3_000  # requirements from which on nothing is improved: a group of them is too little of the plan


def fractional(relaxation: Relaxation) -> Shipments:
    """The relaxed plan itself, taken apart into deliveries and cohorts."""
    program = decompose(relaxation.pool, relaxation.quantity, relaxation.quantity > HAIR)
    gain = packed(program)[0].gain
    return shipments(program, program.relaxed, gain)


def rounded(relaxation: Relaxation) -> Shipments:
    """A plan in whole units cut from the relaxed plan and filled up, without improvement."""
    packing = begun(relaxation)
    fill_up(packing, relaxation.price)
    return packing.shipments()


def whole_units(
    relaxation: Relaxation, stop: Callable[[], bool] | None = None, near: Earlier | None = None
) -> Shipments:
    """The best plan in whole units that rounding and local improvement reach.

    With ``near`` the lines of an earlier plan come first, and what stays as it was is worth something (see stay.py).
    """
    packing = begun(relaxation, near)
    fill_up(packing, relaxation.price, stop)
    if len(relaxation.problem.requirements.keys) >= TOO_MANY:
        return packing.shipments()
    library = Library(decompose(relaxation.pool, relaxation.quantity, _chosen(relaxation)))
    improve(packing, library, stop)
    fill_up(packing, relaxation.price, stop)
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
