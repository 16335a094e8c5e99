"""What a written plan leaves of every limit, and how much more of something could still be brought through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from oneroof.planning.ledger import Ledger
from oneroof.planning.limits import Limits
from oneroof.planning.passing import CROWD, INF, bring, cheapest, follow, restore
from oneroof.planning.problem import Floats, Ints, Problem
from oneroof.planning.reaching import Journey, Roads
from oneroof.planning.tally import uses

Kind = tuple[bool, tuple[str, ...]]  # explosives; nations that goods may not enter

FLOOR = 0.02  # least charge of a limit that is used up, as a share of the points


@dataclass(frozen=True)
class Stock:
    """Units that wait at a node and may leave in a window."""

    node: int
    first: int
    until: int
    units: float
    kind: Kind


@dataclass
class Room:
    """What is left, as rows of limits; inf where the problem sets no limit."""

    problem: Problem
    limits: Limits
    roads: Roads
    left: Floats  # (rows,)
    crowd: int = CROWD  # ways that are tried
    log: list[tuple[Ints, Floats]] = field(default_factory=list)  # what was taken, for ``trial``
    legs: Floats = field(init=False)  # (legs, weeks) tonnes left: a part of ``left``
    nodes: Floats = field(init=False)  # (nodes, weeks) tonnes left: a part of ``left``

    def __post_init__(self) -> None:
        self.legs = self.limits.leg_weeks(self.left, len(self.problem.legs.keys))
        self.nodes = self.limits.node_weeks(self.left, len(self.problem.nodes.keys))

    @staticmethod
    def of(problem: Problem, limits: Limits, ledger: Ledger) -> Room:
        """What the lines of a plan leave."""
        used, lim, weeks = uses(problem, ledger), limits, limits.weeks
        left = lim.amount.copy()
        for o, quantity in used.offer.items():
            left[lim.offer + o] -= quantity
        for f, money in used.fund.items():
            left[lim.fund + f] -= money
        for first, table in ((lim.supplier, used.supplier), (lim.leg, used.leg), (lim.node, used.node)):
            for (which, week), amount in table.items():
                left[first + which * weeks + week] -= amount
        start_of = {
            (int(c), int(d)): row for row, (c, d) in enumerate(zip(lim.start_course, lim.start_day, strict=True))
        }
        for key, persons in used.start.items():
            left[lim.course + start_of[key]] -= persons
        for week, persons in used.trainees.items():
            left[lim.trainees + week] -= persons
        return Room(problem, limits, Roads(problem), np.maximum(left, 0.0))

    def copy(self) -> Room:
        """The same room, to be filled apart from it."""
        return Room(self.problem, self.limits, self.roads, self.left.copy(), self.crowd)

    def bring(self, stocks: list[Stock], tonnes: float, whole: bool, node: int, by: int, units: float) -> float:
        """Units that still come to a node by a day through what is left; what they use is taken from the room."""
        brought = 0.0
        for kind in sorted({stock.kind for stock in stocks}):
            mine = [stock for stock in stocks if stock.kind == kind]
            brought = self._bring(mine, tonnes, whole, node, by, brought, units)
        return brought

    def could(self, stock: Stock, tonnes: float, whole: bool, node: int, by: int, units: float) -> float:
        """As ``bring`` for one stock, but the room stays as it is."""
        with self.trial():
            return self._bring([stock], tonnes, whole, node, by, 0.0, units)

    @contextmanager
    def trial(self) -> Iterator[Room]:
        """The room, to be filled; at the end all that was taken is put back."""
        mark = len(self.log)
        try:
            yield self
        finally:
            while len(self.log) > mark:
                restore(self.roads.legs[0], self.legs, self.nodes, *self.log.pop())

    @contextmanager
    def widened(self, parts: list[slice], more: float) -> Iterator[Room]:
        """The room with ``more`` tonnes in parts of its rows, to be filled; at the end all is as it was."""
        before = [(part, self.left[part].copy()) for part in parts]
        try:
            with self.trial():
                for part in parts:
                    self.left[part] += more
                yield self
        finally:
            for part, was in before:
                self.left[part] = was

    def _bring(
        self, stocks: list[Stock], tonnes: float, whole: bool, node: int, by: int, brought: float, units: float
    ) -> float:
        """Units brought by then."""
        roads = self.roads
        found, notes = bring(
            roads.legs,
            roads.cost,
            roads.allowed(*stocks[0].kind),
            roads.apart(stocks[0].kind),
            self.legs,
            self.nodes,
            *windows(stocks),
            np.array([stock.units for stock in stocks]),
            tonnes,
            whole,
            node,
            by,
            brought,
            units,
            self.crowd,
            roads.span,
            roads.work,
        )
        if notes:
            self.log.append((roads.work[9][:notes].copy(), roads.work[10][:notes].copy()))
        return float(found)

    def prices(self, windowed: list[Stock], need: float, dual: Floats, top: float, node: int, by: int) -> Floats:
        """(stocks,) the least price per tonne to a node by a day for stocks of one kind, INF without a way.

        Limits with less than ``need`` tonnes left charge ``dual`` (rows), from FLOOR times ``top`` to ``top``.
        """
        p, roads, lim = self.problem, self.roads, self.limits
        found = np.full(len(windowed), INF)
        cheapest(
            roads.legs,
            roads.cost,
            roads.capacity,
            roads.handling,
            roads.allowed(*windowed[0].kind),
            roads.apart(windowed[0].kind),
            self.legs,
            self.nodes,
            lim.leg_weeks(dual, len(p.legs.keys)),
            lim.node_weeks(dual, len(p.nodes.keys)),
            need,
            FLOOR * top,
            top,
            *windows(windowed),
            node,
            by,
            roads.span,
            roads.work,
            found,
        )
        return found

    def way(self, stock: Stock, price: float, node: int, by: int) -> Journey | None:
        """The way of one of the stocks that were priced last, at its price."""
        roads = self.roads
        steps = follow(roads.legs, stock.node, stock.first, stock.until, node, by, roads.span, roads.work)
        if steps < 0:
            return None
        legs, days = roads.work[7][:steps], roads.work[8][:steps]
        return Journey(price, tuple(legs.tolist()), tuple(days.tolist()))


def windows(stocks: Iterable[Stock]) -> tuple[Ints, Ints, Ints]:
    """(stocks,) nodes, first and last days."""
    table = np.array([(stock.node, stock.first, stock.until) for stock in stocks], np.int64).T
    return table[0].copy(), table[1].copy(), table[2].copy()
