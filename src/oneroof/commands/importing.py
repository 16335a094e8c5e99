"""``oneroof import``: problems from tables that others publish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oneroof.commands.checking import Json
from oneroof.commands.ending import RefusedError
from oneroof.commands.planning import Force
from oneroof.commands.screen import say, say_json

app = typer.Typer(help="Make a problem from tables that others publish.", no_args_is_help=True)


@app.callback()
def published() -> None:
    """Make a problem from tables that others publish."""


@app.command("kiel")
def kiel(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A release: its workbook, or the folder of CSVs behind its charts.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The problem folder to write.")],
    network: Annotated[
        Path | None,
        typer.Option(metavar="PROBLEM", help="A folder with nations, nodes and legs; by default the reference one's."),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Turn the Kiel Institute's Ukraine Support Tracker into a problem: what is promised and not yet delivered.

    Every row of the release that is left out is counted with its reason.

    Example: `oneroof import kiel tracker.xlsx --out build/kiel`
    """
    from oneroof.exchange.kiel import import_kiel

    if out.exists() and not force:
        raise RefusedError(f"{out} exists and is not replaced. Choose another folder, or add --force to replace it.")
    report = import_kiel(source, out, force, network)
    if json:
        say_json(report.as_json())
        return
    for line in report.lines():
        say(line)
    say(f"Now: oneroof check {out}")
