"""What a written plan leaves of every limit, and how much more of something could still be brought through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oneroof.planning.ledger import Ledger
from oneroof.planning.limits import Limits
from oneroof.planning.problem import Floats, Problem
from oneroof.planning.reaching import INF, Journey, Roads
from oneroof.planning.tally import uses

Kind = tuple[bool, tuple[str, ...]]  # explosives; nations that goods may not enter

SLIVER = 0.05  # share of what is wanted that a way must have room for
HAIR = 1e-6  # what printing may have taken from a limit
CROWD = 40  # ways that are tried for one requirement, at most


@dataclass(frozen=True)
class Stock:
    """Units that wait at a node and may leave in a window."""

    node: int
    first: int
    until: int
    units: float
    kind: Kind


@dataclass
class Waiting:
    """What is left of a stock while a room is filled on trial."""

    stock: Stock
    units: float


@dataclass
class Room:
    """What is left, as rows of limits; inf where the problem sets no limit."""

    problem: Problem
    limits: Limits
    roads: Roads
    left: Floats  # (rows,)
    crowd: int = CROWD  # ways that are tried

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

    @property
    def legs(self) -> Floats:
        """(legs, weeks) tonnes left."""
        return self.limits.leg_weeks(self.left, len(self.problem.legs.keys))

    @property
    def nodes(self) -> Floats:
        """(nodes, weeks) tonnes left."""
        return self.limits.node_weeks(self.left, len(self.problem.nodes.keys))

    def copy(self) -> Room:
        """The same room, to be filled on trial."""
        return Room(self.problem, self.limits, self.roads, self.left.copy(), self.crowd)

    def open_prices(self, kind: Kind, need: float) -> Floats:
        """(legs, weeks) transport cost per tonne where ``need`` tonnes still fit, INF elsewhere."""
        legs = self.problem.legs
        fits = (self.legs >= need - HAIR) & (self.nodes[legs.origin] >= need - HAIR)
        fits &= self.roads.allowed(*kind)[:, None]
        return np.ascontiguousarray(np.where(fits, legs.cost[:, None], INF))

    def bring(self, stocks: list[Stock], tonnes: float, whole: bool, node: int, by: int, units: float) -> float:
        """Units that still come to a node by a day through what is left; what they use is taken from the room."""
        brought, least = 0.0, 1.0 if whole else HAIR
        for kind in sorted({stock.kind for stock in stocks}):
            mine = [Waiting(stock, stock.units) for stock in stocks if stock.kind == kind]
            for _ in range(self.crowd):
                mine = [waiting for waiting in mine if waiting.units >= least - HAIR]
                if not mine or units - brought < least - HAIR:
                    break
                taken = self._one(mine, kind, tonnes, whole, node, by, units - brought)
                if taken <= 0:
                    break
                brought += taken
        return brought

    def _one(
        self, mine: list[Waiting], kind: Kind, tonnes: float, whole: bool, node: int, by: int, wanted: float
    ) -> float:
        """Units that come along the best single way."""
        begin = min(waiting.stock.first for waiting in mine)
        if begin > by:
            return 0.0
        price = self.open_prices(kind, tonnes if whole else max(SLIVER * wanted, 1e-3) * tonnes)
        self.roads.sweep(price, node, begin, by)
        best: tuple[Journey, Waiting] | None = None
        for waiting in mine:
            stock = waiting.stock
            way = self.roads.follow(price, node, stock.node, stock.first, stock.until, by)
            if way is not None and (best is None or way.price < best[0].price):
                best = way, waiting
        if best is None:
            return 0.0
        units = min(self.fits(best[0], tonnes), best[1].units, wanted)
        units = float(np.floor(units + HAIR)) if whole else units
        best[1].units -= units
        self.take(best[0], units * tonnes)
        return units

    def fits(self, way: Journey, tonnes: float) -> float:
        """Units that fit on a way."""
        units = np.inf
        for leg, day in zip(way.legs, way.days, strict=True):
            origin = int(self.problem.legs.origin[leg])
            units = min(units, self.legs[leg, day // 7] / tonnes, self.nodes[origin, day // 7] / tonnes)
        return float(units)

    def take(self, way: Journey, tonnes: float) -> None:
        """Use a way for some tonnes."""
        for leg, day in zip(way.legs, way.days, strict=True):
            self.legs[leg, day // 7] -= tonnes
            self.nodes[int(self.problem.legs.origin[leg]), day // 7] -= tonnes
