"""The best plan in whole units, by branching: first over counts of packages, then over everything that is left."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from oneroof.planning import master
from oneroof.planning.master import Solved
from oneroof.planning.problem import NO_ONE, Floats, Ints
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.riding import ridden, shipped
from oneroof.planning.rounding import whole_units
from oneroof.planning.timetable import Timetable, through
from oneroof.planning.whole import Shipments, floors

CLOSE = 1e-6  # relative gap that counts as closed
LARGE = 60_000  # columns of a timetable beyond which branching is not tried


@dataclass(frozen=True)
class Node:
    """Part of the plans: those with so many packages of every requirement, at least and at most."""

    least: Floats  # (requirements,)
    most: Floats


class Tree:
    """Best-first branching over counts of packages; ``best`` is the best plan, ``bound`` what none can pass.

    ``until`` is the second of the monotonic clock at which time is up.
    """

    def __init__(self, relaxation: Relaxation, stop: Callable[[], bool] | None = None, until: float = np.inf) -> None:
        self.of, self.stop, self.until = relaxation, stop, until
        self.table = Timetable.of(relaxation.problem, relaxation.matching, relaxation.limits)
        self.program, self.amount, self.whole = self.table.arrays()
        self.asked = floors(relaxation.problem, relaxation.pool)
        quantity = relaxation.problem.requirements.quantity
        packages = relaxation.problem.requirements.package != NO_ONE
        most = np.where(packages, np.floor(quantity + 1e-9), quantity)
        self.root = Node(np.zeros(len(quantity)), most)
        self.counted = np.flatnonzero(packages)
        self.packages = [j for j, label in enumerate(self.table.labels) if label.kind == "package"]
        self.best, self.quantity = -np.inf, np.zeros(len(self.whole))

    def over(self) -> bool:
        """Whether time is up or somebody asked to stop."""
        return time.monotonic() > self.until or (self.stop is not None and self.stop())

    def left(self) -> float:
        """Seconds left; 0 without a limit."""
        return 0.0 if self.until == np.inf else max(self.until - time.monotonic(), 0.01)

    def take(self, quantity: Floats) -> None:
        """Keep a plan if it is better."""
        value = float(self.program.gain @ quantity)
        if value > self.best:
            self.best, self.quantity = value, quantity

    def beaten(self, bound: float) -> bool:
        """Whether a bound leaves nothing to find."""
        return bound <= self.best + CLOSE * max(1.0, abs(self.best))

    def rows(self, node: Node) -> tuple[Floats, tuple[Ints, Floats]]:
        """Amounts and floors of the rows at a node."""
        amount, lim = self.amount.copy(), self.of.limits
        amount[lim.requirement : lim.requirement + len(node.most)] = node.most
        raised = np.flatnonzero(node.least > 0)
        rows, asked = lim.requirement + raised, node.least[raised]
        if self.asked is not None:
            rows, asked = np.append(rows, self.asked[0]), np.append(asked, self.asked[1])
        return amount, (rows.astype(np.int64), asked)

    def linear(self, node: Node) -> Solved:
        """The node without whole numbers."""
        amount, floor = self.rows(node)
        return master.solve(self.program, amount, floor=floor)

    def run(self) -> float:
        """Branch until nothing is left or time is up; the bound."""
        first = self.linear(self.root)
        heap = [(-first.objective, 0, self.root, first)] if first.objective > -np.inf else []
        made, left_over = 0, -np.inf  # left_over: what leaves could not close
        while heap and not self.beaten(-heap[0][0]) and not self.over():
            bound, _, node, solved = heapq.heappop(heap)
            if (node.least[self.counted] == node.most[self.counted]).all():
                left_over = max(left_over, min(-bound, self.leaf(node, solved)))
                continue
            for part in self.split(node, self.counts(solved.quantity)):
                found = self.linear(part)
                if found.objective > -np.inf and not self.beaten(found.objective):
                    made += 1
                    heapq.heappush(heap, (-found.objective, made, part, found))
        return max(left_over, -heap[0][0] if heap else -np.inf, self.best)

    def split(self, node: Node, counts: Floats) -> list[Node]:
        """The node in parts: by the dearest requirement whose count is a fraction, else around a whole count."""
        points = self.of.problem.requirements.points
        whole = np.abs(counts - np.round(counts)) < 1e-6
        broken, open_ = self.counted[~whole[self.counted]], self.counted[(node.least < node.most)[self.counted]]
        if len(broken):
            r = int(broken[np.argmax(points[broken])])
            low, high = float(np.floor(counts[r])), float(np.ceil(counts[r]))
            return [_within(node, r, float(node.least[r]), low), _within(node, r, high, float(node.most[r]))]
        r = int(open_[np.argmax(points[open_])])
        count = float(np.round(counts[r]))
        ranges = ((count, count), (node.least[r], count - 1), (count + 1, node.most[r]))
        return [_within(node, r, least, most) for least, most in ranges if least <= most]

    def leaf(self, node: Node, solved: Solved) -> float:
        """Settle the plans with certain counts of packages; what none of them can pass.

        A column whose best use costs more than the plans at hand leave to win is left out: first before a short
        search, then, with the better plan that it may have found, before the long one.
        """
        amount, floor = self.rows(node)
        bound = solved.objective
        for nodes in (1, 0):
            if self.beaten(bound) or self.over():
                return bound
            worth = through(self.table, self.program.gain - self.program.charge(solved.price))
            slack = solved.objective - self.best if self.best > -np.inf else np.inf
            kept = ~(self.whole & (worth < -slack - 1e-9 * abs(solved.objective)))
            start = self.quantity[kept] if (self.quantity[~kept] == 0).all() and self.fits(node) else None
            program = self.program.take(np.flatnonzero(kept))
            found = master.solve(
                program,
                amount,
                floor=floor,
                whole=self.whole[kept],
                start=start,
                nodes=nodes,
                gap=CLOSE,
                time_limit=self.left(),
                stop=self.over,
            )
            if found.objective > -np.inf:
                quantity = np.zeros(len(self.whole))
                quantity[kept] = np.where(self.whole[kept], np.round(found.quantity), found.quantity)
                self.take(quantity)
            bound = min(bound, max(found.bound, self.best))
            if found.finished:
                break
        return bound

    def fits(self, node: Node) -> bool:
        """Whether the best plan has a node's counts of packages."""
        counts = self.counts(self.quantity)[self.counted]
        least, most = node.least[self.counted], node.most[self.counted]
        return bool((counts >= least - 0.5).all() and (counts <= most + 0.5).all())

    def counts(self, quantity: Floats) -> Floats:
        """(requirements,) packages by requirement."""
        counts = np.zeros(len(self.of.problem.requirements.keys))
        for j in self.packages:
            counts[self.table.labels[j].what] += quantity[j]
        return counts


def _within(node: Node, r: int, least: float, most: float) -> Node:
    """The part of a node with a requirement's count in a range."""
    low, high = node.least.copy(), node.most.copy()
    low[r], high[r] = least, most
    return replace(node, least=low, most=high)


def exact(
    relaxation: Relaxation, stop: Callable[[], bool] | None = None, time_limit: float | None = None
) -> tuple[Shipments, float, bool]:
    """A plan in whole units, a bound that no such plan can pass, and whether the two meet.

    ``time_limit`` is in seconds, of which rounding takes the first. Where the program is too large to branch on, the
    plan is that of rounding.
    """
    until = np.inf if time_limit is None else time.monotonic() + time_limit
    at_hand = whole_units(relaxation, stop)
    tree = Tree(relaxation, stop, until)
    if len(tree.whole) > LARGE:
        return at_hand, relaxation.bound, False
    tree.best = at_hand.objective
    start = ridden(tree.table, at_hand)
    if start is not None:
        tree.take(start)
        tree.quantity = start
    bound = min(tree.run(), relaxation.bound)
    best = at_hand if tree.best <= at_hand.objective else shipped(tree.table, tree.quantity, tree.best)
    closed = bound - best.objective <= CLOSE * max(1.0, abs(bound))
    return best, max(bound, best.objective), closed
