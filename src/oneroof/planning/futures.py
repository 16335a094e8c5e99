"""Futures drawn by chance: which legs run late, which nodes close and which donors pause, week by week."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oneroof.planning.problem import Bools, Floats, Problem
from oneroof.planning.shocks import CLOSED, LATE, Shock, Shocks, donors, things

Shorts = NDArray[np.int16]
TRAINING, TEST = 0, 1  # two independent sets of futures: plans are chosen on one and reported on the other


@dataclass(frozen=True)
class Futures:
    """What goes wrong in each future; a future without shocks has zeros everywhere."""

    late: Shorts  # (futures, legs, weeks) days that departures of the week arrive late
    closed: Bools  # (futures, nodes, weeks) nothing leaves
    paused: Bools  # (futures, donors, weeks) nothing leaves the donor's stocks; donors as ``shocks.donors``

    @property
    def count(self) -> int:
        """How many futures."""
        return len(self.late)


def draw(problem: Problem, shocks: Shocks, count: int, seed: int, which: int = TRAINING) -> Futures:
    """``count`` futures of one of the two sets.

    Each shock has a stream of chance of its own for every target, seeded by the seed, the set and both keys: futures
    depend neither on the order of rows, nor on other shocks, nor on ``count`` (the first ones stay the same).
    """
    weeks = problem.weeks
    late = np.zeros((count, len(problem.legs.keys), weeks), np.int16)
    closed = np.zeros((count, len(problem.nodes.keys), weeks), np.bool_)
    paused = np.zeros((count, len(donors(problem)), weeks), np.bool_)
    keys = {kind: [key for key, _ in things(problem, kind)] for kind in {shock.kind for shock in shocks.rows}}
    for shock, place in shocks.striking(problem):
        if shock.probability <= 0 or shock.high <= 0:
            continue
        chance = _stream(seed, which, shock.key, keys[shock.kind][place]).random((count, weeks, 2))
        begins = chance[:, :, 0] < shock.probability
        size = np.where(begins, np.floor(triangular(shock, chance[:, :, 1]) + 0.5), 0.0)
        if shock.kind == LATE:
            late[:, place] += size.astype(np.int16)
        else:
            (closed if shock.kind == CLOSED else paused)[:, place] |= _lasting(size)
    for array in (late, closed, paused):
        array.setflags(write=False)
    return Futures(late, closed, paused)


def _stream(seed: int, which: int, *keys: str) -> np.random.Generator:
    """The generator that belongs to a seed, a set of futures and keys."""
    told = hashlib.sha256("\x00".join(keys).encode()).digest()
    words = np.frombuffer(told, dtype="<u4").tolist()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, which, *words])))


def triangular(shock: Shock, chance: Floats) -> Floats:
    """The size at each chance in [0, 1): the inverse of the triangular distribution (low, likely, high)."""
    a, c, b = shock.low, shock.likely, shock.high
    if b <= a:
        return np.full(chance.shape, a)
    turn = (c - a) / (b - a)
    rising = a + np.sqrt(chance * (b - a) * (c - a))
    falling = b - np.sqrt((1 - chance) * (b - a) * (b - c))
    sizes: Floats = np.where(chance < turn, rising, falling)
    return sizes


def _lasting(weeks: Floats) -> Bools:
    """(futures, weeks) lengths by the week of their beginning as the weeks that they cover."""
    count, horizon = weeks.shape
    left = np.zeros(count)
    covered = np.zeros((count, horizon), np.bool_)
    for week in range(horizon):
        left = np.maximum(left - 1, weeks[:, week])
        covered[:, week] = left > 0
    return covered
