"""The list of commands; each stands in a module of its own or with its kin."""

from __future__ import annotations

from typing import Annotated

import typer

from oneroof.commands import (
    asking,
    auditing,
    checking,
    files,
    filling,
    futures,
    importing,
    keeping,
    people,
    planning,
    serving,
    stressing,
    verifying,
)
from oneroof.commands.ending import House

app = typer.Typer(
    name="oneroof",
    cls=House,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
    epilog="Start with: `oneroof template first.xlsx`, or plan the example `examples/one-hub-winter`.",
)


def _version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        from importlib.metadata import version

        typer.echo(f"oneroof {version('oneroof')}")
        raise typer.Exit


@app.callback()
def oneroof(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Coordinate the assistance of many nations to one recipient.

    OneRoof reads what is needed, promised and possible from a folder of tables or a workbook, and writes a plan with a
    proof of how good it is, the reason for every gap, and a briefing.
    """


PLAN, ASK, FILES, RUN = "Plan", "Ask a plan", "Files", "Run the server"
app.command("check", rich_help_panel=PLAN)(checking.check)
app.command("plan", rich_help_panel=PLAN)(planning.plan)
app.command("whatif", rich_help_panel=PLAN)(futures.whatif)
app.command("continuity", rich_help_panel=PLAN)(futures.continuity)
app.command("stress", rich_help_panel=PLAN)(stressing.stress)
app.command("explain", rich_help_panel=ASK)(asking.explain)
app.command("peg", rich_help_panel=ASK)(asking.peg)
app.command("diff", rich_help_panel=ASK)(asking.diff)
app.command("verify", rich_help_panel=ASK)(verifying.verify)
app.command("brief", rich_help_panel=ASK)(files.brief)
app.command("template", rich_help_panel=FILES)(files.template)
app.command("convert", rich_help_panel=FILES)(files.convert)
app.add_typer(importing.app, name="import", rich_help_panel=FILES)
app.command("serve", rich_help_panel=RUN)(serving.serve)
app.command("migrate", rich_help_panel=RUN)(serving.migrate)
app.command("work", rich_help_panel=RUN)(serving.work)
app.command("health", rich_help_panel=RUN)(serving.health)
app.command("backup", rich_help_panel=RUN)(keeping.backup)
app.command("restore", rich_help_panel=RUN)(keeping.restore)
app.add_typer(auditing.app, name="audit", rich_help_panel=RUN)
app.command("demonstrate", rich_help_panel=RUN)(filling.demonstrate)
app.command("administrator", rich_help_panel=RUN)(people.administrator)
app.command("link", rich_help_panel=RUN)(people.link)
