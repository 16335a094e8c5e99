"""Every table and column of a problem and of a plan, declared once; checks, template and docs come from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from oneroof.planning.codes import CURRENCIES, NATIONS

Kind = Literal["key", "text", "number", "integer", "date", "yes/no", "choice", "reference", "list", "numbers", "texts"]

LONGEST_KEY = 64  # characters
LONGEST_TEXT = 16_000  # characters; a spreadsheet cell holds twice that
LARGEST_NUMBER = 1e15  # beyond it a number no longer tells one unit from the next
LARGEST_INTEGER = 1_000_000_000


@dataclass(frozen=True)
class Column:
    """A column: ``default`` is what an empty cell means, in words or as a value ('' for nothing)."""

    name: str
    kind: Kind
    meaning: str
    example: str = ""
    required: bool = True
    default: str = ""
    unit: str = ""
    above: float | None = None  # the number is greater than this
    at_least: float | None = None
    at_most: float | None = None
    choices: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()  # a published code list that the value must be in
    target: str = ""  # the table that a reference or a list of references points to
    digits: int = 0  # exactly so many digits

    @property
    def is_number(self) -> bool:
        """Whether cells are numbers."""
        return self.kind in ("number", "integer")

    @property
    def range(self) -> str:
        """What values may be, in words; '' where anything goes."""
        if self.choices:
            return ", ".join(self.choices)
        if self.digits:
            return f"{self.digits} digits"
        if self.above is not None:
            return f"> {self.above:g}" + (f" and <= {self.at_most:g}" if self.at_most is not None else "")
        if self.at_least is not None and self.at_most is not None:
            return f"{self.at_least:g} to {self.at_most:g}"
        return f">= {self.at_least:g}" if self.at_least is not None else ""


@dataclass(frozen=True)
class Table:
    """A table: ``key`` names the columns that tell its rows apart and by which they are sorted."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}


def _key(name: str, meaning: str, example: str) -> Column:
    return Column(name, "key", meaning, example)


def _name(meaning: str, example: str) -> Column:
    return Column("name", "text", meaning, example, required=False, default="the key")


def _text(name: str, meaning: str, example: str) -> Column:
    return Column(name, "text", meaning, example, required=False)


def _to(name: str, target: str, meaning: str, example: str, default: str | None = None) -> Column:
    return Column(name, "reference", meaning, example, required=default is None, default=default or "", target=target)


def _date(name: str, meaning: str, example: str, default: str | None = None) -> Column:
    return Column(name, "date", meaning, example, required=default is None, default=default or "")


def _positive(name: str, unit: str, meaning: str, example: str, at_most: float | None = None) -> Column:
    return Column(name, "number", meaning, example, unit=unit, above=0, at_most=at_most)


def _amount(name: str, unit: str, meaning: str, example: str) -> Column:
    return Column(name, "number", meaning, example, unit=unit, at_least=0)


def _limit(name: str, unit: str, meaning: str, example: str, kind: Kind = "number") -> Column:
    return Column(name, kind, meaning, example, required=False, default="no limit", unit=unit, at_least=0)


def _days(name: str, meaning: str, example: str, at_least: int = 1) -> Column:
    return Column(name, "integer", meaning, example, unit="days", at_least=at_least)


def _choice(name: str, choices: str, meaning: str, example: str, default: str = "") -> Column:
    words = tuple(choices.split())
    return Column(name, "choice", meaning, example, required=not default, default=default, choices=words)


def _yes_no(name: str, meaning: str, default: str) -> Column:
    return Column(name, "yes/no", meaning, default, required=False, default=default, choices=("yes", "no"))


def _list(name: str, target: str, meaning: str, example: str) -> Column:
    return Column(name, "list", meaning, example, required=False, default="none", target=target)


STAGES = ("offered", "pledged", "committed")
NODE_KINDS = ("depot", "port", "airfield", "railhead", "hub", "crossing", "site", "supplier", "training")
LIMITS = "offer time consent stage caveat route leg node course trainees fund supplier lead_time whole_units worth pin"

NATIONS_TABLE = Table(
    "nations",
    "The nations and organisations that appear anywhere in the problem.",
    ("nation",),
    (
        Column("nation", "key", "ISO 3166-1 alpha-3 code, or EUU for the European Union.", "POL", codes=NATIONS),
        _name("Name on outputs.", "Poland"),
    ),
    required=True,
)

NODES = Table(
    "nodes",
    "The places where goods lie, pass or arrive and where courses are held.",
    ("node",),
    (
        _key("node", "Key of the node.", "RZESZOW"),
        _name("Name on outputs.", "Rzeszów hub"),
        _to("nation", "nations", "Nation in which the node lies.", "POL"),
        _choice("kind", " ".join(NODE_KINDS), "What the node is.", "hub"),
        Column("latitude", "number", "Latitude, WGS 84.", "50.11", unit="degrees", at_least=-90, at_most=90),
        Column("longitude", "number", "Longitude, WGS 84.", "22.02", unit="degrees", at_least=-180, at_most=180),
        _limit("handling_tonnes_per_week", "tonnes", "Tonnes that may depart on all legs together in a week.", "900"),
    ),
    required=True,
)

LEGS = Table(
    "legs",
    "One-way connections between two nodes by one mode.",
    ("leg",),
    (
        _key("leg", "Key of the leg.", "GDANSK-RZESZOW"),
        _to("origin", "nodes", "Node where the leg begins.", "GDANSK"),
        _to("destination", "nodes", "Node where the leg ends; not the origin.", "RZESZOW"),
        _choice("mode", "road rail sea air", "How goods travel.", "rail"),
        _days("days", "Days from departure to arrival.", "2"),
        _limit("tonnes_per_week", "tonnes", "Tonnes that may depart on the leg in a week.", "400"),
        _amount("cost_per_tonne", "currency per tonne", "Cost of carrying one tonne over the leg.", "35"),
        _yes_no("explosives", "Whether explosives may use the leg.", "yes"),
        _date("opens", "First day on which goods may depart.", "2025-03-01", "start"),
        _date("closes", "Last day on which goods may depart; not before opens.", "2025-11-30", "end of horizon"),
    ),
)

ITEMS = Table(
    "items",
    "The catalogue: what can be required, offered and bought.",
    ("item",),
    (
        _key("item", "Key of the item.", "GEN-100"),
        _name("Name on outputs.", "Generator 100 kVA"),
        Column("unit", "text", "How the item is counted.", "each"),
        _positive("tonnes_per_unit", "tonnes per unit", "Weight of one unit.", "1.8"),
        _amount("value_per_unit", "currency per unit", "Value of one unit; points come from it.", "21000"),
        _yes_no("explosives", "Whether the item travels as explosives.", "no"),
        _yes_no("whole_units", "Whether only whole units can be delivered and bought.", "yes"),
        _text("supply_class", "Class of supply.", "NATO VII"),
        Column("nsn", "text", "NATO stock number without hyphens.", "6115013186302", required=False, digits=13),
    ),
    required=True,
)

SUBSTITUTES = Table(
    "substitutes",
    "Which item may stand in for which; never inside packages, and not from one substitute on to the next.",
    ("item", "substitute"),
    (
        _to("item", "items", "Item that is required.", "GEN-100"),
        _to("substitute", "items", "Item that may stand in for it; not the item itself.", "GEN-060"),
        _positive("units_per_unit", "units", "Units of the substitute that stand for one unit of the item.", "2"),
        _positive("preference", "", "Share of the points that the substitute earns.", "0.8", at_most=1),
    ),
)

PACKAGES = Table(
    "packages",
    "Capability packages: items and courses that are useful only together.",
    ("package",),
    (_key("package", "Key of the package.", "POWER-TEAM"), _name("Name on outputs.", "Power repair team")),
)

PACKAGE_PARTS = Table(
    "package_parts",
    "What one package consists of; every package has at least one part.",
    ("package", "part"),
    (
        _to("package", "packages", "Package that the part belongs to.", "POWER-TEAM"),
        _choice("kind", "item course", "Whether the part is an item or a course.", "item"),
        Column("part", "reference", "The item or the course.", "GEN-100", target="items or courses"),
        _positive("quantity", "units or persons", "Units of the item, or persons of the course, in one package.", "4"),
    ),
)

COALITIONS = Table(
    "coalitions",
    "Coalitions that coordinate one family of requirements.",
    ("coalition",),
    (
        _key("coalition", "Key of the coalition.", "ENERGY"),
        _name("Name on outputs.", "Energy coalition"),
        _list("leads", "nations", "Lead nations, ; between.", "DEU;POL"),
    ),
)

REQUIREMENTS = Table(
    "requirements",
    "What the recipient asks for, where and by when.",
    ("requirement",),
    (
        _key("requirement", "Key of the requirement.", "R-17"),
        _to("item", "items", "Item that is required; give exactly one of item and package.", "GEN-100", "none"),
        _to("package", "packages", "Package that is required; give exactly one of item and package.", "", "none"),
        _positive("quantity", "units or packages", "How many are required.", "40"),
        _to("node", "nodes", "Where they are required.", "KYIV"),
        _date("due", "Last day on which a unit earns all its points.", "2025-10-01"),
        _date("latest", "First day on which a unit earns nothing; after due.", "2026-01-15", "due + 180 days"),
        Column("priority", "integer", "Priority, 1 is the highest.", "1", at_least=1, at_most=5),
        _to("coalition", "coalitions", "Coalition that coordinates the requirement.", "ENERGY", "none"),
        Column(
            "points_per_unit",
            "number",
            "Points that one unit served in time earns.",
            "",
            required=False,
            default="priority factor times value",
            unit="points per unit",
            above=0,
        ),
    ),
    required=True,
)

OFFERS = Table(
    "offers",
    "What donors could give, from where and when, and on which conditions.",
    ("offer",),
    (
        _key("offer", "Key of the offer.", "DEU-2025-03"),
        _to("donor", "nations", "Nation that offers.", "DEU"),
        _to("item", "items", "Item that is offered.", "GEN-100"),
        _positive("quantity", "units", "How many are offered.", "25"),
        _to("node", "nodes", "Where the goods lie.", "GDANSK"),
        _date("available_from", "First day on which the goods may leave.", "2025-04-01", "start"),
        _date("available_until", "Last day on which the goods may leave.", "2025-09-30", "end of horizon"),
        _choice("stage", " ".join(STAGES), "How firm it is; below min_stage it is not used.", "committed"),
        _choice("consent", "not_needed granted pending", "Third-party transfer consent.", "granted", "not_needed"),
        _date("consent_from", "First day on which a consent holds, once it is granted.", "2025-05-01", "start"),
        _to("coalition_only", "coalitions", "Caveat: only for requirements of this coalition.", "ENERGY", "anyone"),
        _list("not_via", "nations", "Caveat: nations that the goods may not pass, ; between.", "HUN;SVK"),
        _text("agreement", "Agreement that governs the offer.", "MoU 2025/14"),
    ),
)

COURSES = Table(
    "courses",
    "Training courses that start again and again.",
    ("course",),
    (
        _key("course", "Key of the course.", "GEN-REPAIR"),
        _name("Name on outputs.", "Generator repair"),
        _to("node", "nodes", "Where the course is held.", "GDANSK"),
        _days("days", "Days from the start to graduation.", "21"),
        _limit("seats", "persons", "Persons in one start.", "16", "integer"),
        _date("first_start", "First start.", "2025-03-03"),
        _date("last_start", "No start after this day; not before first_start.", "2025-12-01"),
        _days("every_days", "Days from one start to the next.", "28"),
        _text("language", "Language of instruction.", "Ukrainian"),
    ),
)

FUNDS = Table(
    "funds",
    "Money for purchases.",
    ("fund",),
    (
        _key("fund", "Key of the fund.", "EUU-POWER"),
        _to("donor", "nations", "Nation or organisation that pays.", "EUU"),
        _amount("amount", "currency", "The most that it may spend.", "2500000"),
        _date("available_from", "First order day.", "2025-02-01", "start"),
        _date("available_until", "Last order day.", "2025-12-31", "end of horizon"),
        _to("coalition_only", "coalitions", "Caveat: only for requirements of this coalition.", "ENERGY", "anyone"),
    ),
)

SUPPLIERS = Table(
    "suppliers",
    "Who sells or makes an item.",
    ("supplier",),
    (
        _key("supplier", "Key of the supplier.", "GENSET-PL"),
        _name("Name on outputs.", "Genset Polska"),
        _to("item", "items", "Item that is sold.", "GEN-100"),
        _to("node", "nodes", "Where the goods are ready.", "GDANSK"),
        _amount("unit_price", "currency per unit", "Price of one unit.", "23500"),
        _days("lead_days", "Days from order to ready goods.", "60", at_least=0),
        _limit("units_per_week", "units", "Units that can be ordered in a week.", "10"),
        _date("available_from", "First order day.", "2025-02-01", "start"),
    ),
)

PINS = Table(
    "pins",
    "Deliveries that the plan must hold, whatever they earn.",
    ("offer", "requirement"),
    (
        _to("offer", "offers", "Offer that is held to the requirement.", "DEU-2025-03"),
        _to("requirement", "requirements", "Requirement that gets it.", "R-17"),
        _positive("quantity", "units", "The plan delivers at least this many.", "5"),
    ),
)

TABLES: tuple[Table, ...] = (
    NATIONS_TABLE, NODES, LEGS, ITEMS, SUBSTITUTES, PACKAGES, PACKAGE_PARTS, COALITIONS, REQUIREMENTS, OFFERS, COURSES,
    FUNDS, SUPPLIERS, PINS,
)  # fmt: skip
TABLE: dict[str, Table] = {table.name: table for table in TABLES}

SETTINGS: tuple[Column, ...] = (
    Column("name", "text", "Title on every output.", "Winter energy 2025"),
    Column("start", "date", "Day 0.", "2025-01-06"),
    Column("weeks", "integer", "Length of the horizon.", "52", unit="weeks", at_least=1, at_most=520),
    Column(
        "currency", "text", "Currency of every amount, ISO 4217.", "EUR", required=False, default="EUR",
        codes=CURRENCIES,
    ),
    _choice("min_stage", " ".join(STAGES), "Offers below this stage are not used.", "pledged", "pledged"),
    _limit("trainees_per_week", "persons", "Persons that may start courses in a week, all courses.", "60", "integer"),
    Column(
        "priority_factors", "numbers", "Factors for priority 1 (highest) to 5.", "16; 8; 4; 2; 1", required=False,
        default="16; 8; 4; 2; 1", at_least=0,
    ),
    Column(
        "illustrative", "texts", "Tables whose rows are made up for illustration; outputs repeat this.", "offers",
        required=False, default="none", choices=tuple(table.name for table in TABLES),
    ),
    Column(
        "sources", "texts", "Where the facts come from.", "Washington Summit Declaration", required=False,
        default="none",
    ),
)  # fmt: skip


def _made_date(name: str, meaning: str) -> Column:
    return Column(name, "date", meaning)


def _made(name: str, meaning: str, unit: str = "", kind: Kind = "number") -> Column:
    return Column(name, kind, meaning, unit=unit)


PLAN_TABLES: tuple[Table, ...] = (
    Table(
        "deliveries",
        "What goes from which source to which requirement.",
        ("delivery",),
        (
            _made("delivery", "Key of the delivery.", kind="key"),
            _choice("source_kind", "offer purchase", "Whether the goods are given or bought.", ""),
            Column("source", "reference", "The offer or the purchase.", target="offers or purchases"),
            Column("requirement", "reference", "The requirement that it serves.", target="requirements"),
            Column("item", "reference", "The item as delivered, perhaps a substitute.", target="items"),
            _made("quantity", "Units of that item.", "units"),
            _made("tonnes", "Their weight.", "tonnes"),
            _made_date("depart_on", "Day on which they leave the source's node."),
            _made_date("arrive_on", "Day on which they reach the requirement's node."),
        ),
    ),
    Table(
        "movements",
        "The legs that each delivery rides.",
        ("delivery", "step"),
        (
            Column("delivery", "reference", "The delivery.", target="deliveries"),
            _made("step", "1 for the first leg, 2 for the second, and so on.", kind="integer"),
            Column("leg", "reference", "The leg.", target="legs"),
            _made_date("depart_on", "Day of departure on the leg."),
            _made_date("arrive_on", "Day of arrival at its end."),
            _made("tonnes", "Weight carried.", "tonnes"),
        ),
    ),
    Table(
        "purchases",
        "What is bought, from whom, with whose money.",
        ("purchase",),
        (
            _made("purchase", "Key of the purchase.", kind="key"),
            Column("supplier", "reference", "The supplier.", target="suppliers"),
            Column("fund", "reference", "The fund that pays.", target="funds"),
            _made_date("order_on", "Day of the order, the first of a week."),
            _made_date("ready_on", "Day on which the goods are ready."),
            _made("quantity", "Units bought.", "units"),
            _made("cost", "What they cost.", "currency"),
        ),
    ),
    Table(
        "cohorts",
        "Who starts which course for which requirement.",
        ("course", "requirement", "start_on"),
        (
            Column("course", "reference", "The course.", target="courses"),
            Column("requirement", "reference", "The requirement whose package needs them.", target="requirements"),
            _made_date("start_on", "Day of the start."),
            _made_date("ready_on", "Day of graduation."),
            _made("persons", "Persons in the cohort.", "persons"),
        ),
    ),
    Table(
        "served",
        "Units of each requirement by the day on which they count.",
        ("requirement", "served_on"),
        (
            Column("requirement", "reference", "The requirement.", target="requirements"),
            _made_date("served_on", "The day; for a package the first on which it is complete."),
            _made("quantity", "Units, or packages, that count from that day.", "units or packages"),
            _made("points", "Points that they earn.", "points"),
        ),
    ),
    Table(
        "gaps",
        "Every requirement that is not fully served by its due day, and why.",
        ("requirement",),
        (
            Column("requirement", "reference", "The requirement.", target="requirements"),
            _made("quantity", "Units required.", "units or packages"),
            _made("in_time", "Units served by the due day.", "units or packages"),
            _made("late", "Units served after it.", "units or packages"),
            _made("missing", "The rest.", "units or packages"),
            _choice("limit", LIMITS, "What stands in the way most.", ""),
            _made("explanation", "Why, in a sentence.", kind="text"),
            _made("cure", "What would help, in a sentence.", kind="text"),
        ),
    ),
    Table(
        "prices",
        "What one more unit of each limit would gain.",
        ("kind", "key", "week"),
        (
            _choice("kind", "offer leg node fund supplier course trainees", "Kind of the limit.", ""),
            _made("key", "Key of the offer, leg, node, fund, supplier or course; empty for trainees.", kind="text"),
            _made("week", "Week of the limit; empty where there is none.", kind="integer"),
            _made("used", "How much of it the plan uses."),
            _made("limit", "How much there is."),
            _made("price", "Gain of the relaxed objective per unit of the limit.", "points per unit"),
        ),
    ),
    Table(
        "next_pledges",
        "What donors could pledge next, the most useful first.",
        ("rank",),
        (
            _made("rank", "1 for the most useful.", kind="integer"),
            Column("item", "reference", "The item.", target="items"),
            _made("quantity", "Units.", "units"),
            Column("node", "reference", "Where they would lie.", target="nodes"),
            _made_date("from", "First day on which they would be there."),
            _made("worth", "Gain found by solving again with the pledge added.", "points"),
            _made("estimate", "Gain as the prices alone would have it.", "points"),
        ),
    ),
)
PLAN_TABLE: dict[str, Table] = {table.name: table for table in PLAN_TABLES}


def as_markdown() -> str:
    """The field reference, docs/fields.md, as text."""
    lines = [
        "# Fields",
        "",
        "Made from `oneroof.planning.schema`; edit that and run `make docs`.",
        "",
        "A problem is a folder with `problem.toml` and CSV tables, or one `.xlsx` workbook with a sheet per table and",
        "a sheet `problem` of key and value. An empty cell means the default. Required means: the column must be there",
        "and every cell filled. Columns in bold are the key; rows are told apart by it.",
        "",
        "In the sheet `problem`, lists take several cells to the right of their key, or several rows of the same key.",
        "A sheet `read me` is not read. Keys are 1 to 64 characters, other texts at most 16,000; whole numbers are at",
        "most 1,000,000,000, other numbers at most 1e15. Dates outside the horizon are allowed, except `start`.",
        "",
        "## problem.toml",
        "",
        *_markdown_columns(SETTINGS, "key", ()),
    ]
    for table in TABLES:
        presence = "Required." if table.required else "May be absent."
        lines += ["", f"## {table.name}.csv", "", f"{table.meaning} {presence}", ""]
        lines += _markdown_columns(table.columns, "column", table.key)
    lines += ["", "# Tables of a plan", ""]
    lines += ["Written by `oneroof plan`; rows are sorted by the key columns (in bold)."]
    for table in PLAN_TABLES:
        lines += ["", f"## {table.name}.csv", "", table.meaning, ""]
        lines += ["| column | kind | unit | meaning |", "|---|---|---|---|"]
        for column in table.columns:
            lines.append(f"| {_bold(column, table.key)} | {_kind(column)} | {column.unit} | {column.meaning} |")
    return "\n".join(lines) + "\n"


def _markdown_columns(columns: tuple[Column, ...], heading: str, key: tuple[str, ...]) -> list[str]:
    """A Markdown table of columns; those of the key in bold."""
    lines = [f"| {heading} | kind | unit | range | default | meaning | example |", "|---|---|---|---|---|---|---|"]
    for column in columns:
        default = "required" if column.required else column.default or "empty"
        extent = "" if column.choices else column.range
        cells = (_bold(column, key), _kind(column), column.unit, extent, default, column.meaning, column.example)
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _bold(column: Column, key: tuple[str, ...]) -> str:
    """The name of a column, bold where it is of the key."""
    return f"**`{column.name}`**" if column.name in key else f"`{column.name}`"


def _kind(column: Column) -> str:
    """The kind of a column in words."""
    if column.kind == "texts":
        return "list of text" if not column.choices else "list of table names"
    if column.kind == "numbers":
        return "5 numbers"
    if column.choices:
        return ", ".join(f"`{word}`" for word in column.choices)
    if column.target:
        return f"{'list of ' if column.kind == 'list' else 'reference to '}{column.target}"
    return column.kind
