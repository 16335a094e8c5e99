"""Random tiny problems with every feature of the tables, for laws and for the oracle."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

from oneroof.planning import tables
from oneroof.planning.schema import TABLE, TABLES
from oneroof.planning.tables import Tables

START = dt.date(2025, 1, 6)
NATIONS = ("DEU", "POL", "SVK", "UKR")
Rows = dict[str, list[dict[str, object]]]
NEEDED = ("nations", "nodes", "items", "requirements")


def read(settings: Mapping[str, object], rows: Mapping[str, Sequence[Mapping[str, object]]]) -> Tables:
    """Rows and settings as a checked problem; an absent column is empty."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), settings, rows)
        return tables.read(Path(name))


def write(folder: Path, settings: Mapping[str, object], rows: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
    """Rows and settings as a problem folder."""
    given = {"name": '"Tiny"', "start": START.isoformat(), **settings}
    (folder / "problem.toml").write_text("".join(f"{key} = {value}\n" for key, value in given.items()))
    for table, records in rows.items():
        if not records and table not in NEEDED:
            continue
        columns = list(dict.fromkeys(key for record in records for key in record)) or TABLE[table].names
        with (folder / f"{table}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(records)


def date(day: int) -> str:
    """A day as a date."""
    return (START + dt.timedelta(days=day)).isoformat()


class Draw:
    """Draws a problem; the same seed draws the same one."""

    def __init__(self, seed: int, pins: bool = True) -> None:
        self.r = Random(seed)
        self.pins = pins
        self.weeks = self.r.choice([1, 2, 2, 3, 4])
        self.days = 7 * self.weeks
        self.rows: Rows = {table.name: [] for table in TABLES}
        self.settings: dict[str, object] = {"weeks": self.weeks}

    def tables(self) -> Tables:
        """The problem."""
        self.draw()
        return read(self.settings, self.rows)

    def draw(self) -> None:
        """Every table."""
        r = self.r
        if r.random() < 0.5:
            self.settings["trainees_per_week"] = r.choice([0, 1, 3, 5, 8])
        if r.random() < 0.1:
            self.settings["min_stage"] = '"committed"'
        if r.random() < 0.1:
            self.settings["priority_factors"] = [5, 3, 2, 1, 0]
        self.rows["nations"] = [{"nation": nation} for nation in NATIONS]
        self.rows["coalitions"] = [{"coalition": c, "leads": "POL"} for c in "CD"]
        self.network()
        self.catalogue()
        self.wanted()
        self.given()
        self.money()
        if self.pins and r.random() < 0.3:
            self.pinned()

    def some(self, chance: float, value: object, empty: object = "") -> object:
        """The value, or nothing."""
        return value if self.r.random() < chance else empty

    def key(self, table: str, column: str) -> str:
        """Any key of a table."""
        return str(self.r.choice(self.rows[table])[column])

    def near(self, share: float) -> str:
        """A node, drawn twice and the earlier (share 0) or later (share 1) taken; the line of legs runs that way."""
        places = sorted(self.r.randrange(len(self.rows["nodes"])) for _ in range(2))
        return str(self.rows["nodes"][places[self.r.random() < share]]["node"])

    def number(self, low: float, high: float) -> float:
        """A number with at most two decimals, often a round one."""
        value = self.r.uniform(low, high)
        return float(max(round(value), 1)) if self.r.random() < 0.5 else max(round(value, 2), 0.01)

    def limit(self, chance: float, low: float, high: float) -> object:
        """A limit: none, zero, or a number."""
        if self.r.random() > chance:
            return ""
        return 0 if self.r.random() < 0.05 else self.number(low, high)

    def network(self) -> None:
        """Nodes and legs."""
        r = self.r
        for i in range(r.randint(2, 6)):
            self.rows["nodes"].append(
                {"node": f"N{i}", "nation": r.choice(NATIONS), "kind": "hub", "latitude": 50, "longitude": 20 + i}
                | {"handling_tonnes_per_week": self.limit(0.3, 1, 25)}
            )
        nodes = [str(row["node"]) for row in self.rows["nodes"]]
        ends = list(pairwise(nodes)) if r.random() < 0.9 else []
        ends += [(b, a) for a, b in ends if r.random() < 0.15]
        ends += [(a, b) for a, b in (r.sample(nodes, 2) for _ in range(r.randint(1, 6)))]
        for i, (origin, destination) in enumerate(ends):
            opens = r.randint(-5, self.days + 2) if r.random() < 0.15 else None
            closes = (opens or 0) + r.randint(0, self.days) if r.random() < 0.2 else None
            self.rows["legs"].append(
                {"leg": f"L{i}", "origin": origin, "destination": destination, "mode": "road"}
                | {"days": r.choice([1, 1, 2, 3, 6])}
                | {"tonnes_per_week": self.limit(0.6, 1, 15), "cost_per_tonne": self.some(0.8, r.randint(0, 20), 0)}
                | {"explosives": self.some(0.2, "no"), "opens": "" if opens is None else date(opens)}
                | {"closes": "" if closes is None else date(closes)}
            )

    def catalogue(self) -> None:
        """Items, substitutes, courses and packages."""
        r = self.r
        for i in range(r.randint(1, 4)):
            self.rows["items"].append(
                {
                    "item": f"I{i}",
                    "unit": "each",
                    "tonnes_per_unit": self.number(0.1, 5),
                    "value_per_unit": r.choice([0, 5, 20, 50, 50]),
                }
                | {"explosives": self.some(0.25, "yes"), "whole_units": self.some(0.3, "no")}
            )
        items = [str(row["item"]) for row in self.rows["items"]]
        for item in items:
            for other in items:
                if item != other and r.random() < 0.2:
                    self.rows["substitutes"].append(
                        {"item": item, "substitute": other, "units_per_unit": r.choice([0.5, 1, 2, 3])}
                        | {"preference": r.choice([0.3, 0.8, 1])}
                    )
        for i in range(r.randint(0, 2)):
            first = r.randint(-10, self.days // 2)
            self.rows["courses"].append(
                {"course": f"C{i}", "node": self.key("nodes", "node"), "days": r.randint(1, 12)}
                | {"seats": self.some(0.8, r.choice([0, 2, 3, 5, 8])), "first_start": date(first)}
                | {"last_start": date(first + r.randint(0, self.days)), "every_days": r.choice([1, 3, 7, 10])}
            )
        if r.random() < 0.6:
            for i in range(r.randint(1, 2)):
                self.rows["packages"].append({"package": f"P{i}"})
                courses = [("course", str(row["course"])) for row in self.rows["courses"]]
                choice = [("item", item) for item in items] + courses
                for kind, part in r.sample(choice, r.randint(1, min(3, len(choice)))):
                    self.rows["package_parts"].append(
                        {"package": f"P{i}", "kind": kind, "part": part, "quantity": r.choice([1, 2, 3, 0.5])}
                    )

    def sought(self) -> str:
        """An item, most often one that a requirement or a part asks for."""
        asked = [str(row["item"]) for row in self.rows["requirements"] if row["item"]]
        asked += [str(row["part"]) for row in self.rows["package_parts"] if row["kind"] == "item"]
        return self.r.choice(asked) if asked and self.r.random() < 0.8 else self.key("items", "item")

    def wanted(self) -> None:
        """Requirements, some of them due before the start or after the end."""
        r = self.r
        for i in range(r.randint(1, 6)):
            due = r.randint(-12, self.days + 10) if r.random() < 0.3 else r.randint(0, self.days)
            package = self.rows["packages"] and r.random() < 0.4
            self.rows["requirements"].append(
                {"requirement": f"R{i}", "item": "" if package else self.key("items", "item")}
                | {"package": self.key("packages", "package") if package else "", "quantity": self.number(1, 8)}
                | {"node": self.near(0.9), "due": date(due), "priority": r.randint(1, 5)}
                | {"latest": self.some(0.7, date(due + r.randint(1, 25))), "coalition": self.some(0.5, r.choice("CD"))}
                | {"points_per_unit": self.some(0.3, self.number(1, 200))}
            )

    def given(self) -> None:
        """Offers with windows, consents, stages and caveats."""
        r = self.r
        for i in range(r.randint(1, 8)):
            first = r.randint(-8, self.days - 1) if r.random() < 0.4 else None
            until = (first or 0) + r.randint(0, self.days) if r.random() < 0.5 else None
            consent = r.choice(["", "", "not_needed", "granted", "pending"] if r.random() < 0.6 else [""])
            self.rows["offers"].append(
                {"offer": f"O{i}", "donor": "DEU", "item": self.sought(), "quantity": self.number(1, 8)}
                | {"node": self.near(0.1), "available_from": "" if first is None else date(first)}
                | {"available_until": "" if until is None else date(until), "consent": consent}
                | {
                    "stage": r.choice(
                        ["pledged", "committed", "committed", "offered" if r.random() < 0.3 else "committed"]
                    )
                }
                | {"consent_from": date(r.randint(-5, self.days)) if consent == "granted" else ""}
                | {"coalition_only": self.some(0.2, r.choice("CD"))}
                | {"not_via": self.some(0.3, ";".join(r.sample(NATIONS, r.randint(1, 2))))}
            )

    def money(self) -> None:
        """Funds and suppliers."""
        r = self.r
        if r.random() < 0.4:
            return
        for i in range(r.randint(1, 2)):
            first = r.randint(-5, self.days - 1) if r.random() < 0.3 else None
            until = (first or 0) + r.randint(0, self.days) if r.random() < 0.3 else None
            self.rows["funds"].append(
                {"fund": f"F{i}", "donor": "DEU", "amount": r.choice([0, 10, 50, 200]) + r.choice([0, 0, 7.5])}
                | {
                    "available_from": "" if first is None else date(first),
                    "coalition_only": self.some(0.3, r.choice("CD")),
                }
                | {"available_until": "" if until is None else date(until)}
            )
        for i in range(r.randint(1, 2)):
            self.rows["suppliers"].append(
                {"supplier": f"S{i}", "item": self.sought(), "node": self.near(0.1)}
                | {"unit_price": r.choice([0, 5, 12, 40]), "lead_days": r.choice([0, 0, 3, 10])}
                | {
                    "units_per_week": self.limit(0.5, 0.5, 4),
                    "available_from": self.some(0.3, date(r.randint(-5, self.days))),
                }
            )

    def likely(self, offer: Mapping[str, object], requirement: Mapping[str, object]) -> bool:
        """Whether nothing but the way hinders the offer from serving the requirement."""
        coalition = offer["coalition_only"] in ("", requirement["coalition"])
        along = str(offer["node"]) <= str(requirement["node"])
        return coalition and along and offer["consent"] != "pending" and not offer["available_until"]

    def pinned(self) -> None:
        """Pins of offers on requirements that they may serve, small enough that many can be kept."""
        r = self.r
        parts = {(str(p["package"]), str(p["part"])) for p in self.rows["package_parts"]}
        stand = {(str(row["item"]), str(row["substitute"])) for row in self.rows["substitutes"]}
        pairs = [
            (str(o["offer"]), str(q["requirement"]))
            for o in self.rows["offers"]
            for q in self.rows["requirements"]
            if (
                q["item"] == o["item"]
                or (str(q["package"]), str(o["item"])) in parts
                or (str(q["item"]), str(o["item"])) in stand
            )
            and (r.random() < 0.1 or self.likely(o, q))
        ]
        for offer, requirement in r.sample(pairs, min(len(pairs), r.randint(1, 2))):
            self.rows["pins"].append({"offer": offer, "requirement": requirement, "quantity": self.number(0.2, 1.5)})
