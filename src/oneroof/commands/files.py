"""``oneroof template``, ``convert`` and ``brief``: workbooks, folders and briefings in another language."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from oneroof.commands.ending import RefusedError
from oneroof.commands.planning import Force, Language, Spoken
from oneroof.commands.screen import counted, say

PlanPath = Annotated[Path, typer.Argument(metavar="PLAN", help="A plan folder that oneroof plan wrote.")]


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The workbook to write.")], force: Force = False
) -> None:
    """Write an empty workbook to fill in: a sheet for every table, every column explained.

    Example: `oneroof template first.xlsx`
    """
    from oneroof.exchange.template import write_template

    if file.suffix.lower() != ".xlsx":
        raise RefusedError(f"{file} does not end in .xlsx. The template is a workbook: name it so.")
    refuse_existing(file, force)
    write_template(file, force=force)
    say(f"{file} is ready to be filled in. Then: oneroof check {file}")


def convert(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A problem: a folder or an .xlsx workbook.")],
    target: Annotated[Path, typer.Argument(metavar="TO", help="A folder to write, or a file that ends in .xlsx.")],
    force: Force = False,
) -> None:
    """Turn a folder of tables into a workbook, or a workbook into a folder.

    Example: `oneroof convert examples/one-hub-winter winter.xlsx`
    """
    from oneroof.planning import tables

    read = tables.read(source)
    refuse_existing(target, force)
    tables.write(read, target, force=force)
    say(f"{target} holds the same problem: {counted(sum(len(rows) for rows in read.rows.values()), 'row')}.")


def refuse_existing(path: Path, force: bool) -> None:
    """RefusedError where a path exists; with ``force`` only where a folder there holds more than a problem."""
    from oneroof.planning.schema import TABLES

    if path.exists() and not force:
        raise RefusedError(f"{path} exists and is not replaced. Choose another name, or add --force to replace it.")
    known = {"problem.toml", *(f"{table.name}.csv" for table in TABLES)}
    strange = sorted(held.name for held in path.iterdir() if held.name not in known) if path.is_dir() else []
    if strange:
        held = ", ".join(strange[:5]) + (" …" if len(strange) > 5 else "")
        raise RefusedError(f"{path} also holds {held}, and is not replaced. Choose another folder.")


def brief(
    plan: PlanPath,
    language: Spoken = Language.en,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; by default over the plan's briefing.html.")
    ] = None,
) -> None:
    """Write a plan's briefing again, in the language asked for.

    Example: `oneroof brief build/winter --language uk --out winter-uk.html`
    """
    from oneroof.briefings.briefing import make_briefing
    from oneroof.commands.asking import problem_of
    from oneroof.planning import plan as plans
    from oneroof.planning.problem import Problem

    read = plans.read(plan)
    text = make_briefing(Problem.of(problem_of(read, plan)), read, language.value)
    target = out or plan / "briefing.html"
    _put(target, text)
    say(f"Briefing: {target}")


def _put(target: Path, text: str) -> None:
    """Write a text whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    number, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(beside).chmod(0o644)
        Path(beside).replace(target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
