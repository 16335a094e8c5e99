"""``oneroof check``: whether a problem is fit to be planned."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from oneroof.commands.ending import WRONG_INPUT
from oneroof.commands.screen import counted, faults, out, say, say_json

ProblemPath = Annotated[
    Path, typer.Argument(metavar="PROBLEM", help="A problem: a folder of tables, or an .xlsx workbook.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of text.")]


def check(problem: ProblemPath, json: Json = False) -> None:
    """Show every fault of a problem at once.

    Each fault comes with its table, row, column, value, reason and cure. The exit status is 0 when there is none
    and 2 when there are some. Rows are numbered as a spreadsheet shows them.

    Example: `oneroof check examples/one-hub-winter`
    """
    from oneroof.planning import tables
    from oneroof.planning.faults import ProblemError

    try:
        read = tables.read(problem)
    except ProblemError as error:
        if json:
            say_json([asdict(fault) for fault in error.faults])
        else:
            faults(error, out())
        raise typer.Exit(WRONG_INPUT) from error
    if json:
        say_json([])
        return
    rows = ", ".join(f"{name} {len(found):,}" for name, found in read.rows.items() if found)
    total = sum(len(found) for found in read.rows.values())
    say(f"“{read.settings['name']}” is fit to be planned: no faults in {counted(total, 'row')}.")
    say(f"Rows: {rows}.")
