"""From fractions to whole numbers: round a few quantities of a linear program, solve it again, go on until all are whole."""

from __future__ import annotations

import numpy as np

from oneroof.planning import master
from oneroof.planning.columns import Packed
from oneroof.planning.problem import Bools, Floats, Ints

NEAR = 1e-6  # a quantity this near a whole number is one


def dive(packed: Packed, amount: Floats, whole: Bools, stage: Ints, weight: Floats, limits: int) -> Floats:
    """Quantities that are whole where ``whole`` asks for it and keep every row.

    Columns of a lower ``stage`` are rounded first; within a stage those with the largest fraction times ``weight`` go
    up where what is rounded so far leaves room. Rows from ``limits`` on link parts to packages: they are left to the
    program, which gives up packages whose parts do not come, so a solution is always there.
    """
    held = master.Held(packed, amount)
    least, most = np.zeros(len(whole)), np.where(whole, np.floor(packed.most + NEAR), packed.most)
    use = np.zeros(len(amount))
    while True:
        quantity = held.solve(least, most)
        assert quantity is not None, "what is rounded keeps every limit, so the program has a solution"
        fraction = quantity - np.floor(quantity + NEAR)
        open_ = np.flatnonzero(whole & (fraction > NEAR) & (most - least > 0.5))
        if not len(open_):
            return np.where(whole, np.floor(quantity + NEAR), quantity)
        free = whole & (stage > 0)
        _raise_to(packed, use, least, np.where(free, np.minimum(np.floor(quantity + NEAR), most), least))
        first = stage[open_].min()
        rivals = open_[stage[open_] == first]
        count = max(1, int(np.ceil(0.15 * len(rivals))), int(0.075 * len(open_)))
        chosen = rivals[np.lexsort((rivals, -fraction[rivals] * weight[rivals]))[:count]]
        for j in chosen:
            up = np.ceil(quantity[j] - NEAR)
            if stage[j] and fraction[j] > 0.3 and _fits(packed, amount, use, j, up - least[j], limits):
                target = least.copy()
                target[j] = up
                _raise_to(packed, use, least, target)
            else:
                most[j] = max(np.floor(quantity[j] + NEAR), least[j])


def _fits(packed: Packed, amount: Floats, use: Floats, j: int, units: float, limits: int) -> bool:
    """Whether more of a column keeps every limit."""
    span = slice(packed.first[j], packed.first[j + 1])
    rows, values = packed.rows[span], packed.values[span]
    hard = rows < limits
    return bool((use[rows[hard]] + units * values[hard] <= amount[rows[hard]] + 1e-9).all())


def _raise_to(packed: Packed, use: Floats, least: Floats, target: Floats) -> None:
    """Raise the least quantities and count what they use."""
    for j in np.flatnonzero(target > least):
        span = slice(packed.first[j], packed.first[j + 1])
        use[packed.rows[span]] += (target[j] - least[j]) * packed.values[span]
        least[j] = target[j]
