"""First columns: a plan filled greedily, so that the first prices already know which weeks are full."""

from __future__ import annotations

import numpy as np

from oneroof.planning.columns import Column
from oneroof.planning.packing import Packing
from oneroof.planning.relaxation import Relaxation


def greedy(relaxation: Relaxation) -> list[Column]:
    """The deliveries of a greedy plan: sources in the order of their best points per tonne, each its best way on."""
    packing = Packing(relaxation, guided=False)
    pairs, tonnes = packing.pairs, packing.sources.tonnes
    best = np.zeros(len(tonnes))
    np.maximum.at(best, pairs.source, pairs.gain / tonnes[pairs.source] if len(pairs.source) else pairs.gain)
    packing.fill([int(s) for s in np.lexsort((np.arange(len(best)), -best))], 0.0)
    return [
        Column(int(pairs.requirement[x.trip.pair]), (x.trip,), (), x.trip.arrive, is_package=False)
        for x in packing.placed
    ]
