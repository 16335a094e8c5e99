"""A plan told to a planner: what is met, what is not and why, what to ask for next."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from oneroof.commands.screen import amount, counted, out, percent, say, say_facts, short, table

if TYPE_CHECKING:
    from oneroof.planning.plan import Plan
    from oneroof.planning.tables import Row, Tables

MOST_GAPS = 10
MOST_PLEDGES = 5
LIMITS = {
    "offer": "nobody offers (enough of) it",
    "time": "offered too late",
    "consent": "a third-party transfer consent is pending",
    "stage": "offered, but not firmly enough",
    "caveat": "a donor's caveat excludes it",
    "route": "no route leads there",
    "leg": "a leg is full",
    "node": "a node handles no more",
    "course": "no seat on a course",
    "trainees": "no more people to train",
    "fund": "money is spent or not there in time",
    "supplier": "a supplier makes no more",
    "lead_time": "a supplier needs longer",
    "whole_units": "only whole units move",
    "worth": "the transport costs more than it is worth",
    "pin": "a pin binds the goods elsewhere",
}
STATUSES = {
    "optimal": "complete, as close to the best as asked",
    "time_limit": "stopped at the time limit: the best plan found so far",
    "interrupted": "stopped early: the best plan found so far",
}


def show_plan(plan: Plan, tables: Tables, folder: Path) -> None:
    """Print the plan's summary."""
    summary = plan.summary
    say(str(summary["name"]), style="bold")
    say_facts(_facts(summary, str(tables.settings["currency"])))
    _show_gaps(plan, tables, folder)
    _show_next_pledges(plan, tables)
    if summary.get("illustrative"):
        say(f"\nIllustrative data, made up by hand: {', '.join(summary['illustrative'])}.")
    say(f"\nBriefing: {folder / 'briefing.html'}")


def _facts(summary: dict[str, object], currency: str) -> list[tuple[str, str]]:
    """What is met and how good the plan is."""
    number = {key: float(str(summary[key])) for key in ("objective", "bound", "gap", "points", "transport_cost")}
    met, all_of_them = summary["requirements_met_in_time"], summary["requirements"]
    reached = number["objective"] / number["bound"] if number["bound"] > 0 else 1.0
    rows = [
        ("Search", STATUSES.get(str(summary["status"]), str(summary["status"]))),
        ("Met in time", f"{met} of {all_of_them} requirements"),
        ("Reached", f"{percent(reached)} of what no plan can pass (gap {percent(number['gap'])})"),
        ("Points", f"{short(number['points'])}, less {short(number['transport_cost'])} {currency} for transport"),
        ("Moved", f"{amount(str(summary['tonnes']))} tonnes"),
        ("Took", f"{amount(round(float(str(summary['seconds'])), 1))} s"),
    ]
    relaxed, asked = float(str(summary["relaxed_gap"])), float(str(summary["asked_gap"]))
    if summary["status"] == "optimal" and number["gap"] > max(asked, relaxed) + 1e-9:
        rows.insert(3, ("", f"with fractions the gap is {percent(relaxed)}; the rest is lost to whole units"))
    if summary.get("moved"):
        rows.append(("Changed", str(summary["moved"])))
    return rows


def lost_points(plan: Plan, tables: Tables) -> dict[str, float]:
    """Points that each requirement with a gap lacks of its full worth."""
    from oneroof.planning.problem import Problem

    asked = Problem.of(tables).requirements
    full = dict(zip(asked.keys, (asked.points * asked.quantity).tolist(), strict=True))
    for row in plan.tables["served"]:
        full[row["requirement"]] -= float(row["points"])
    return {row["requirement"]: full[row["requirement"]] for row in plan.tables["gaps"]}


def _show_gaps(plan: Plan, tables: Tables, folder: Path) -> None:
    """The gaps by what limits them, and the largest with explanation and cure."""
    gaps = plan.tables["gaps"]
    if not gaps:
        say("\nEvery requirement is met in time.")
        return
    lost = lost_points(plan, tables)
    say(f"\nNot met in time: {counted(len(gaps), 'requirement')}", style="bold")
    times = Counter(row["limit"] for row in gaps)
    points: dict[str, float] = dict.fromkeys(times, 0.0)
    for row in gaps:
        points[row["limit"]] += lost[row["requirement"]]
    ranked = sorted(times, key=lambda limit: (-points[limit], limit))
    rows = [[f"{times[k]:,}", LIMITS.get(k, k), k, short(points[k])] for k in ranked]
    out().print(table(["gaps", "why", "limit", "points lost"], rows, right=[0, 3]))
    worst = sorted(gaps, key=lambda row: (-lost[row["requirement"]], row["requirement"]))[:MOST_GAPS]
    of_all = f"The {len(worst)} that lose most" if len(gaps) > len(worst) else "One by one, the largest loss first"
    say(f"\n{of_all}", style="bold")
    asked = {row["requirement"]: row for row in tables.rows["requirements"]}
    for row in worst:
        need = asked[row["requirement"]]
        say(Text.assemble((row["requirement"], "bold"), f": {what_and_where(need, tables)}"))
        _show_gap(row, lost[row["requirement"]], need["due"])
    if len(gaps) > len(worst):
        say(f"All of them: {folder / 'gaps.csv'}. One in full: oneroof explain {folder} {worst[0]['requirement']}")


def what_and_where(row: Row, tables: Tables) -> str:
    """A requirement in words: how many of what, where."""
    kind = "item" if row["item"] else "package"
    named = {one[kind]: one["name"] for one in tables.rows[f"{kind}s"]}
    places = {one["node"]: one["name"] for one in tables.rows["nodes"]}
    what, where = named[row[kind]] or row[kind], places[row["node"]] or row["node"]
    return f"{amount(row['quantity'])} × {what}, {where}"


def _show_gap(row: Row, lost: float, due: str) -> None:
    """One gap: what is served, why not more, what would help."""
    served = f"{amount(row['in_time'])} in time"
    late = f", {amount(row['late'])} late" if float(row["late"]) else ""
    missing = f", {amount(row['missing'])} missing" if float(row["missing"]) else ""
    say(f"Due {due}: {served}{late}{missing}; {short(lost)} points lost.", indent=4)
    why = row["explanation"].removeprefix(f"Requirement {row['requirement']} ")  # the line above has said it
    for text in (why[:1].upper() + why[1:], row["cure"]):
        if text:
            say(text, indent=4)


def _show_next_pledges(plan: Plan, tables: Tables) -> None:
    """What to ask donors for next."""
    pledges = plan.tables["next_pledges"][:MOST_PLEDGES]
    if not pledges:
        return
    from oneroof.planning.plan import at_most_by_rank

    names = {row["item"]: row["name"] for row in tables.rows["items"]}
    units = {row["item"]: row["unit"] for row in tables.rows["items"]}
    say("\nNext pledges worth most, each by planning again with it", style="bold")
    rows = [
        [
            row["rank"],
            f"{amount(row['quantity'])} {units.get(row['item'], '')}",
            names.get(row["item"], row["item"]),
            row["node"],
            row["from"],
            short(float(row["worth"])) + ("" if at_most is None else f" to {short(at_most)}"),
        ]
        for row, at_most in zip(pledges, at_most_by_rank(plan), strict=False)
    ]
    out().print(table(["", "quantity", "item", "at node", "from", "points"], rows, right=[0, 1, 5]))
