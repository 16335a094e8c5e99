"""``oneroof explain``, ``peg`` and ``diff``: questions to finished plans."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from oneroof.commands.checking import Json
from oneroof.commands.ending import RefusedError
from oneroof.commands.files import PlanPath
from oneroof.commands.screen import amount, out, percent, say, say_json, table

if TYPE_CHECKING:
    from oneroof.planning.pegging import Found
    from oneroof.planning.plan import Plan
    from oneroof.planning.tables import Row, Tables

MOST_LINES = 40  # of one table on the screen; --json prints all


def problem_of(plan: Plan, folder: Path) -> Tables:
    """The problem that a plan folder keeps; RefusedError where it was removed."""
    if plan.problem is None:
        raise RefusedError(
            f"{folder / 'problem'} is missing, and without it the plan can't be read in full. Plan again."
        )
    return plan.problem


def _unknown(key: str, what: str, known: list[str], folder: Path) -> NoReturn:
    """RefusedError for a key that is not there, with the keys that look like it."""
    close = get_close_matches(key, known, n=3, cutoff=0.5)
    cure = f"Did you mean {' or '.join(close)}?" if close else f"The keys stand in {folder / 'problem'}."
    raise RefusedError(f"{folder} knows no {what} {key}. {cure}")


def explain(
    plan: PlanPath,
    requirement: Annotated[str, typer.Argument(metavar="REQUIREMENT", help="The key of a requirement.")],
    json: Json = False,
) -> None:
    """Tell why a requirement is not served in full and in time, and what would close the gap.

    Example: `oneroof explain build/winter R-TENT-LVIV`
    """
    from oneroof.planning import plan as plans

    read = plans.read(plan)
    tables = problem_of(read, plan)
    asked = {row["requirement"]: row for row in tables.rows["requirements"]}
    if requirement not in asked:
        _unknown(requirement, "requirement", list(asked), plan)
    gap = next((row for row in read.tables["gaps"] if row["requirement"] == requirement), None)
    found: dict[str, Any] = next((e for e in read.explanations if e["requirement"] == requirement), {})
    served = [row for row in read.tables["served"] if row["requirement"] == requirement]
    if json:
        whole = {"requirement": requirement, "quantity": asked[requirement]["quantity"], **(gap or {})}
        say_json({**whole, "shares": found.get("shares", []), "served": served})
        return
    _show_explanation(asked[requirement], tables, gap, found, served)


def _show_explanation(asked: Row, tables: Tables, gap: Row | None, found: dict[str, Any], served: list[Row]) -> None:
    """The explanation on the screen."""
    from oneroof.commands.summary import what_and_where

    say(f"{asked['requirement']}: {what_and_where(asked, tables)}, due {asked['due']}", style="bold")
    if served:
        rows = [[row["served_on"], amount(row["quantity"]), amount(round(float(row["points"])))] for row in served]
        out().print(table(["served on", "quantity", "points"], rows, right=[1, 2]))
    if gap is None:
        say("It is served in full and in time.")
        return
    told = f"{amount(gap['in_time'])} in time, {amount(gap['late'])} late, {amount(gap['missing'])} missing."
    say(f"\n{told}")
    say(gap["explanation"])
    say(gap["cure"])
    shares = found.get("shares", [])
    if len(shares) > 1:
        say("\nWhat stands in the way, by its share of the price", style="bold")
        for share in shares:
            say(f"{percent(float(share['share'])):>6}  {share['sentence']} {share.get('cure', '')}".rstrip())


def peg(
    plan: PlanPath,
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY", help="A requirement, offer, nation, fund, supplier, leg, node, item or course by its key."
        ),
    ],
    json: Json = False,
) -> None:
    """Show what hangs on what: the sources of a requirement, or the requirements that live off anything else.

    Example: `oneroof peg build/winter POL-RZESZOW`
    """
    from oneroof.planning import pegging
    from oneroof.planning import plan as plans
    from oneroof.planning.problem import Problem

    read = plans.read(plan)
    hanging = pegging.peg(Problem.of(problem_of(read, plan)), read, key)
    if json:
        say_json(hanging.as_json())
        return
    for found in hanging.found:
        _show_found(found)


def _show_found(found: Found) -> None:
    """What hangs on one key, as a table under a sentence."""
    say(found.lines()[0], style="bold")
    if not found.pegs:
        return
    asked = found.kind == "requirement"
    rows = [
        [
            one.source if asked else one.requirement,
            one.donor if asked else one.source,
            one.fund if asked else one.donor,
            f"{amount(one.quantity)} {one.what}",
            one.first if one.first == one.last else f"{one.first} to {one.last}",
        ]
        for one in found.pegs[:MOST_LINES]
    ]
    names = ["source", "donor", "fund"] if asked else ["requirement", "source", "donor"]
    out().print(table([*names, "what", "arrives"], rows))
    if len(found.pegs) > MOST_LINES:
        say(f"{MOST_LINES} of {len(found.pegs)} lines; --json prints all.")


def diff(
    plan_a: Annotated[Path, typer.Argument(metavar="PLAN_A", help="The earlier plan folder.")],
    plan_b: Annotated[Path, typer.Argument(metavar="PLAN_B", help="The later plan folder.")],
    json: Json = False,
) -> None:
    """Tell two plans apart in words: moved, dropped, new, re-sourced, and why.

    Example: `oneroof diff build/winter build/winter-2`
    """
    from oneroof.planning import plan as plans
    from oneroof.planning.compare import compare
    from oneroof.planning.problem import Problem

    a, b = plans.read(plan_a), plans.read(plan_b)
    difference = compare(Problem.of(problem_of(a, plan_a)), a, Problem.of(problem_of(b, plan_b)), b)
    if json:
        say_json(difference.as_json())
        return
    for sentence in difference.lines():
        say(sentence)
