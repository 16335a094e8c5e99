"""Who could serve a requirement in time, with how much, and what keeps each of them from it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from oneroof.planning.ledger import Ledger
from oneroof.planning.passing import HAIR, LONG_AGO, NEVER
from oneroof.planning.problem import CONSENTS, NO_ONE, Ints, Problem
from oneroof.planning.room import Kind, Room, Stock
from oneroof.planning.tally import totals


@dataclass(frozen=True)
class Want:
    """What a requirement, or one part of its package, still lacks by ``due``."""

    requirement: int
    node: int
    by: int  # last day that is in time; negative where due lies before the start
    units: float
    item: int  # the item that is asked for
    serves: tuple[tuple[int, float, float], ...]  # items that serve: units for one of the item, points per unit in time
    coalition: int
    is_part: bool = False


@dataclass
class Candidate:
    """A source that could serve a want; ``units`` are units of the want that it still has."""

    is_offer: bool
    what: int  # index of the offer or of the supplier
    item: int
    share: float  # units of the want for one unit of the source
    gain: float  # points per unit of the source in time
    units: float
    node: int
    first: int
    until: int
    kind: Kind
    obstacles: list[str] = field(default_factory=list)
    note: str = ""  # what exactly the obstacle is: consent_from, explosives, closed, not_via, coalition, fund
    short: str = ""  # of a purchase: fund or supplier, whichever has less left
    fund: int = NO_ONE

    @property
    def stock(self) -> Stock:
        """Its units as goods that wait, in units of the source."""
        return Stock(self.node, self.first, self.until, self.units / self.share, self.kind)


class Sourcing:
    """Sources by item, with what a plan leaves of them."""

    def __init__(self, room: Room, ledger: Ledger, price: np.ndarray) -> None:
        self.room, self.problem, self.limits = room, room.problem, room.limits
        self.roads, self.price = room.roads, price
        self.fractions = ledger.relaxed  # whole units may come in fractions
        self.offers: dict[int, list[int]] = defaultdict(list)
        self.suppliers: dict[int, list[int]] = defaultdict(list)
        for o, item in enumerate(self.problem.offers.item.tolist()):
            self.offers[item].append(o)
        for s, item in enumerate(self.problem.suppliers.item.tolist()):
            self.suppliers[item].append(s)
        self.left: list[float] = room.left[self.limits.offer : self.limits.requirement].tolist()
        self.tonnes, self.comes_whole = self.problem.items.tonnes.tolist(), self.problem.items.whole.tolist()
        self.facts = self._facts()
        self.arrivals: dict[int, Ints] = {}  # first days at every node, by offer
        self.early = _without_consent(self.problem)
        lines, q = ledger.lines, self.problem.requirements
        suppliers = np.array([x.supplier for x in ledger.purchases], np.int64)
        what = lines.source.copy()
        what[~lines.from_offer] = suppliers[lines.source[~lines.from_offer]]
        tardy, own = lines.arrive > q.due[lines.requirement], lines.from_offer
        columns = lines.from_offer.astype(np.int64)[tardy], what[tardy], lines.requirement[tardy]
        self.late: dict[tuple[bool, int, int], float] = totals(lines.quantity[tardy], *columns)  # come after due
        self.given: dict[tuple[int, int], float] = totals(  # units of an offer for a requirement
            lines.quantity[own], lines.source[own], lines.requirement[own]
        )

    def candidates(self, want: Want) -> list[Candidate]:
        """Every source of everything that serves the want, offers first, by key."""
        found = []
        for item, share, gain in want.serves:
            found += [self._offer(want, o, share, gain) for o in self.offers[item]]
            for s in self.suppliers[item]:
                candidate = self._purchase(want, s, share, gain)
                if candidate is not None:
                    found.append(candidate)
        return found

    def whole(self, item: int) -> bool:
        """Whether an item comes in whole units."""
        return self.comes_whole[item] and not self.fractions

    def _units(self, item: int, units: float) -> float:
        """Units that can be used: whole ones where the item is."""
        if self.whole(item):
            return float(math.floor(units + HAIR)) if math.isfinite(units) else units
        return max(units, 0.0)

    # ---- offers ---------------------------------------------------------------------------------------------------
    def _offer(self, want: Want, o: int, share: float, gain: float) -> Candidate:
        """An offer and its obstacles."""
        item, node, first, until, coalition, kind, plain = self.facts[o]
        left = self.left[o] + self.late.get((True, o, want.requirement), 0.0)
        units = self._units(item, left) * share
        found = Candidate(True, o, item, share, gain, units, node, first, until, kind, list(plain))
        if coalition not in (NO_ONE, want.coalition):
            found.obstacles.append("caveat")
            found.note = "coalition"
        if o not in self.arrivals:
            self.arrivals[o] = self.roads.first_arrivals(kind, node, first, until)
        if self.arrivals[o][want.node] > want.by:
            limit, found.note = self._too_late(want, found, int(self.early[o]))
            found.obstacles.append(limit)
        elif not self._pays(want, found):
            found.obstacles.append("worth")
        return found

    def _facts(self) -> list[tuple[int, int, int, int, int, Kind, tuple[str, ...]]]:
        """Of every offer: item, node, first and last day, coalition, kind, and what keeps it away wherever it goes."""
        p, o = self.problem, self.problem.offers
        low, pending = (o.stage < p.min_stage).tolist(), (o.consent == CONSENTS.index("pending")).tolist()
        plain = [("stage",) * a + ("consent",) * b for a, b in zip(low, pending, strict=True)]
        kinds = zip(p.items.explosives[o.item].tolist(), o.not_via, strict=True)
        columns = (column.tolist() for column in (o.item, o.node, o.first, o.until, o.coalition))
        return list(zip(*columns, kinds, plain, strict=True))

    def arrival(self, want: Want, c: Candidate) -> int:
        """The earliest day on which goods of a candidate could arrive, were nothing else on the way."""
        return int(self.roads.first_arrivals(c.kind, c.node, c.first, c.until)[want.node])

    def _pays(self, want: Want, c: Candidate) -> bool:
        """Whether a unit earns more than the cheapest transport costs."""
        cost = float(self.roads.costs(c.kind, want.node)[c.node]) * self.tonnes[c.item]
        return not math.isfinite(cost) or c.gain > cost

    def _too_late(self, want: Want, c: Candidate, early: int) -> tuple[str, str]:
        """Why an offer can't arrive in time: the first thing whose absence would change that."""
        roads, last = self.roads, self.problem.days - 1

        def comes(kind: Kind, first: int, until: int, always: bool = False) -> bool:
            return bool(roads.first_arrivals(kind, c.node, first, until, always)[want.node] <= want.by)

        if early < c.first and comes(c.kind, early, c.until):
            return "consent", "consent_from"
        if c.kind[1] and comes((c.kind[0], ()), c.first, c.until):
            return "caveat", "not_via"
        if c.kind[0] and comes((False, c.kind[1]), c.first, c.until):
            return "route", "explosives"
        if comes(c.kind, 0, last):
            return "time", ""
        if comes(c.kind, 0, last, True):
            return "route", "closed"
        if roads.first_arrivals((False, ()), c.node, 0, last, True)[want.node] >= NEVER:
            return "route", ""
        if roads.first_arrivals(c.kind, c.node, 0, last, True)[want.node] >= NEVER:
            return ("caveat", "not_via") if c.kind[1] else ("route", "explosives")
        return "time", "due"

    # ---- purchases ------------------------------------------------------------------------------------------------
    def _purchase(self, want: Want, s: int, share: float, gain: float) -> Candidate | None:
        """A supplier with the funds that may pay it; None where the problem has no money at all."""
        p, sup, funds = self.problem, self.problem.suppliers, self.problem.funds
        if not len(funds.keys):
            return None
        item, node = int(sup.item[s]), int(sup.node[s])
        kind: Kind = (bool(p.items.explosives[item]), ())
        found = Candidate(False, s, item, share, gain, want.units, node, 0, p.days - 1, kind)
        mine = [f for f in range(len(funds.keys)) if funds.coalition[f] in (NO_ONE, want.coalition)]
        if not mine:
            found.obstacles, found.note = ["caveat"], "fund"
            return found
        last = want.by if node == want.node else int(self.roads.last_departures(kind, want.node, want.by)[node])
        if last == LONG_AGO or last < 0:
            found.obstacles = [self._too_late(want, found, 0)[0]]
            return found
        found.fund = max(mine, key=lambda f: (float(funds.amount[f]), -f))
        lead = int(sup.lead[s])
        weeks = {f: self._weeks(int(funds.first[f]), int(funds.until[f]), int(sup.first[s]), lead, last) for f in mine}
        if not any(len(w) for w in weeks.values()):
            found.obstacles = [self._no_order(s, mine, lead, last)]
            return found
        found.first = min(7 * int(w[0]) + lead for w in weeks.values() if len(w))
        found.until = last
        if not self._pays(want, found):
            found.obstacles = ["worth"]
            return found
        self._what_is_left(want, found, s, weeks)
        return found

    def _weeks(self, first: int, until: int, supplier_first: int, lead: int, last: int) -> np.ndarray:
        """Weeks on whose first day an order may be placed that is ready by a day."""
        begin = max(first, supplier_first, 0)
        end = min(until, last - lead, self.problem.days - 1 - lead)
        return np.arange(-(-begin // 7), end // 7 + 1)

    def _no_order(self, s: int, funds: list[int], lead: int, last: int) -> str:
        """Why no order is ready in time: the first window whose absence would change that."""
        f, sup = self.problem.funds, self.problem.suppliers
        end = self.problem.days - 1
        if len(self._weeks(0, end, int(sup.first[s]), lead, last)):
            return "fund"
        if any(len(self._weeks(int(f.first[i]), int(f.until[i]), 0, lead, last)) for i in funds):
            return "supplier"
        if lead and any(len(self._weeks(int(f.first[i]), int(f.until[i]), int(sup.first[s]), 0, last)) for i in funds):
            return "lead_time"
        return "lead_time" if lead else "time"

    def _what_is_left(self, want: Want, c: Candidate, s: int, weeks: dict[int, np.ndarray]) -> None:
        """Units that money and the supplier's weeks still allow, and which of the two is shorter."""
        lim, price = self.limits, max(float(self.problem.suppliers.price[s]), 1e-12)
        back = self.late.get((False, s, want.requirement), 0.0)
        able = [f for f, w in weeks.items() if len(w)]
        money = sum(self._units(c.item, float(self.room.left[lim.fund + f]) / price) for f in able) + back
        union = np.unique(np.concatenate([weeks[f] for f in able])).astype(np.int64)
        rows = lim.supplier + s * lim.weeks + union
        made = float(sum(self._units(c.item, x) for x in self.room.left[rows])) if len(rows) else 0.0
        c.units = min(money, made, want.units / c.share + 1e9) * c.share
        c.fund = max(able, key=lambda f: (float(self.room.left[lim.fund + f]), -f))
        if money < 1 and made < 1:
            dear = max(float(self.price[lim.fund + f]) for f in able) * price
            c.short = "supplier" if float(self.price[rows].max()) > dear else "fund"
        else:
            c.short = "fund" if money <= made else "supplier"


def _without_consent(problem: Problem) -> np.ndarray:
    """(offers,) the first day on which each could leave if consent held from the start."""
    days = [row["available_from"] for row in problem.tables.rows["offers"]]
    return np.array([max(problem.day(day), 0) if day else 0 for day in days], dtype=np.int64)
