"""From fractions to whole numbers: round a few quantities, solve the linear program again, until all are whole."""

from __future__ import annotations

import numpy as np

from oneroof.planning import master
from oneroof.planning.columns import Packed
from oneroof.planning.problem import Bools, Floats, Ints

NEAR = 1e-6  # a quantity this near a whole number is one
SHARE = 0.15  # of the fractions that are rounded at a time


def dive(program: Packed, amount: Floats, whole: Bools, stage: Ints) -> Floats:
    """Quantities that keep every row and are whole where ``whole`` asks for it.

    Every step settles the whole parts of all quantities and rounds some fractions, those of the lowest ``stage`` first
    and in it the largest: up where there is room, else down. What is settled keeps every row, so each next program has
    a solution.
    """
    held = master.Held(program, amount)
    least, most = np.zeros(len(whole)), np.where(whole, np.floor(program.most + NEAR), program.most)
    use = np.zeros(len(amount))
    while True:
        quantity = held.solve(least, most)
        assert quantity is not None, "what is settled keeps every row, so there is a solution"
        fraction = quantity - np.floor(quantity + NEAR)
        open_ = np.flatnonzero(whole & (fraction > NEAR) & (most - least > 0.5))
        if not len(open_):
            return np.where(whole, np.floor(quantity + NEAR), quantity)
        settled = np.where(whole, np.minimum(np.floor(quantity + NEAR), most), 0.0)
        for j in np.flatnonzero(settled > least):
            _raise(program, use, least, int(j), float(settled[j]))
        rivals = open_[stage[open_] == stage[open_].min()]
        count = max(int(np.ceil(SHARE * len(rivals))), int(SHARE / 2 * len(open_)))
        for j in rivals[np.lexsort((rivals, -fraction[rivals]))[:count]]:
            up = float(np.ceil(quantity[j] - NEAR))
            if fraction[j] > 0.3 and up <= most[j] and _fits(program, amount, use, int(j), up - float(least[j])):
                _raise(program, use, least, int(j), up)
            else:
                most[j] = max(float(np.floor(quantity[j] + NEAR)), float(least[j]))


def _fits(program: Packed, amount: Floats, use: Floats, j: int, units: float) -> bool:
    """Whether more of a column keeps every row together with what is settled so far."""
    span = slice(program.first[j], program.first[j + 1])
    rows = program.rows[span]
    return bool((use[rows] + units * program.values[span] <= amount[rows] + 1e-9).all())


def _raise(program: Packed, use: Floats, least: Floats, j: int, target: float) -> None:
    """Settle so much of a column."""
    span = slice(program.first[j], program.first[j + 1])
    use[program.rows[span]] += (target - least[j]) * program.values[span]
    least[j] = target
