"""A small problem and a plan of it, and a reader of the page, for the tests of the briefing."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser

from oneroof.planning.plan import COLUMNS, Plan, ordered
from oneroof.planning.problem import Problem
from oneroof.planning.schema import TABLES
from oneroof.planning.tables import Row, Tables

VOID = {"meta", "br", "path", "rect", "circle", "link", "img", "input"}


def rows(table: str, columns: str, *lines: str) -> tuple[Row, ...]:
    """Rows of a problem table from lines with ``|`` between cells, other columns empty."""
    names = columns.split()
    every = [column.name for known in TABLES if known.name == table for column in known.columns]
    return tuple({**dict.fromkeys(every, ""), **dict(zip(names, line.split("|"), strict=True))} for line in lines)


def problem(guns: str = "Howitzer", illustrative: tuple[str, ...] = ("items", "offers")) -> Problem:
    """Guns and a course for a package in Kyiv, rounds for Kyiv and Simferopol, over eight weeks, from three donors."""
    tables: dict[str, tuple[Row, ...]] = {known.name: () for known in TABLES}
    tables["nations"] = rows("nations", "nation name", "DNK|Denmark", "DEU|Germany", "JPN|Japan", "UKR|Ukraine")
    tables["nodes"] = rows(
        "nodes",
        "node name nation kind latitude longitude handling_tonnes_per_week",
        "AAR|Aarhus|DNK|port|56.15|10.2|",
        "HUB|Rzeszów|POL|hub|50.04|22.0|100",
        "KYI|Kyiv|UKR|site|50.45|30.52|",
        "SIM|Simferopol|UKR|site|44.95|34.1|",
        "YOK|Yokohama|JPN|port|35.45|139.65|",
    )
    leg_columns = "leg origin destination mode days tonnes_per_week cost_per_tonne explosives"
    tables["legs"] = rows(
        "legs",
        leg_columns,
        "L1|AAR|HUB|road|2||10|yes",
        "L2|HUB|KYI|rail|3|100|10|yes",
        "L3|HUB|SIM|rail|4|100|10|yes",
        "L4|YOK|AAR|sea|10|100|10|yes",
    )
    tables["items"] = rows(
        "items",
        "item name unit tonnes_per_unit value_per_unit",
        f"GUN|{guns}|each|10|1000",
        "ROUND|Rounds|tonne|1|10",
    )
    tables["packages"] = rows("packages", "package name", "BAT|Battery")
    tables["package_parts"] = rows(
        "package_parts", "package kind part quantity", "BAT|course|CREW|20", "BAT|item|GUN|2"
    )
    tables["courses"] = rows(
        "courses",
        "course name node days first_start last_start every_days",
        "CREW|Crew course|HUB|14|2025-01-06|2025-02-03|7",
    )
    wanted = "requirement item package quantity node due latest priority"
    tables["requirements"] = rows(
        "requirements",
        wanted,
        "R1||BAT|2|KYI|2025-02-10|2025-03-01|1",
        "R2|ROUND||50|SIM|2025-02-01|2025-03-01|2",
        "R3|ROUND||20|KYI|2025-02-20|2025-03-01|3",
    )
    tables["offers"] = rows(
        "offers",
        "offer donor item quantity node stage",
        "O1|DNK|GUN|2|AAR|pledged",
        "O2|DEU|ROUND|40|HUB|committed",
        "O3|JPN|ROUND|10|YOK|pledged",
        "O4|DEU|ROUND|10|HUB|offered",
    )
    settings = {
        "name": "A small problem",
        "start": dt.date(2025, 1, 6),
        "weeks": 8,
        "currency": "EUR",
        "min_stage": "pledged",
        "trainees_per_week": None,
        "priority_factors": [16, 8, 4, 2, 1],
        "illustrative": list(illustrative),
        "sources": ["Ministry: https://example.org/list", "Own count"],
    }
    by_key = {name: tuple(sorted(r, key=lambda x: list(x.values()))) for name, r in tables.items()}
    return Problem.of(Tables(settings, by_key))


def _plan_rows(table: str, *lines: str) -> list[Row]:
    return [dict(zip(COLUMNS[table], line.split("|"), strict=True)) for line in lines]


def plan(asked: Problem) -> Plan:
    """One battery of two, 40 of 50 and all of 20; the hub is full in week 1."""
    tables = {name: [] for name in COLUMNS}
    tables["deliveries"] = _plan_rows(
        "deliveries",
        "D1|offer|O1|R1|GUN|2|20|2025-01-06|2025-01-12",
        "D2|offer|O2|R2|ROUND|30|30|2025-01-13|2025-01-17",
        "D3|offer|O3|R2|ROUND|10|10|2025-01-06|2025-02-03",
        "D4|offer|O2|R3|ROUND|20|20|2025-01-14|2025-01-17",
    )
    tables["movements"] = _plan_rows(
        "movements",
        "D1|1|L1|2025-01-06|2025-01-08|20",
        "D1|2|L2|2025-01-09|2025-01-12|20",
        "D2|1|L3|2025-01-13|2025-01-17|97",
        "D3|1|L4|2025-01-06|2025-01-16|10",
        "D3|2|L1|2025-01-20|2025-01-22|10",
        "D3|3|L3|2025-01-30|2025-02-03|10",
    )
    tables["cohorts"] = _plan_rows("cohorts", "CREW|R1|2025-01-06|2025-01-20|20")
    tables["served"] = _plan_rows(
        "served", "R1|2025-01-20|1|32000", "R2|2025-01-17|30|2400", "R2|2025-02-03|10|740", "R3|2025-01-17|20|800"
    )
    tables["gaps"] = _plan_rows(
        "gaps",
        "R1|2|1|0|1|offer|Requirement R1 lacks 1 of 2: nobody offers more.|A pledge of 2 more would close it.",
        "R2|50|30|10|10|node|Requirement R2 lacks 20 of 50: node Rzeszów is full.|20 t a week more would close it.",
    )
    tables["prices"] = _plan_rows("prices", "node|HUB|1|97|100|12")
    tables["next_pledges"] = _plan_rows("next_pledges", "1|GUN|2|HUB|2025-01-13|31000|34000")
    shares = [
        {"limit": "node", "what": "HUB", "weeks": [1, 3], "share": 0.8, "sentence": "", "cure": ""},
        {"limit": "consent", "what": "O4", "weeks": [], "share": 0.2, "sentence": "", "cure": ""},
    ]
    explanations = [
        {"requirement": "R1", "limit": "offer", "explanation": "", "cure": "", "shares": []},
        {"requirement": "R2", "limit": "node", "explanation": "", "cure": "", "shares": shares},
    ]
    summary = {
        "name": asked.name,
        "status": "optimal",
        "objective": 35000.0,
        "bound": 35140.0,
        "gap": 140 / 35140,
        "relaxed_objective": 35100.0,
        "relaxed_gap": 40 / 35140,
        "asked_gap": 0.005,
        "points": 35940.0,
        "transport_cost": 940.0,
        "tonnes": 80.0,
        "seconds": 0.5,
        "solver": "HiGHS",
        "oneroof_version": "0.1.0",
        "problem_digest": "a" * 64,
        "plan_digest": "b" * 64,
    }
    return Plan(ordered(tables), summary, explanations, asked.tables)


class Reader(HTMLParser):
    """Reads a page: open tags must close; collects elements with their attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.sections: dict[str, list[str]] = {}
        self.section = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "section":
            self.section = dict(attrs)["id"] or ""
        if self.section:
            self.sections.setdefault(self.section, []).append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "section":
            self.section = ""

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style",):
            self.words.append(data)

    @property
    def text(self) -> str:
        """All text, white space made one."""
        return " ".join(" ".join(self.words).split())
