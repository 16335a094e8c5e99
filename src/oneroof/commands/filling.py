"""``oneroof demonstrate``: the reference scenario and people to try it, marked as demonstration."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from oneroof.commands.ending import RefusedError
from oneroof.commands.screen import err, say
from oneroof.commands.server import answering, ready

# In the order of the story: what comes later names what came before.
FEATURES = ("nations", "staffing", "sources", "catalogue", "logistics")


def demonstrate(
    plan: Annotated[
        Path | None, typer.Option(metavar="PLAN", help="A plan folder; its briefing is shown under Plan.")
    ] = None,
) -> None:
    """Fill the house with the reference scenario, and print a one-time link for each demonstration role.

    Nothing is filled twice; the links are new each time, and earlier ones stop working. Only where
    ONEROOF_DEMONSTRATION=True: such people and records are no real ones.

    Example: `oneroof demonstrate --plan build/washington-2024`
    """
    ready()
    answering()
    from django.conf import settings
    from django.db import connection, transaction

    from oneroof.commands.serving import fit_to_serve, migrate_tables

    if not settings.DEMONSTRATION:
        raise RefusedError(
            "This house is not for demonstration, and stays without invented people and records. For one that is, set "
            "ONEROOF_DEMONSTRATION=True and a ONEROOF_HOME of its own."
        )
    if connection.vendor == "sqlite":
        migrate_tables()
    fit_to_serve()
    if plan is not None:
        show_under_plan(plan, Path(settings.HOME))
    with transaction.atomic():
        for feature in FEATURES:
            fill(feature)
    show_links()


def show_under_plan(plan: Path, home: Path) -> None:
    """Copy a plan's briefing to where the page Plan finds it."""
    briefing = plan / "briefing.html"
    if not briefing.is_file():
        raise RefusedError(f"{briefing} is no file. Name a folder that oneroof plan wrote.")
    (home / "plan").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(briefing, home / "plan" / "briefing.html")


def fill(feature: str) -> None:
    """Fill one feature with the reference scenario, where it has one."""
    module = found(f"oneroof.{feature}.reference")
    if module is None:
        say(f"{feature}: no reference records yet.", to=err())
        return
    from oneroof.access.actors import House

    module.fill(House())


def found(name: str) -> Any:
    """A module, or None where this version has none of that name; what it imports must be there."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            return None
        raise


def show_links() -> None:
    """Print a one-time link for each demonstration role."""
    module = found("oneroof.access.demonstration")
    if module is None:
        say("No demonstration people yet.", to=err())
        return
    rows = [[str(part) for part in row] for row in module.links()]
    say("\nSign in as (each link works once, for a day):", style="bold")
    for *who, address in rows:
        say(f"  {', '.join(who)}\n    {address}")
