"""Pegging, both ways: which sources serve a requirement, and which requirements live off a source or a limit."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from oneroof.planning.faults import ProblemError
from oneroof.planning.ledger import Delivery, Ledger
from oneroof.planning.plan import Plan, PlanFault, printed
from oneroof.planning.problem import Problem
from oneroof.planning.rules import whole_units_stay_whole
from oneroof.planning.schema import TABLE

TABLES = {  # tables whose keys can be asked for, and what one of them is called
    "requirements": "requirement",
    "offers": "offer",
    "nations": "donor",
    "funds": "fund",
    "suppliers": "supplier",
    "courses": "course",
    "items": "item",
    "legs": "leg",
    "nodes": "node",
}


@dataclass(frozen=True)
class Peg:
    """What one source gives to one requirement; ``what`` is an item, or the persons of a course."""

    requirement: str
    kind: str  # offer, purchase or cohort
    source: str  # key of the offer, the supplier or the course
    donor: str  # nation of the offer or the fund; '' for a cohort
    fund: str  # '' where nothing is bought
    what: str
    quantity: float
    tonnes: float
    first: str  # first and last day of arrival or graduation
    last: str

    def given(self) -> str:
        """Quantity, source and days in words."""
        days = self.first if self.first == self.last else f"{self.first} to {self.last}"
        if self.kind == "cohort":
            return f"{printed(self.quantity)} persons from course {self.source}, ready {days}"
        source = f"offer {self.source} of {self.donor}"
        if self.kind == "purchase":
            source = f"supplier {self.source}, bought with fund {self.fund} of {self.donor}"
        return f"{printed(self.quantity)} {self.what} ({printed(self.tonnes)} t) from {source}, arriving {days}"


@dataclass(frozen=True)
class Found:
    """What hangs on one key of one table."""

    kind: str  # a word of TABLES
    key: str
    name: str
    pegs: tuple[Peg, ...]
    required: float = 0.0  # of a requirement: units asked for, by due, and after it
    in_time: float = 0.0
    late: float = 0.0

    def lines(self) -> list[str]:
        """The pegs in words."""
        title = f"{self.kind} {self.key}" + (f" ({self.name})" if self.name not in ("", self.key) else "")
        if self.kind == "requirement":
            head = f"{title}: {printed(self.in_time)} of {printed(self.required)} in time, {printed(self.late)} late."
            return [head, *(f"  {peg.given()}" for peg in self.pegs)] if self.pegs else [f"{head} No source serves it."]
        if not self.pegs:
            return [f"{title}: no requirement lives off it in this plan."]
        fed = len({peg.requirement for peg in self.pegs})
        tonnes = sum(peg.tonnes for peg in self.pegs)
        head = f"{title}: {fed} requirement{'s live' if fed > 1 else ' lives'} off it, {printed(round(tonnes, 3))} t."
        return [head, *(f"  {peg.requirement}: {peg.given()}" for peg in self.pegs)]


@dataclass(frozen=True)
class Pegging:
    """Everything that one key names; a key may be in several tables."""

    key: str
    found: tuple[Found, ...]

    def lines(self) -> list[str]:
        """All of it in words."""
        return [line for found in self.found for line in found.lines()]

    def as_json(self) -> dict[str, Any]:
        """All of it for programs."""
        return {
            "key": self.key,
            "found": [
                {
                    "kind": found.kind,
                    "key": found.key,
                    "name": found.name,
                    **({"quantity": found.required, "in_time": found.in_time, "late": found.late} if served else {}),
                    "pegs": [vars(peg) for peg in found.pegs],
                }
                for found in self.found
                for served in (found.kind == "requirement",)
            ],
        }


def peg(problem: Problem, plan: Plan, key: str) -> Pegging:
    """What serves the requirement of this key, and what lives off the source, donor, leg, node, course or item of it.

    Raises ProblemError, naming the nearest keys, where no table has the key.
    """
    ledger = Ledger.of(problem, plan.tables)
    ledger = replace(ledger, relaxed=bool(whole_units_stay_whole(problem, ledger)))
    found = []
    for table, kind in TABLES.items():
        column = TABLE[table].key[0]
        row = next((row for row in problem.tables.rows[table] if row[column] == key), None)
        if row is not None:
            pegs = tuple(_summed(_pegs(problem, ledger, kind, key)))
            found.append(_found(problem, plan, kind, key, row.get("name", ""), pegs))
    if not found:
        raise ProblemError([_unknown(problem, key)])
    return Pegging(key, tuple(found))


def _found(problem: Problem, plan: Plan, kind: str, key: str, name: str, pegs: tuple[Peg, ...]) -> Found:
    """What was found, for a requirement with what it gets."""
    if kind != "requirement":
        return Found(kind, key, name, pegs)
    r = problem.requirements.keys.index(key)
    in_time = late = 0.0
    for row in plan.tables["served"]:
        if row["requirement"] == key:
            soon = problem.day(row["served_on"]) <= problem.requirements.due[r]
            in_time, late = in_time + float(row["quantity"]) * soon, late + float(row["quantity"]) * (not soon)
    item, package = int(problem.requirements.item[r]), int(problem.requirements.package[r])
    what = problem.items.names[item] if item >= 0 else problem.packages.names[package]
    return Found(kind, key, what, pegs, float(problem.requirements.quantity[r]), in_time, late)


def _pegs(problem: Problem, ledger: Ledger, kind: str, key: str) -> Iterator[Peg]:
    """Every delivery and cohort that the key has to do with."""
    for d in ledger.deliveries:
        made = _delivered(problem, ledger, d)
        if key in _things(problem, d, made)[kind]:
            yield made
    for c in ledger.cohorts:
        course, requirement = problem.courses.keys[c.course], problem.requirements.keys[c.requirement]
        node = problem.nodes.keys[problem.courses.node[c.course]]
        if key in {"requirement": (requirement,), "course": (course,), "node": (node,)}.get(kind, ()):
            day = problem.date(c.ready).isoformat()
            yield Peg(requirement, "cohort", course, "", "", course, c.persons, 0.0, day, day)


def _delivered(problem: Problem, ledger: Ledger, d: Delivery) -> Peg:
    """A delivery as a peg."""
    requirement, item = problem.requirements.keys[d.requirement], problem.items.keys[d.item]
    day = problem.date(d.arrive).isoformat()
    if d.from_offer:
        offer, donor = problem.offers.keys[d.source], problem.offers.donors[d.source]
        return Peg(requirement, "offer", offer, donor, "", item, d.quantity, d.weight, day, day)
    bought = ledger.purchases[d.source]
    supplier, fund = problem.suppliers.keys[bought.supplier], problem.funds.keys[bought.fund]
    donor = problem.funds.donors[bought.fund]
    return Peg(requirement, "purchase", supplier, donor, fund, item, d.quantity, d.weight, day, day)


def _things(problem: Problem, d: Delivery, made: Peg) -> dict[str, tuple[str, ...]]:
    """The keys that a delivery has to do with, by kind."""
    legs, nodes = problem.legs, problem.nodes.keys
    passed = [nodes[legs.origin[move.leg]] for move in d.moves] + [nodes[problem.requirements.node[d.requirement]]]
    return {
        "requirement": (made.requirement,),
        "offer": (made.source,) if d.from_offer else (),
        "donor": (made.donor,),
        "fund": (made.fund,) if made.fund else (),
        "supplier": () if d.from_offer else (made.source,),
        "course": (),
        "item": (made.what,),
        "leg": tuple(legs.keys[move.leg] for move in d.moves),
        "node": tuple(passed),
    }


def _summed(pegs: Iterable[Peg]) -> Iterator[Peg]:
    """One peg for each requirement and source, with the sum of quantities and the first and last day, by key."""
    by_line: dict[tuple[str, ...], list[Peg]] = defaultdict(list)
    for one in pegs:
        by_line[one.requirement, one.kind, one.source, one.donor, one.fund, one.what].append(one)
    for _, same in sorted(by_line.items()):
        yield replace(
            same[0],
            quantity=sum(one.quantity for one in same),
            tonnes=sum(one.tonnes for one in same),
            first=min(one.first for one in same),
            last=max(one.last for one in same),
        )


def _unknown(problem: Problem, key: str) -> PlanFault:
    """The fault for a key that no table has, with the nearest ones."""
    keys = sorted({row[TABLE[table].key[0]] for table in TABLES for row in problem.tables.rows[table]})
    folded = {known.casefold(): known for known in keys}
    near = [folded[match] for match in difflib.get_close_matches(key.casefold(), folded, n=5, cutoff=0.5)]
    near = near or [known for known in keys if key and key.casefold() in known.casefold()][:5]
    cure = f"Nearest: {', '.join(near)}." if near else "Name a key of one of these tables."
    return PlanFault("plan", 0, "", key, f"is no key of {', '.join(TABLES)}", cure)
