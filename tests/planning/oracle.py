"""The relaxation of a tiny problem as one linear program, written from the tables alone: the judge of the solver.

Every source is a good of its own, with a flow on every leg and day and a stock at every node and day. Nothing is shared
with the planning core but the text of the tables.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from oneroof.planning.tables import Row, Tables

STAGES = ("offered", "pledged", "committed")
RowName = tuple[object, ...]


@dataclass(frozen=True)
class Optimum:
    """The best objective, None where pins can't be kept, and what is used of every limit."""

    objective: float | None
    used: dict[RowName, float]


@dataclass
class Source:
    """A good: days on which it may leave its node; when it is ready, and the limits that one unit takes then."""

    item: str
    node: str
    first: int
    until: int
    coalition: str
    not_via: frozenset[str]
    pins: dict[str, RowName]
    ready: list[tuple[int, list[tuple[RowName, float]]]]


class Program:
    """Maximise gain over columns; rows are named, ``most`` holds limits, ``exact`` balances, ``least`` floors."""

    def __init__(self) -> None:
        self.gain: list[float] = []
        self.entries: list[tuple[RowName, int, float]] = []
        self.most: dict[RowName, float] = {}
        self.least: dict[RowName, float] = {}

    def column(self, gain: float, *uses: tuple[RowName, float]) -> None:
        """A column with what one unit of it adds to rows."""
        self.entries += [(row, len(self.gain), value) for row, value in uses if value]
        self.gain.append(gain)

    def solve(self) -> Optimum:
        """The optimum; rows without a limit or a floor are balances that must be zero."""
        if not self.gain:
            return Optimum(None if any(v > 0 for v in self.least.values()) else 0.0, {})
        names = sorted({row for row, _, _ in self.entries} | set(self.least), key=repr)
        place = {name: i for i, name in enumerate(names)}
        at = [place[row] for row, _, _ in self.entries]
        shape = (len(names), len(self.gain))
        matrix = coo_matrix(([v for _, _, v in self.entries], (at, [j for _, j, _ in self.entries])), shape).tocsr()
        top = np.array([self.most.get(n, np.nan) for n in names])
        floor = np.array([self.least.get(n, np.nan) for n in names])
        over, under = np.flatnonzero(np.isfinite(top)), np.flatnonzero(np.isfinite(floor))
        exact = np.array([n not in self.most and n not in self.least for n in names])
        upper = np.concatenate([top[over], -floor[under]])
        stacked = coo_matrix(np.concatenate([matrix[over].toarray(), -matrix[under].toarray()]))
        found = linprog(
            -np.array(self.gain),
            A_ub=stacked if len(upper) else None,
            b_ub=upper if len(upper) else None,
            A_eq=matrix[exact] if exact.any() else None,
            b_eq=np.zeros(int(exact.sum())) if exact.any() else None,
            method="highs-ds",
            options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9},
        )
        if found.status == 2:
            return Optimum(None, {})
        assert found.status == 0, found.message
        return Optimum(-float(found.fun), dict(zip(names, (matrix @ found.x).tolist(), strict=True)))


def optimum(tables: Tables) -> Optimum:
    """The optimum of the relaxation with every pin kept."""
    return _Builder(tables).program.solve()


class _Builder:
    """Writes the program."""

    def __init__(self, tables: Tables) -> None:
        self.rows, self.settings = tables.rows, tables.settings
        start, weeks = tables.settings["start"], tables.settings["weeks"]
        assert isinstance(start, dt.date)
        assert isinstance(weeks, int)
        self.start, self.end = start, 7 * weeks
        self.items = {row["item"]: row for row in self.rows["items"]}
        self.parts: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows["package_parts"]:
            self.parts[row["package"]].append(row)
        self.program = Program()
        self.limits()
        self.packages()
        for number, source in enumerate(self.offers() + self.purchases()):
            self.flow(number, source)

    def day(self, text: str, empty: int = 0) -> int:
        return (dt.date.fromisoformat(text) - self.start).days if text else empty

    def limits(self) -> None:
        """The amount of every limit."""
        most, inf = self.program.most, float("inf")
        weeks = range(self.end // 7)
        for row in self.rows["offers"]:
            most["offer", row["offer"]] = float(row["quantity"])
        for row in self.rows["requirements"]:
            most["requirement", row["requirement"]] = float(row["quantity"])
        for row in self.rows["funds"]:
            most["fund", row["fund"]] = float(row["amount"])
        for kind, column in (
            ("leg", "tonnes_per_week"),
            ("node", "handling_tonnes_per_week"),
            ("supplier", "units_per_week"),
        ):
            for row in self.rows[f"{kind}s"]:
                most.update({(kind, row[kind], w): float(row[column] or inf) for w in weeks})
        trainees = self.settings["trainees_per_week"]
        most.update({("trainees", w): inf if trainees is None else float(str(trainees)) for w in weeks})
        for row in self.rows["courses"]:
            most.update({("seats", row["course"], t): float(row["seats"] or inf) for t in range(self.end)})
        for row in self.rows["pins"]:
            self.program.least["pin", row["offer"], row["requirement"]] = float(row["quantity"])

    def timeliness(self, requirement: Row, day: int) -> float:
        due = self.day(requirement["due"])
        latest = self.day(requirement["latest"], due + 180)
        return min(1.0, max(0.0, (latest - day) / (latest - due)))

    def points(self, requirement: Row) -> float:
        if requirement["points_per_unit"]:
            return float(requirement["points_per_unit"])
        if requirement["item"]:
            value = float(self.items[requirement["item"]]["value_per_unit"])
        else:
            parts = [part for part in self.parts[requirement["package"]] if part["kind"] == "item"]
            value = sum(float(part["quantity"]) * float(self.items[part["part"]]["value_per_unit"]) for part in parts)
        factors = self.settings["priority_factors"]
        assert isinstance(factors, list)
        return float(factors[int(requirement["priority"]) - 1]) * value

    def packages(self) -> None:
        """Packages completed by day, parts in stock from day to day, persons who graduate."""
        courses = {row["course"]: row for row in self.rows["courses"]}
        for r in self.rows["requirements"]:
            parts = self.parts[r["package"]] if r["package"] else []
            for t in range(self.end if parts else 0):
                takes = [(("stock", r["requirement"], p["part"], t), -float(p["quantity"])) for p in parts]
                gain = self.points(r) * self.timeliness(r, t)
                self.program.column(gain, (("requirement", r["requirement"]), 1.0), *takes)
            for p in parts:
                for t in range(self.end):
                    now, then = ("stock", r["requirement"], p["part"], t), ("stock", r["requirement"], p["part"], t + 1)
                    self.program.column(0.0, (now, -1.0), *([(then, 1.0)] if t + 1 < self.end else []))
                if p["kind"] == "course":
                    self.cohorts(courses[p["part"]], r)

    def cohorts(self, course: Row, r: Row) -> None:
        """Persons in every start of a course that ends inside the horizon."""
        first, last = self.day(course["first_start"]), self.day(course["last_start"])
        for t in range(first, last + 1, int(course["every_days"])):
            ready = t + int(course["days"])
            if t >= 0 and ready < self.end:
                stock = ("stock", r["requirement"], course["course"], ready)
                self.program.column(
                    0.0, (("seats", course["course"], t), 1.0), (("trainees", t // 7), 1.0), (stock, 1.0)
                )

    def offers(self) -> list[Source]:
        """Offers that may be used."""
        found = []
        for row in self.rows["offers"]:
            stage = STAGES.index(row["stage"]) >= STAGES.index(str(self.settings["min_stage"]))
            if row["consent"] == "pending" or not stage:
                continue
            first = max(0, self.day(row["available_from"]))
            if row["consent"] == "granted":
                first = max(first, self.day(row["consent_from"]))
            pins: dict[str, RowName] = {
                pin["requirement"]: ("pin", row["offer"], pin["requirement"])
                for pin in self.rows["pins"]
                if pin["offer"] == row["offer"]
            }
            until = min(self.end - 1, self.day(row["available_until"], self.end))
            not_via = frozenset(code for code in row["not_via"].split(";") if code)
            takes: list[tuple[int, list[tuple[RowName, float]]]] = [(first, [(("offer", row["offer"]), 1.0)])]
            found.append(Source(row["item"], row["node"], first, until, row["coalition_only"], not_via, pins, takes))
        return found

    def purchases(self) -> list[Source]:
        """What each fund may buy from each supplier."""
        found = []
        for s in self.rows["suppliers"]:
            for f in self.rows["funds"]:
                source = Source(s["item"], s["node"], 0, self.end - 1, f["coalition_only"], frozenset(), {}, [])
                for week in range(self.end // 7):
                    begin = max(self.day(f["available_from"]), self.day(s["available_from"]))
                    if begin <= 7 * week <= self.day(f["available_until"], self.end):
                        pays = ("fund", f["fund"]), float(s["unit_price"])
                        ready = 7 * week + int(s["lead_days"])
                        source.ready.append((ready, [pays, (("supplier", s["supplier"], week), 1.0)]))
                found.append(source)
        return found

    def uses_of(self, source: Source) -> list[tuple[Row, float, float, str]]:
        """Requirements that the source may serve: points per unit, requirement units per unit, part."""
        found = []
        for r in self.rows["requirements"]:
            if source.coalition and source.coalition != r["coalition"]:
                continue
            if r["item"] == source.item:
                found.append((r, self.points(r), 1.0, ""))
            for row in self.rows["substitutes"]:
                if (row["item"], row["substitute"]) == (r["item"], source.item):
                    units = float(row["units_per_unit"])
                    found.append((r, self.points(r) * float(row["preference"]) / units, 1.0 / units, ""))
            parts = self.parts[r["package"]] if r["package"] else []
            found += [(r, 0.0, 0.0, p["part"]) for p in parts if (p["kind"], p["part"]) == ("item", source.item)]
        return found

    def flow(self, n: int, source: Source) -> None:
        """Every way of a source's goods; those that still lie at home are counted at ``home`` until they leave."""
        nation = {row["node"]: row["nation"] for row in self.rows["nodes"]}
        item, put = self.items[source.item], self.program.column
        tonnes = float(item["tonnes_per_unit"])
        uses = self.uses_of(source)
        if not uses:
            return
        for t in range(max(source.first, 0), source.until + 1):
            for ready, takes in source.ready:
                if t == ready:
                    put(0.0, ((n, "home", t), 1.0), *takes)
            if t < source.until:
                put(0.0, ((n, "home", t), -1.0), ((n, "home", t + 1), 1.0))
        for node in nation:
            for t in range(self.end - 1):
                put(0.0, ((n, node, t), -1.0), ((n, node, t + 1), 1.0))
        for leg in self.rows["legs"]:
            if nation[leg["destination"]] in source.not_via or (item["explosives"], leg["explosives"]) == ("yes", "no"):
                continue
            opens, closes = self.day(leg["opens"]), self.day(leg["closes"], self.end)
            for t in range(max(0, opens), min(closes, self.end - 1 - int(leg["days"])) + 1):
                to = (n, leg["destination"], t + int(leg["days"]))
                rows = (("leg", leg["leg"], t // 7), tonnes), (("node", leg["origin"], t // 7), tonnes), (to, 1.0)
                cost = -tonnes * float(leg["cost_per_tonne"])
                put(cost, ((n, leg["origin"], t), -1.0), *rows)
                if leg["origin"] == source.node and source.first <= t <= source.until:
                    put(cost, ((n, "home", t), -1.0), *rows)
        for r, points, share, part in uses:
            counted: list[tuple[RowName, float]] = [(("requirement", r["requirement"]), share)]
            counted += [(source.pins[r["requirement"]], 1.0)] if r["requirement"] in source.pins else []
            for t in range(self.end):
                gain = points * self.timeliness(r, t)
                into = [(("stock", r["requirement"], part, t), 1.0)] if part else []
                put(gain, ((n, r["node"], t), -1.0), *counted, *into)
                if r["node"] == source.node and source.first <= t <= source.until:
                    put(gain, ((n, "home", t), -1.0), *counted, *into)
