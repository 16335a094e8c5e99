"""Makes a valid plan without a solver: requirement by requirement, each source by the way that arrives first."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

from oneroof.planning.ledger import Ledger, Serving
from oneroof.planning.plan import Plan, digest, ordered, printed
from oneroof.planning.problem import NO_ONE, Problem
from oneroof.planning.tables import Row
from oneroof.planning.tally import tally, uses

Way = list[tuple[int, int, int]]  # leg, departure, arrival


def greedy(problem: Problem) -> Plan:
    """A plan that keeps every rule but whatever pins ask in vain; pins are served first."""
    maker = _Maker(problem)
    pins = problem.pins
    for o, r, quantity in zip(pins.offer.tolist(), pins.requirement.tolist(), pins.quantity.tolist(), strict=True):
        maker.from_offer(o, r, quantity)
    q = problem.requirements
    for r in sorted(range(len(q.keys)), key=lambda r: (int(q.priority[r]), q.keys[r])):
        maker.serve(r)
    return stated(problem, maker.tables)


def stated(problem: Problem, tables: dict[str, list[Row]], relaxed: bool = False) -> Plan:
    """The plan of these lines, with everything that follows from deliveries, purchases and cohorts counted anew."""
    lines = {name: tables.get(name, []) for name in ("deliveries", "movements", "purchases", "cohorts")}
    ledger = Ledger.of(problem, lines, relaxed)
    counted = tally(problem, ledger)
    told = {"limit": "offer", "explanation": "Nobody offers more.", "cure": "Offer more."}
    whole = ordered(
        lines
        | {
            "served": counted.served_rows(problem),
            "gaps": [row | told for row in counted.gap_quantities(problem)],
            "prices": _prices(problem, ledger),
            "next_pledges": [_pledge(problem)],
        }
    )
    figures = counted.figures()
    bound = max(float((problem.requirements.points * problem.requirements.quantity).sum()), figures["objective"])
    gap = (bound - figures["objective"]) / max(abs(bound), 1)
    summary: dict[str, Any] = {
        "name": problem.name,
        "status": "time_limit",
        **figures,
        "bound": bound,
        "gap": gap,
        "relaxed_objective": figures["objective"],
        "relaxed_gap": gap,
        "asked_gap": 0.005,
        "seconds": 0.1,
        "peak_memory_mb": 100,
        "problem_digest": problem.digest,
        "plan_digest": digest(whole),
        "oneroof_version": "0.1.0",
        "solver": "greedy",
        "illustrative": list(problem.illustrative),
    }
    return Plan(whole, summary, [], problem.tables)


def restated(plan: Plan) -> Plan:
    """The plan with the digest of its tables as they are now."""
    return replace(plan, summary=plan.summary | {"plan_digest": digest(plan.tables)})


def _pledge(problem: Problem) -> Row:
    first = {"rank": "1", "item": problem.items.keys[0], "quantity": "1", "node": problem.nodes.keys[0]}
    return first | {"from": problem.start.isoformat(), "worth": "0", "estimate": "0"}


def _prices(problem: Problem, ledger: Ledger) -> list[Row]:
    """A row for everything with a limit that the plan uses."""
    used = uses(problem, ledger)
    rows = []
    for kind, keys, limits, table in (
        ("leg", problem.legs.keys, problem.legs.capacity, used.leg),
        ("node", problem.nodes.keys, problem.nodes.handling, used.node),
        ("supplier", problem.suppliers.keys, problem.suppliers.per_week, used.supplier),
        ("offer", problem.offers.keys, problem.offers.quantity, {(i, -1): n for i, n in used.offer.items()}),
        ("fund", problem.funds.keys, problem.funds.amount, {(i, -1): n for i, n in used.fund.items()}),
        ("course", problem.courses.keys, problem.courses.seats, used.course),
        ("trainees", ("",), [problem.trainees], {(0, week): n for week, n in used.trainees.items()}),
    ):
        for (i, week), n in table.items():
            if math.isfinite(limits[i]):
                row = {"kind": kind, "key": keys[i], "week": "" if week < 0 else str(week), "used": printed(n)}
                rows.append(row | {"limit": printed(limits[i]), "price": "0"})
    return rows


class _Maker:
    def __init__(self, problem: Problem) -> None:
        self.problem = p = problem
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.offer_left = p.offers.quantity.tolist()
        self.money = p.funds.amount.tolist()
        self.leg_used: dict[tuple[int, int], float] = defaultdict(float)
        self.node_used: dict[tuple[int, int], float] = defaultdict(float)
        self.ordered: dict[tuple[int, int], float] = defaultdict(float)
        self.seated: dict[tuple[int, int], float] = defaultdict(float)
        self.released: dict[int, float] = defaultdict(float)
        self.brought: dict[int, float] = defaultdict(float)  # units of the requirement, by pins
        self.legs_from: dict[int, list[int]] = defaultdict(list)
        for leg, origin in enumerate(p.legs.origin.tolist()):
            self.legs_from[origin].append(leg)
        self.serving = Serving.of(p).units

    def serve(self, r: int) -> None:
        p = self.problem
        item, quantity = int(p.requirements.item[r]), float(p.requirements.quantity[r]) - self.brought[r]
        if item != NO_ONE:
            for given in range(len(p.items.keys)):
                per = self.serving.get((item, given), (0.0, 0.0))[0]
                if per and quantity > 1e-9:
                    quantity -= self.bring(r, given, quantity * per) / per
            return
        for part in p.packages.parts[p.requirements.package[r]]:
            need = part.quantity * math.floor(quantity)
            if part.is_course:
                self.teach(r, part.what, math.ceil(need))
            else:
                self.bring(r, part.what, math.ceil(need) if p.items.whole[part.what] else need)

    def bring(self, r: int, item: int, wanted: float) -> float:
        """Units of the item brought: first given, then bought."""
        p, brought = self.problem, 0.0
        for o in range(len(p.offers.keys)):
            mine = p.offers.coalition[o] in (NO_ONE, p.requirements.coalition[r])
            if p.offers.item[o] == item and p.offers.usable[o] and mine:
                brought += self.from_offer(o, r, wanted - brought)
        for s in range(len(p.suppliers.keys)):
            for f in range(len(p.funds.keys)):
                mine = p.funds.coalition[f] in (NO_ONE, p.requirements.coalition[r])
                if p.suppliers.item[s] == item and mine and wanted - brought > 1e-9:
                    brought += self.buy(s, f, r, wanted - brought)
        return brought

    def from_offer(self, o: int, r: int, wanted: float) -> float:
        p = self.problem
        quantity = self.whole(int(p.offers.item[o]), min(wanted, self.offer_left[o]))
        window, avoided = (int(p.offers.first[o]), int(p.offers.until[o])), p.offers.not_via[o]
        item, node = int(p.offers.item[o]), int(p.offers.node[o])
        sent = self.send("offer", p.offers.keys[o], item, node, r, quantity, window, avoided)
        self.offer_left[o] -= sent
        if int(p.requirements.item[r]) == p.offers.item[o]:
            self.brought[r] += sent
        return sent

    def buy(self, s: int, f: int, r: int, wanted: float) -> float:
        """One purchase in the first week that fund and supplier allow."""
        p, item = self.problem, int(self.problem.suppliers.item[s])
        first = max(int(p.funds.first[f]), int(p.suppliers.first[s]), 0)
        order = -(-first // 7) * 7
        ready = order + int(p.suppliers.lead[s])
        left = float(p.suppliers.per_week[s]) - self.ordered[s, order // 7]
        quantity = self.whole(item, min(wanted, left, self.money[f] / max(float(p.suppliers.price[s]), 1e-9)))
        if order > p.funds.until[f] or ready >= p.days or quantity <= 0:
            return 0.0
        key = f"P-{len(self.tables['purchases']):05d}"
        sent = self.send("purchase", key, item, int(p.suppliers.node[s]), r, quantity, (ready, p.days - 1), ())
        if sent:
            cost = sent * float(p.suppliers.price[s])
            self.money[f] -= cost
            self.ordered[s, order // 7] += sent
            dates = {"order_on": p.date(order).isoformat(), "ready_on": p.date(ready).isoformat()}
            row = {"purchase": key, "supplier": p.suppliers.keys[s], "fund": p.funds.keys[f], **dates}
            self.tables["purchases"].append(row | {"quantity": printed(sent), "cost": printed(cost)})
        return sent

    def teach(self, r: int, course: int, wanted: float) -> None:
        p = self.problem
        for start in p.courses.starts[course].tolist():
            seats = float(p.courses.seats[course]) - self.seated[course, start]
            persons = min(wanted, seats, p.trainees - self.released[start // 7])
            if persons >= 1:
                persons = math.floor(persons)
                wanted -= persons
                self.seated[course, start] += persons
                self.released[start // 7] += persons
                ready = p.date(start + int(p.courses.days[course])).isoformat()
                row = {"course": p.courses.keys[course], "requirement": p.requirements.keys[r], "persons": str(persons)}
                self.tables["cohorts"].append(row | {"start_on": p.date(start).isoformat(), "ready_on": ready})

    def whole(self, item: int, quantity: float) -> float:
        return math.floor(quantity + 1e-9) if self.problem.items.whole[item] else math.floor(quantity * 1e6) / 1e6

    def send(
        self,
        kind: str,
        source: str,
        item: int,
        node: int,
        r: int,
        quantity: float,
        window: tuple[int, int],
        avoided: tuple[str, ...],
    ) -> float:
        """Send as much of the quantity as one itinerary carries; what was sent."""
        p, explosive = self.problem, bool(self.problem.items.explosives[item])
        while quantity > 1e-6:
            tonnes = quantity * float(p.items.tonnes[item])
            way = self.first_way(node, int(p.requirements.node[r]), window, tonnes, explosive, avoided)
            if way is not None:
                self.ride(kind, source, item, r, quantity, tonnes, way, window[0])
                return quantity
            quantity = self.whole(item, quantity / 2)
        return 0.0

    def first_way(
        self, node: int, target: int, window: tuple[int, int], tonnes: float, explosive: bool, avoided: tuple[str, ...]
    ) -> Way | None:
        """The way that arrives first with room for the tonnes; Dijkstra over (day, node)."""
        legs = self.problem.legs
        queue: list[tuple[int, int, int, Way]] = [(window[0], 0, node, [])]
        seen: set[int] = set()
        while queue:
            now, _, here, way = heapq.heappop(queue)
            if here == target:
                return way
            if here in seen:
                continue
            seen.add(here)
            for leg in self.legs_from[here]:
                to = int(legs.destination[leg])
                if (explosive and not legs.explosives[leg]) or self.problem.nodes.nations[to] in avoided:
                    continue
                leaves = self.departure(leg, now, self.problem.days if way else window[1], tonnes)
                if leaves is not None:
                    lands = leaves + int(legs.days[leg])
                    heapq.heappush(queue, (lands, len(way) + 1000 * leg, to, [*way, (leg, leaves, lands)]))
        return None

    def departure(self, leg: int, now: int, until: int, tonnes: float) -> int | None:
        """The first day from ``now`` on which the leg has room."""
        legs, origin = self.problem.legs, int(self.problem.legs.origin[leg])
        day = max(now, int(legs.opens[leg]))
        while day <= min(until, int(legs.closes[leg]), self.problem.days - 1 - int(legs.days[leg])):
            week = day // 7
            on_leg = self.leg_used[leg, week] + tonnes <= legs.capacity[leg]
            if on_leg and self.node_used[origin, week] + tonnes <= self.problem.nodes.handling[origin]:
                return day
            day = 7 * (week + 1)
        return None

    def ride(
        self, kind: str, source: str, item: int, r: int, quantity: float, tonnes: float, way: Way, first: int
    ) -> None:
        p, key = self.problem, f"D-{len(self.tables['deliveries']):05d}"
        depart, arrive = (way[0][1], way[-1][2]) if way else (first, first)
        row = {"delivery": key, "source_kind": kind, "source": source, "requirement": p.requirements.keys[r]}
        row |= {"item": p.items.keys[item], "quantity": printed(quantity), "tonnes": printed(tonnes)}
        dates = {"depart_on": p.date(depart).isoformat(), "arrive_on": p.date(arrive).isoformat()}
        self.tables["deliveries"].append(row | dates)
        for step, (leg, leaves, lands) in enumerate(way, 1):
            self.leg_used[leg, leaves // 7] += tonnes
            self.node_used[int(p.legs.origin[leg]), leaves // 7] += tonnes
            row = {"delivery": key, "step": str(step), "leg": p.legs.keys[leg], "tonnes": printed(tonnes)}
            dates = {"depart_on": p.date(leaves).isoformat(), "arrive_on": p.date(lands).isoformat()}
            self.tables["movements"].append(row | dates)
