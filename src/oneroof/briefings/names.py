"""How the page calls the things of a problem: requirements, offers, legs, nodes, nations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from oneroof.briefings.figures import Lane, Load
from oneroof.briefings.words import Words
from oneroof.planning.problem import NO_ONE, Problem

MEASURES = {"tonne", "tonnes", "t", "kg", "litre", "litres", "l", "m", "m2", "m3", "km", "kwh", "mwh", "hour", "hours"}


@dataclass(frozen=True)
class Names:
    """Names in the language of the page; what the tables name stays as the tables have it."""

    problem: Problem
    words: Words

    def wanted(self, requirement: int) -> str:
        """What a requirement asks for: quantity, unit and name of its item or package."""
        needs = self.problem.requirements
        quantity = float(needs.quantity[requirement])
        if needs.item[requirement] == NO_ONE:
            return self._counted(quantity, "", self._package(int(needs.package[requirement])))
        return self.item(int(needs.item[requirement]), quantity)

    def bare(self, requirement: int) -> str:
        """The name of a requirement's item or package, with no quantity."""
        needs = self.problem.requirements
        if needs.item[requirement] == NO_ONE:
            return self._package(int(needs.package[requirement]))
        return self._item(int(needs.item[requirement]))

    def item(self, item: int, quantity: float) -> str:
        """So many units of an item."""
        return self._counted(quantity, self.problem.items.units[item], self._item(item))

    def _item(self, item: int) -> str:
        """The name of an item; its key where it has none."""
        return self.problem.items.names[item] or self.problem.items.keys[item]

    def _package(self, package: int) -> str:
        """The name of a package; its key where it has none."""
        return self.problem.packages.names[package] or self.problem.packages.keys[package]

    def _counted(self, quantity: float, unit: str, name: str) -> str:
        """So many of something; what is measured, not counted, has its unit."""
        amount = self.words.amount(quantity)
        if unit.casefold() in MEASURES:
            return f"{amount} {self.words.unit(unit)} · {name}"
        return f"{amount} × {name}"

    def place(self, node: int) -> str:
        """The name of a node; its key where it has none."""
        return self.problem.nodes.names[node] or self.problem.nodes.keys[node]

    def nation(self, code: str) -> str:
        """A nation in the language of the page."""
        return self.words.nation(code, self.problem.nations.get(code) or code)

    def leg(self, leg: int) -> str:
        """A leg by its ends and mode."""
        legs = self.problem.legs
        ends = f"{self.place(int(legs.origin[leg]))} → {self.place(int(legs.destination[leg]))}"
        return f"{ends} ({self.words.say('mode_' + legs.modes[leg])})"

    def load(self, load: Load) -> str:
        """A leg or a node."""
        return self.leg(load.index) if load.kind == "leg" else self.place(load.index)

    def lane(self, lane: Lane) -> str:
        """An item or a course on the timeline."""
        return self.named("course" if lane.kind == "course" else "item", lane.key)

    def named(self, kind: str, key: str) -> str:
        """The name behind a key of a kind (item, course, leg, node, offer, supplier); the key where there is none."""
        problem = self.problem
        index = self.indices.get(kind, {}).get(key)
        if index is None:
            return key
        if kind == "leg":
            return self.leg(index)
        if kind == "offer":
            item = self._item(int(problem.offers.item[index]))
            return f"{key} ({item}, {self.nation(problem.offers.donors[index])})"
        of = {"item": problem.items, "node": problem.nodes, "course": problem.courses, "supplier": problem.suppliers}
        return of[kind].names[index] or key if kind in of else key

    @cached_property
    def indices(self) -> dict[str, dict[str, int]]:
        """Where each key lies in its table."""
        problem = self.problem
        tables = {
            "item": problem.items.keys,
            "node": problem.nodes.keys,
            "leg": problem.legs.keys,
            "offer": problem.offers.keys,
            "course": problem.courses.keys,
            "supplier": problem.suppliers.keys,
            "requirement": problem.requirements.keys,
        }
        return {kind: {key: i for i, key in enumerate(keys)} for kind, keys in tables.items()}
