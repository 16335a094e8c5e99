"""Small problems in which everything comes in time, and changes that plant exactly one cause of a gap."""

import csv
import datetime as dt
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from oneroof.planning import tables
from oneroof.planning.problem import Problem
from tests.planning.small import write_small

Rows = dict[str, list[dict[str, str]]]


@dataclass
class Case:
    """Tables of a problem under construction, with its settings."""

    rows: Rows
    weeks: int
    trainees: int | None = None
    min_stage: str = "pledged"
    numbers: dict[str, int] = field(default_factory=dict)

    def row(self, table: str, key: str) -> dict[str, str]:
        """The row of a key."""
        return next(row for row in self.rows[table] if next(iter(row.values())) == key)

    def problem(self, folder: Path) -> Problem:
        """The problem, through the same door as a user's."""
        toml = f'name = "Planted"\nstart = 2025-01-06\nweeks = {self.weeks}\nmin_stage = "{self.min_stage}"\n'
        toml += "" if self.trainees is None else f"trainees_per_week = {self.trainees}\n"
        texts = {}
        for name, rows in self.rows.items():
            if rows:
                names = list(dict.fromkeys(column for row in rows for column in row))
                out = io.StringIO()
                writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
                texts[name] = out.getvalue()
        return Problem.of(tables.read(write_small(folder, texts, toml)))


def day(number: int) -> str:
    """A day of the horizon as a date."""
    return (dt.date(2025, 1, 6) + dt.timedelta(days=number)).isoformat()


def sound(seed: int) -> Case:
    """A problem that is served in full and in time: two sites, a hub, a way round it, purchases and training."""
    r = random.Random(seed)
    n = {
        name: r.randint(low, high)
        for name, low, high in (
            ("gen", 8, 16),
            ("tent", 20, 60),
            ("packs", 2, 4),
            ("buy", 6, 12),
            ("fuel", 40, 90),
            ("due", 42, 63),
        )
    }
    due = day(n["due"])
    nodes = [
        ("DEPOT", "DEU", "depot"),
        ("PORT", "NLD", "port"),
        ("HUB", "POL", "hub"),
        ("SOUTH", "ROU", "hub"),
        ("SITE", "UKR", "site"),
        ("FAR", "UKR", "site"),
        ("SCHOOL", "POL", "training"),
    ]
    legs = [
        ("D-H", "DEPOT", "HUB", "rail", r.randint(2, 3), 20),
        ("P-H", "PORT", "HUB", "rail", r.randint(2, 4), 25),
        ("H-S", "HUB", "SITE", "road", r.randint(1, 2), 40),
        ("H-F", "HUB", "FAR", "road", 2, 50),
        ("D-S", "DEPOT", "SOUTH", "rail", r.randint(4, 5), 60),
        ("S-S", "SOUTH", "SITE", "road", 2, 45),
    ]
    items = [
        ("GEN", 3, 40000),
        ("TENT", 0.5, 9000),
        ("TRUCK", 8, 90000),
        ("SPARES", 1, 20000),
        ("BOILER", 4, 60000),
        ("FUEL", 1, 1500),
        ("SHELL", 2, 50000),
    ]
    need = {
        "GEN": n["gen"],
        "TENT": n["tent"],
        "TRUCK": 2 * n["packs"],
        "SPARES": n["packs"],
        "FUEL": n["fuel"],
        "SHELL": 10,
    }
    offers = []
    for item, units in need.items():
        first = max(units // 2, 1)
        offers.append((f"O-{item}-1", "DEU", item, first, "DEPOT"))
        offers.append((f"O-{item}-2", "NLD", item, units - first, "PORT" if item != "SHELL" else "DEPOT"))
    asks = [
        ("R-GEN", "GEN", "", n["gen"], "SITE"),
        ("R-TENT", "TENT", "", n["tent"], "FAR"),
        ("R-PACK", "", "PACK", n["packs"], "SITE"),
        ("R-BUY", "BOILER", "", n["buy"], "SITE"),
        ("R-FUEL", "FUEL", "", n["fuel"], "SITE"),
        ("R-SHELL", "SHELL", "", 10, "SITE"),
    ]
    rows: Rows = {
        "nations": [{"nation": c, "name": c.title()} for c in ("DEU", "NLD", "POL", "ROU", "UKR")],
        "nodes": [
            {"node": k, "name": k.title(), "nation": c, "kind": kind, "latitude": "50", "longitude": "20"}
            for k, c, kind in nodes
        ],
        "legs": [
            {"leg": k, "origin": a, "destination": b, "mode": m, "days": str(d), "cost_per_tonne": str(c)}
            for k, a, b, m, d, c in legs
        ],
        "items": [
            {
                "item": k,
                "name": k.title(),
                "unit": "each",
                "tonnes_per_unit": str(t),
                "value_per_unit": str(v),
                "explosives": "yes" if k == "SHELL" else "no",
                "whole_units": "no" if k == "FUEL" else "yes",
            }
            for k, t, v in items
        ],
        "packages": [{"package": "PACK", "name": "Pack"}],
        "package_parts": [
            {"package": "PACK", "kind": "item", "part": "TRUCK", "quantity": "2"},
            {"package": "PACK", "kind": "item", "part": "SPARES", "quantity": "1"},
            {"package": "PACK", "kind": "course", "part": "C", "quantity": "6"},
        ],
        "coalitions": [
            {"coalition": "OURS", "name": "Ours", "leads": ""},
            {"coalition": "THEIRS", "name": "Theirs", "leads": ""},
        ],
        "requirements": [
            {
                "requirement": k,
                "item": i,
                "package": p,
                "quantity": str(q),
                "node": w,
                "due": due,
                "priority": "2",
                "coalition": "OURS",
            }
            for k, i, p, q, w in asks
        ],
        "offers": [
            {"offer": k, "donor": d, "item": i, "quantity": str(q), "node": w, "stage": "committed"}
            for k, d, i, q, w in offers
            if q > 0
        ],
        "courses": [
            {
                "course": "C",
                "name": "Crew",
                "node": "SCHOOL",
                "days": "14",
                "seats": "12",
                "first_start": day(3),
                "last_start": day(24),
                "every_days": "7",
            }
        ],
        "funds": [{"fund": "F", "donor": "DEU", "amount": str(50000 * n["buy"])}],
        "suppliers": [
            {
                "supplier": "SUP",
                "name": "Sup",
                "item": "BOILER",
                "node": "DEPOT",
                "unit_price": "50000",
                "lead_days": "14",
                "units_per_week": str(n["buy"]),
            }
        ],
    }
    return Case(rows, 16, numbers=n)


def _item(r: random.Random, explosive: bool = False) -> tuple[str, str]:
    """An item requirement and the item that only its offers serve."""
    return r.choice([("R-GEN", "GEN"), ("R-TENT", "TENT"), ("R-FUEL", "FUEL"), ("R-PACK", "TRUCK")])


def _each(case: Case, item: str, both: bool, **cells: str) -> None:
    """Write cells into both offers of an item, or into the second one."""
    for offer in case.rows["offers"]:
        if offer["item"] == item and (both or offer["offer"].endswith("2")):
            offer.update(cells)


def no_offer(case: Case, r: random.Random) -> str:
    key, item = _item(r)
    case.rows["offers"] = [offer for offer in case.rows["offers"] if offer["item"] != item]
    return key


def little_offered(case: Case, r: random.Random) -> str:
    key, item = _item(r)
    for offer in case.rows["offers"]:
        if offer["item"] == item:
            offer["quantity"] = str(max(int(offer["quantity"]) // 2, 1))
    if item == "TRUCK":
        _each(case, item, both=True, quantity="1")
    return key


def competing(case: Case, r: random.Random) -> str:
    key = r.choice(["R-GEN", "R-TENT"])
    asked = case.row("requirements", key)
    other = {**asked, "requirement": "R-OTHER", "priority": "1", "quantity": str(int(asked["quantity"]) // 2)}
    case.rows["requirements"].append(other)
    return key


def late_offer(case: Case, r: random.Random) -> str:
    key, item = _item(r)
    _each(case, item, r.random() < 0.5, available_from=day(case.numbers["due"] + r.randint(1, 30)))
    return key


def early_due(case: Case, r: random.Random) -> str:
    key, _ = r.choice([("R-GEN", ""), ("R-TENT", ""), ("R-FUEL", "")])
    case.row("requirements", key)["due"] = day(r.randint(0, 1))
    return key


def pending(case: Case, r: random.Random) -> str:
    key, item = _item(r)
    _each(case, item, r.random() < 0.5, consent="pending")
    return key


def late_consent(case: Case, r: random.Random) -> str:
    key, item = _item(r)
    _each(case, item, r.random() < 0.5, consent="granted", consent_from=day(case.numbers["due"] + r.randint(1, 20)))
    return key


def low_stage(case: Case, r: random.Random) -> str:
    key, item = _item(r)
    if r.random() < 0.5:
        _each(case, item, r.random() < 0.5, stage="offered")
    else:
        case.min_stage = "committed"
        _each(case, item, r.random() < 0.5, stage="pledged")
    return key


def for_others(case: Case, r: random.Random) -> str:
    key, item = _item(r)
    _each(case, item, r.random() < 0.5, coalition_only="THEIRS")
    return key


def not_via(case: Case, r: random.Random) -> str:
    key, item = _item(r)
    if key == "R-TENT":
        _each(case, item, r.random() < 0.5, not_via="POL")
    else:
        case.rows["legs"] = [leg for leg in case.rows["legs"] if leg["leg"] not in ("D-S", "S-S")]
        _each(case, item, r.random() < 0.5, not_via="POL;ROU" if r.random() < 0.5 else "POL")
    return key


def no_route(case: Case, r: random.Random) -> str:
    case.rows["legs"] = [leg for leg in case.rows["legs"] if leg["leg"] != "H-F"]
    return "R-TENT"


def port_cut_off(case: Case, r: random.Random) -> str:
    key, _ = _item(r)
    case.rows["legs"] = [leg for leg in case.rows["legs"] if leg["leg"] != "P-H"]
    return key


def no_explosives(case: Case, r: random.Random) -> str:
    for leg in case.rows["legs"]:
        if leg["leg"] in r.choice([("D-H", "D-S"), ("H-S", "S-S")]):
            leg["explosives"] = "no"
    for leg in case.rows["legs"]:
        if leg["destination"] == "SITE":
            leg["explosives"] = "no"
    return "R-SHELL"


def closed_leg(case: Case, r: random.Random) -> str:
    case.row("legs", "H-F")["opens"] = day(case.numbers["due"] + r.randint(0, 20))
    return "R-TENT"


def long_lead(case: Case, r: random.Random) -> str:
    case.row("suppliers", "SUP")["lead_days"] = str(case.numbers["due"] + r.randint(0, 30))
    return "R-BUY"


def poor_fund(case: Case, r: random.Random) -> str:
    case.row("funds", "F")["amount"] = str(50000 * r.randint(0, case.numbers["buy"] - 3) + r.randint(0, 49999))
    return "R-BUY"


def late_fund(case: Case, r: random.Random) -> str:
    case.row("funds", "F")["available_from"] = day(case.numbers["due"] - r.randint(0, 10))
    return "R-BUY"


def expired_fund(case: Case, r: random.Random) -> str:
    case.row("suppliers", "SUP")["available_from"] = day(7)
    case.row("funds", "F")["available_until"] = day(r.randint(0, 6))
    return "R-BUY"


def slow_supplier(case: Case, r: random.Random) -> str:
    case.row("suppliers", "SUP")["units_per_week"] = "1" if r.random() < 0.7 else "0.5"
    case.row("requirements", "R-BUY")["due"] = day(35)
    return "R-BUY"


def late_supplier(case: Case, r: random.Random) -> str:
    case.row("suppliers", "SUP")["available_from"] = day(case.numbers["due"] - r.randint(0, 10))
    return "R-BUY"


def narrow_leg(case: Case, r: random.Random) -> str:
    due = case.numbers["due"]
    weeks = (due - 4) // 7 + 1
    tonnes = case.numbers["tent"] * 0.5
    case.row("legs", "H-F")["tonnes_per_week"] = str(max(round(tonnes * r.uniform(0.2, 0.7) / weeks * 2) / 2, 0.5))
    return "R-TENT"


def narrow_node(case: Case, r: random.Random) -> str:
    weeks = (case.numbers["due"] - 4) // 7 + 1
    case.rows["legs"] = [leg for leg in case.rows["legs"] if leg["leg"] not in ("D-S", "S-S")]
    case.row("requirements", "R-TENT")["priority"] = "5"
    n = case.numbers
    tonnes = 3 * n["gen"] + 17 * n["packs"] + 4 * n["buy"] + n["fuel"] + 20
    case.row("nodes", "HUB")["handling_tonnes_per_week"] = str(round(tonnes * r.uniform(0.4, 0.6) / weeks) + 8)
    return "R-FUEL"


def narrow_border(case: Case, r: random.Random) -> str:
    case.rows["legs"] = [leg for leg in case.rows["legs"] if leg["leg"] not in ("D-S", "S-S")]
    weeks = (case.numbers["due"] - 4) // 7 + 1
    n = case.numbers
    tonnes = 3 * n["gen"] + 17 * n["packs"] + 4 * n["buy"] + n["fuel"] + 20
    case.row("legs", "H-S")["tonnes_per_week"] = str(round(tonnes * r.uniform(0.4, 0.6) / weeks) + 8)
    return "R-FUEL"


def few_seats(case: Case, r: random.Random) -> str:
    case.row("courses", "C")["seats"] = str(r.randint(1, (6 * case.numbers["packs"] - 6) // 4 or 1))
    return "R-PACK"


def no_start(case: Case, r: random.Random) -> str:
    first = case.numbers["due"] - r.randint(0, 12)
    case.row("courses", "C").update(first_start=day(first), last_start=day(first + 14))
    return "R-PACK"


def few_trainees(case: Case, r: random.Random) -> str:
    case.trainees = r.randint(1, (6 * case.numbers["packs"] - 6) // 4 or 1)
    return "R-PACK"


def heavy_units(case: Case, r: random.Random) -> str:
    weeks = 6
    case.row("requirements", "R-GEN").update(due=day(7 * weeks + 1), node="FAR", quantity=str(weeks + r.randint(2, 3)))
    _each(case, "GEN", both=True, quantity="8")
    case.rows["requirements"] = [q for q in case.rows["requirements"] if q["requirement"] != "R-TENT"]
    case.row("legs", "H-F")["tonnes_per_week"] = "5.5"
    return "R-GEN"


def too_heavy(case: Case, r: random.Random) -> str:
    case.row("requirements", "R-GEN").update(node="FAR", quantity=str(r.randint(2, 3)))
    case.rows["requirements"] = [q for q in case.rows["requirements"] if q["requirement"] != "R-TENT"]
    case.row("legs", "H-F")["tonnes_per_week"] = "2.9"
    return "R-GEN"


def worthless(case: Case, r: random.Random) -> str:
    key, leg = r.choice([("R-TENT", "H-F"), ("R-GEN", ""), ("R-FUEL", "")])
    if leg and r.random() < 0.5:
        case.row("legs", leg)["cost_per_tonne"] = "5000000"
    else:
        case.row("requirements", key)["points_per_unit"] = "1"
    return key


def pinned(case: Case, r: random.Random) -> str:
    key, item = r.choice([("R-GEN", "GEN"), ("R-TENT", "TENT")])
    asked = case.row("requirements", key)
    case.rows["requirements"].append({**asked, "requirement": "R-LOW", "priority": "5"})
    offer = case.row("offers", f"O-{item}-1")
    case.rows["pins"] = [
        {"offer": offer["offer"], "requirement": "R-LOW", "quantity": str(max(int(offer["quantity"]) // 2, 1))}
    ]
    return key


Plant = Callable[[Case, random.Random], str]
PLANTS: tuple[tuple[str, Plant, int], ...] = (  # limit, how it is planted, how often
    ("offer", no_offer, 4),
    ("offer", little_offered, 4),
    ("offer", competing, 4),
    ("time", late_offer, 5),
    ("time", early_due, 3),
    ("consent", pending, 5),
    ("consent", late_consent, 4),
    ("stage", low_stage, 6),
    ("caveat", for_others, 5),
    ("caveat", not_via, 5),
    ("route", no_route, 3),
    ("route", port_cut_off, 3),
    ("route", no_explosives, 3),
    ("route", closed_leg, 3),
    ("lead_time", long_lead, 4),
    ("fund", poor_fund, 4),
    ("fund", late_fund, 3),
    ("fund", expired_fund, 3),
    ("supplier", slow_supplier, 4),
    ("supplier", late_supplier, 3),
    ("leg", narrow_leg, 5),
    ("leg", narrow_border, 4),
    ("node", narrow_node, 6),
    ("course", few_seats, 4),
    ("course", no_start, 3),
    ("trainees", few_trainees, 5),
    ("whole_units", heavy_units, 4),
    ("whole_units", too_heavy, 3),
    ("worth", worthless, 5),
    ("pin", pinned, 5),
)


def planted(number: int) -> list[tuple[str, Case, str, str]]:
    """All planted causes for a seed: limit, problem, requirement, name."""
    found = []
    for i, (limit, plant, times) in enumerate(PLANTS):
        for k in range(times):
            seed = 1000 * number + 10 * i + k
            case = sound(seed)
            found.append((limit, case, plant(case, random.Random(seed)), f"{plant.__name__}-{k}"))
    return found
