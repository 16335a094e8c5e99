"""``oneroof plan``: from a problem to a plan folder with its briefing."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oneroof.commands.checking import Json, ProblemPath
from oneroof.commands.ending import RefusedError, Stop
from oneroof.commands.memory import uncollected
from oneroof.commands.progress import Shown
from oneroof.commands.screen import say_json

if TYPE_CHECKING:
    from oneroof.planning.planner import Options
    from oneroof.planning.tables import Tables


class Stage(StrEnum):
    """How firm an offer must be to be used."""

    offered = "offered"
    pledged = "pledged"
    committed = "committed"


class Language(StrEnum):
    """The languages of briefings."""

    en = "en"
    uk = "uk"


def _no_nan(value: float | None) -> float | None:
    """The number; raises BadParameter for nan, which passes every other check."""
    if value is not None and math.isnan(value):
        raise typer.BadParameter("nan is no number.")
    return value


Gap = Annotated[
    float,
    typer.Option(
        envvar="ONEROOF_GAP",
        min=0.0,
        max=1.0,
        metavar="SHARE",
        callback=_no_nan,
        help="Stop when the plan is proven this close to the best: 0.005 is 0.5 %.",
    ),
]
Threads = Annotated[
    int, typer.Option(envvar="ONEROOF_THREADS", min=1, metavar="N", help="Threads to use. They never change the plan.")
]
THREADS = min(os.cpu_count() or 1, 8)
TimeLimit = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        min=0.0,
        metavar="SECONDS",
        callback=_no_nan,
        help="Stop then, and write the best plan found.",
    ),
]
Spoken = Annotated[
    Language,
    typer.Option(envvar="ONEROOF_LANGUAGE", metavar="LANGUAGE", help="The language of the briefing: en or uk."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what an earlier run wrote there.")]


def plan(
    problem: ProblemPath,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The plan folder to write. It must not exist yet.")],
    gap: Gap = 0.005,
    exact: Annotated[
        bool, typer.Option("--exact", help="Small problems: also prove the whole units best, by branching.")
    ] = False,
    relaxed: Annotated[bool, typer.Option("--relaxed", help="Write the plan with fractions of units.")] = False,
    time_limit: TimeLimit = None,
    threads: Threads = THREADS,
    stay_near: Annotated[
        Path | None, typer.Option("--stay-near", metavar="OLD", help="An earlier plan folder to depart from little.")
    ] = None,
    min_stage: Annotated[
        Stage | None,
        typer.Option(
            "--min-stage",
            metavar="STAGE",
            help="Use offers from this stage on, whatever the problem says: offered, pledged or committed.",
        ),
    ] = None,
    language: Spoken = Language.en,
    force: Force = False,
    json: Json = False,
) -> None:
    """Plan a problem: who delivers what, from where, when, and why the rest stays open.

    Ctrl-C once writes the best plan found so far; twice stops at once and writes nothing.

    Example: `oneroof plan examples/one-hub-winter --out build/winter`
    """
    if exact and relaxed:
        raise typer.BadParameter("--exact asks for whole units and --relaxed for fractions; choose one of them.")
    from oneroof.commands.summary import show_plan
    from oneroof.planning import plan as plans
    from oneroof.planning import tables as problems

    refuse_early(out, force)
    tables = with_stage(problems.read(problem), min_stage)
    old = plans.read(stay_near) if stay_near else None

    from oneroof.planning.planner import Options

    options = Options(gap=gap, exact=exact, relaxed=relaxed, time_limit=time_limit, threads=threads, stay_near=old)
    made = _solve_and_write(tables, options, out, language.value, force, json)
    if json:
        say_json({**made.summary, "folder": str(out), "briefing": str(out / "briefing.html")})
    else:
        show_plan(made, tables, out)


def refuse_early(folder: Path, force: bool) -> None:
    """RefusedError, before any work, where the folder can't be written; the writer checks again."""
    from oneroof.planning.plan import is_plan

    above = next(path for path in folder.absolute().parents if path.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise RefusedError(f"{folder} can't be written: {above} is no folder that you may write to. Choose another.")
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir() or not is_plan(folder):
        raise RefusedError(f"{folder} holds something that is no plan, and is not replaced. Choose another folder.")
    if not force:
        raise RefusedError(
            f"{folder} exists and is not replaced. Choose another folder, or add --force to replace the plan in it."
        )


def with_stage(tables: Tables, stage: Stage | None) -> Tables:
    """The problem with another ``min_stage``; the plan folder keeps the problem as it was planned."""
    return tables if stage is None else replace(tables, settings={**tables.settings, "min_stage": stage.value})


def _solve_and_write(tables: Tables, options: Options, out: Path, language: str, force: bool, quiet: bool) -> Any:
    """Solve with progress shown, make the briefing, write the folder; returns the plan."""
    from oneroof.planning import plan as plans
    from oneroof.planning.planner import make_plan
    from oneroof.planning.problem import Problem

    question = Problem.of(tables)
    with Shown(quiet) as shown, Stop(lambda: shown.note(STOPPING)) as stop, uncollected():
        made = make_plan(question, options, shown, stop)
        from oneroof.briefings.briefing import make_briefing

        try:
            page = make_briefing(question, made, language)
        except Exception:
            plans.write(made, out, NO_PAGE, force)  # hours of search are not lost to a fault of the page
            shown.note(f"The plan is written to {out}, but its briefing failed.")
            raise
        stop()
        plans.write(made, out, page, force)
    return made


STOPPING = "Stopping. The best plan found so far will be written; Ctrl-C again stops at once and writes nothing."
NO_PAGE = "<!doctype html><title>No briefing</title><p>The briefing could not be made. Try: oneroof brief PLAN</p>\n"
