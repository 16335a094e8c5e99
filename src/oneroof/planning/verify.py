"""A finished plan against every rule, and every figure that it states against what its lines come to."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from oneroof.planning import plan as plans
from oneroof.planning.ledger import PRINTED, TOLERANCE, Ledger, Serving, differs, index, over
from oneroof.planning.plan import Plan, printed
from oneroof.planning.problem import Problem
from oneroof.planning.rules import RULES, whole_units_stay_whole
from oneroof.planning.schema import LIMITS, PLAN_TABLE
from oneroof.planning.tables import Row
from oneroof.planning.tally import Tally, Uses, lines_by_requirement, tally, uses

FIGURES = ("objective", "bound", "gap", "relaxed_objective", "relaxed_gap", "asked_gap")
COUNTED = ("points", "transport_cost", "tonnes")
SUMMARY_KEYS = (
    *("name", "status", *FIGURES, *COUNTED, "seconds", "peak_memory_mb", "problem_digest", "plan_digest"),
    *("oneroof_version", "solver", "requirements", "requirements_met_in_time", "illustrative"),
)
STATUSES = ("optimal", "time_limit", "interrupted")
PLAIN = re.compile(r"[0-9]{1,300}(\.[0-9]{1,6})?")
SIGNED = ("worth", "estimate")  # columns whose numbers may be negative


def verify(problem: Problem, plan: Plan, relaxed: bool = False) -> list[str]:
    """Every violation in a sentence; none means that the plan keeps all rules and states nothing that is not so.

    ``relaxed`` judges a fractional plan: whole units are not asked for.
    """
    ledger = Ledger.of(problem, plan.tables, relaxed)
    told = _form(plan) + list(ledger.unreadable)
    for rule in RULES:
        if not (relaxed and rule is whole_units_stay_whole):
            told += rule(problem, ledger)
    counted, used = tally(problem, ledger), uses(problem, ledger)
    lines = lines_by_requirement(problem, ledger).tolist()
    told += _served(problem, ledger, counted, lines)
    told += _gaps(problem, plan, counted, lines)
    told += _prices(problem, plan, ledger, used)
    told += _next_pledges(problem, plan)
    return told + _summary(problem, plan, ledger, counted)


def verify_folder(problem: Problem, folder: Path, relaxed: bool = False) -> list[str]:
    """As ``verify`` for a plan folder, and whether its files are written as a plan's files are.

    Raises ProblemError where the folder holds no plan.
    """
    plan = plans.read(folder)
    told = []
    for name, text in plans.texts(plan.tables).items():
        if (folder / f"{name}.csv").read_bytes() != text:
            told.append(f"{name}.csv is not written as plans are: columns and rows in order, LF, UTF-8 without BOM.")
    briefing = folder / "briefing.html"
    if not briefing.is_file() or not briefing.stat().st_size:
        told.append("briefing.html is missing or empty.")
    if plan.problem is not None and plan.problem.digest != problem.digest:
        told.append("The copy of the problem in problem/ is not the problem that the plan is checked against.")
    return told + verify(problem, replace(plan, problem=None), relaxed)


def _form(plan: Plan) -> list[str]:
    """Order, keys and numbers of every table."""
    told = []
    for name, rows in plans.ordered(plan.tables).items():
        if rows != plan.tables.get(name, []):
            told.append(f"The rows of {name}.csv are not sorted by key.")
        keys = [tuple(row[column] for column in PLAN_TABLE[name].key) for row in rows]
        if len(set(keys)) != len(keys):
            told.append(f"{name}.csv holds a key twice.")
        told += _cells(name, plan.tables.get(name, []))
    return told


def _cells(name: str, rows: list[Row]) -> list[str]:
    """What is wrong with the numbers of a table; each distinct text of a column is judged once."""
    wrong: dict[str, dict[str, str]] = {}
    for column in PLAN_TABLE[name].columns:
        if column.is_number:
            texts = {row[column.name] for row in rows}
            odd = {text: fault for text in texts if (fault := _number_fault(name, column.name, text))}
            wrong |= {column.name: odd} if odd else {}
    if not wrong:
        return []
    return [
        f"{name}.csv row {number}: {odd[row[column]]}."
        for number, row in enumerate(rows, 2)
        for column, odd in wrong.items()
        if row[column] in odd
    ]


def _number_fault(name: str, column: str, text: str) -> str:
    """What is wrong with a number as printed; '' where nothing is."""
    if PLAIN.fullmatch(text):
        return ""
    if name == "prices" and column in ("week", "limit") and not text:
        return ""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or (value < 0 and column not in SIGNED):
        return f"{column} is {text!r}, which is no number of at least 0"
    if len(text.partition(".")[2]) > 6 or "e" in text.lower():
        return f"{column} is {text}, which is not printed with at most 6 decimals"
    return ""


def _served(problem: Problem, ledger: Ledger, counted: Tally, lines: list[int]) -> list[str]:
    """Whether served.csv says what deliveries and cohorts come to; packages are told by their rule."""
    q, serving = problem.requirements, Serving.of(problem)
    due = {(s.requirement, s.day): (s.quantity, s.points) for s in counted.served}
    told = []
    for r, day in sorted(due.keys() | ledger.served.keys()):
        units, points = due.get((r, day), (0.0, 0.0))
        says, says_points = ledger.served.get((r, day), (0.0, 0.0))
        count = (1 + max(1, lines[r])) * serving.most.get(int(q.item[r]), 1.0)
        place = f"served.csv states for {q.keys[r]} on {problem.date(day)}"
        if differs(says, units, count):
            told.append(f"{place} {printed(says)} units; deliveries and cohorts make {printed(units)}.")
        if differs(says_points, points, 1 + count * q.points[r]):
            told.append(f"{place} {printed(says_points)} points; deliveries and cohorts earn {printed(points)}.")
    return told


def _gaps(problem: Problem, plan: Plan, counted: Tally, lines: list[int]) -> list[str]:
    """Whether gaps.csv has every requirement that is late or short, with the right quantities and a reason."""
    q, told, seen = problem.requirements, [], set()
    places = index(q.keys)
    for row in plan.tables["gaps"]:
        r = places.get(row["requirement"])
        if r is None:
            told.append(f"gaps.csv names requirement {row['requirement']!r}, which does not exist.")
            continue
        seen.add(r)
        count, quantity = 2 + 2 * lines[r], float(q.quantity[r])
        due = {"quantity": quantity, "in_time": counted.in_time[r], "late": counted.late[r]}
        for column, value in (due | {"missing": counted.missing[r]}).items():
            says = _float(row[column])
            if math.isfinite(says) and differs(says, float(value), count):
                told.append(f"gaps.csv states {row[column]} as {column} of {q.keys[r]}; it is {printed(float(value))}.")
        if counted.in_time[r] + 2 * TOLERANCE * max(1.0, quantity) < quantity:
            told += [
                f"gaps.csv leaves {column} of {q.keys[r]} empty."
                for column in ("limit", "explanation", "cure")
                if not row[column]
            ]
        if row["limit"] and row["limit"] not in LIMITS.split():
            told.append(f"gaps.csv names {row['limit']!r} as the limit of {q.keys[r]}, which is no kind of limit.")
    for r, quantity in enumerate(q.quantity.tolist()):
        short = quantity - float(counted.in_time[r])
        if r not in seen and short > 2 * TOLERANCE * max(1.0, quantity) + PRINTED * lines[r]:
            told.append(f"gaps.csv has no row for {q.keys[r]}, which lacks {printed(short)} units in time.")
    return told


def _prices(problem: Problem, plan: Plan, ledger: Ledger, used: Uses) -> list[str]:
    """Whether prices.csv names limits that exist, and states how much of them there is and is used."""
    p, told = problem, []
    heaviest = max([1.0, *p.items.tonnes.tolist()])
    kinds: dict[str, tuple[dict[str, int], list[float] | None]] = {
        "offer": (index(p.offers.keys), p.offers.quantity.tolist()),
        "leg": (index(p.legs.keys), p.legs.capacity.tolist()),
        "node": (index(p.nodes.keys), p.nodes.handling.tolist()),
        "fund": (index(p.funds.keys), p.funds.amount.tolist()),
        "supplier": (index(p.suppliers.keys), p.suppliers.per_week.tolist()),
        "course": (index(p.courses.keys), None),
        "trainees": ({"": 0}, [p.trainees]),
    }
    for row in plan.tables["prices"]:
        kind, week = row["kind"], row["week"]
        name = f"prices.csv {kind}/{row['key']}/{week}"
        if week and not (week.isdigit() and int(week) < p.weeks):
            told.append(f"{name}: the week is none of the horizon.")
            continue
        which = kinds[kind][0].get(row["key"]) if kind in kinds else None
        if kind == "trainees":
            which = 0
        if which is None:
            told.append(f"{name} is no limit of this problem.")
            continue
        at = int(week) if week else -1
        count: float = 1 + used.lines.get((kind, which, at), 0) * (heaviest if kind in ("leg", "node") else 1)
        if kind in ("fund", "supplier"):
            count = 1 + 2 * len(ledger.purchases)
        uses_now = used.of(kind, which, at)
        if differs(_float(row["used"]), uses_now, count):
            told.append(f"{name} says that {row['used']} is used; the plan uses {printed(uses_now)}.")
        told += _stated_limit(name, row["limit"], kinds[kind][1], which)
    return told


def _stated_limit(name: str, text: str, limits: list[float] | None, which: int) -> list[str]:
    """Whether a row of prices.csv states the limit as the problem sets it; courses' seats are set by start."""
    if limits is None:
        return []
    if math.isinf(limits[which]):
        return [f"{name} is a limit that the problem does not set."]
    stated = _float(text)
    if not math.isfinite(stated) or differs(stated, limits[which], 1):
        return [f"{name} says that the limit is {text or 'empty'}; it is {printed(limits[which])}."]
    return []


def _next_pledges(problem: Problem, plan: Plan) -> list[str]:
    """Whether next_pledges.csv names items, nodes and days that exist, ranked 1, 2, 3."""
    told = []
    for expected, row in enumerate(plan.tables["next_pledges"], 1):
        name = f"next_pledges.csv rank {row['rank']}"
        if row["rank"] != str(expected):
            told.append(f"{name} stands where {expected} is due.")
        if row["item"] not in problem.items.keys or row["node"] not in problem.nodes.keys:
            told.append(f"{name} names an item or node that does not exist.")
        try:
            day = problem.day(row["from"])
        except ValueError:
            told.append(f"{name}: from is {row['from']!r}, which is no date.")
        else:
            if not 0 <= day < problem.days:
                told.append(f"{name}: from is {row['from']}, which lies outside the horizon.")
    return told


def _summary(problem: Problem, plan: Plan, ledger: Ledger, counted: Tally) -> list[str]:
    """Whether the figures of summary.json are those of the plan."""
    s = plan.summary
    missing = [key for key in SUMMARY_KEYS if key not in s]
    if missing:
        return [f"summary.json lacks {', '.join(missing)}."]
    odd = [key for key in (*FIGURES, *COUNTED) if not _is_figure(s[key])]
    if odd:
        return [f"summary.json states {key} {s[key]!r}, which is no finite number." for key in odd]
    told = _counted_figures(problem, s, ledger, counted)
    if s["name"] != problem.name:
        told.append(f"summary.json names the problem {s['name']!r}; it is {problem.name!r}.")
    if s["illustrative"] != list(problem.illustrative):
        told.append("summary.json does not repeat the problem's illustrative tables.")
    if s["status"] not in STATUSES:
        told.append(f"summary.json states the status {s['status']!r}, which is none of {', '.join(STATUSES)}.")
    if s["problem_digest"] != problem.digest:
        told.append("summary.json states the problem_digest of another problem.")
    digest = plans.digest(plan.tables)
    if s["plan_digest"] != digest:
        told.append(f"summary.json states plan_digest {s['plan_digest']}; the tables give {digest}.")
    return told + _gap_figures(s, counted.objective, 2 * len(ledger.lines.key) + 2)


def _counted_figures(problem: Problem, s: dict[str, Any], ledger: Ledger, counted: Tally) -> list[str]:
    """Points, cost, tonnes and counts of the summary."""
    told = []
    rounding = 2 * len(ledger.lines.key) + 2
    worth = rounding * max([1.0, *problem.requirements.points.tolist()])
    for key, value in counted.figures().items():
        if key in ("requirements", "requirements_met_in_time"):
            wrong = s[key] != value
        else:
            count = worth if key in ("points", "objective") else rounding
            wrong = differs(float(s[key]), value, min(count, max(1.0, abs(value)) + rounding))
        if wrong:
            told.append(f"summary.json states {key} {s[key]}; it is {printed(value)}.")
    return told


def _gap_figures(s: dict[str, Any], objective: float, rounding: int) -> list[str]:
    """Bound, gaps and status of the summary."""
    told = []
    scale = max(abs(s["bound"]), 1.0)
    gap, relaxed_gap = (s["bound"] - s["objective"]) / scale, (s["bound"] - s["relaxed_objective"]) / scale
    for key, value in (("gap", gap), ("relaxed_gap", relaxed_gap)):
        if abs(value - s[key]) > 2e-6:
            told.append(f"summary.json states a {key} of {s[key]}; its figures give {printed(value)}.")
    told += [
        f"summary.json states a {key} of {s[key]}, below the objective {printed(objective)}."
        for key in ("bound", "relaxed_objective")
        if over(objective, s[key], rounding)
    ]
    if s["status"] == "optimal" and min(relaxed_gap, gap) > s["asked_gap"] + TOLERANCE:
        told.append(f"The status is optimal, but the relaxed gap {printed(relaxed_gap)} is above {s['asked_gap']}.")
    return told


def _is_figure(value: object) -> bool:
    """Whether it is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _float(text: str) -> float:
    """A cell as a number; nan where it is none, told elsewhere."""
    try:
        return float(text)
    except ValueError:
        return math.nan
