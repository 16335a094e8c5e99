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

# What comes later names what came before; sources are cited for records of all the others.
OPEN_TO_ALL = ("nations",)
OF_THE_HEADQUARTERS = ("staffing", "catalogue", "logistics", "sources")


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
        fill()
    show_links()


def show_under_plan(plan: Path, home: Path) -> None:
    """Copy a plan's briefing to where the page Plan finds it."""
    briefing = plan / "briefing.html"
    if not briefing.is_file():
        raise RefusedError(f"{briefing} is no file. Name a folder that oneroof plan wrote.")
    (home / "plan").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(briefing, home / "plan" / "briefing.html")


def fill() -> None:
    """Fill every feature that has reference records: nations by the house, the rest by the headquarters' planner."""
    from oneroof.access import demonstration
    from oneroof.access.actors import House
    from oneroof.access.middleware import viewer_of
    from oneroof.access.roles import Role
    from oneroof.access.viewer import PUBLIC, looking

    with looking(PUBLIC):
        for feature in OPEN_TO_ALL:
            _fill(feature, House())
    planner = next(held for held in demonstration.make_people() if held.role == Role.PLANNER)
    by = viewer_of(planner)
    with looking(by):
        for feature in OF_THE_HEADQUARTERS:
            _fill(feature, by)


def _fill(feature: str, by: Any) -> None:
    """Fill one feature, and say what came of it."""
    module = found(f"oneroof.{feature}.reference")
    if module is None:
        say(f"{feature}: no reference records yet.", to=err())
        return
    filled = module.fill(by)
    counts = [str(getattr(filled, name, "?")) for name in ("count_added", "count_unchanged")]
    say(f"{feature}: {counts[0]} records added, {counts[1]} there before.")


def found(name: str) -> Any:
    """A module, or None where this version has none of that name; what it imports must be there."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            return None
        raise


def show_links() -> None:
    """Print a one-time link for each demonstration person."""
    from oneroof.access import demonstration

    say("\nSign in by one of these links; each works once, for a day:", style="bold")
    for name, role, codes, address in demonstration.links():
        say(f"  {name}, {role}, {codes}\n    {address}")
