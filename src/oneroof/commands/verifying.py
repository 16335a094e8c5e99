"""``oneroof verify``: a plan against every rule of its problem."""

from __future__ import annotations

from typing import Annotated

import typer

from oneroof.commands.checking import Json, ProblemPath
from oneroof.commands.ending import WRONG_INPUT
from oneroof.commands.files import PlanPath
from oneroof.commands.screen import counted, say, say_json


def verify(
    problem: ProblemPath,
    plan: PlanPath,
    relaxed: Annotated[bool, typer.Option("--relaxed", help="The plan may hold fractions of units.")] = False,
    json: Json = False,
) -> None:
    """Check a finished plan against its problem, from the tables alone.

    Every rule, the points, the cost and the digests are computed anew. The exit status is 2 when something is wrong.

    Example: `oneroof verify examples/one-hub-winter build/winter`
    """
    from oneroof.planning import tables
    from oneroof.planning.problem import Problem
    from oneroof.planning.verify import verify_folder

    found = verify_folder(Problem.of(tables.read(problem)), plan, relaxed)
    if json:
        say_json(found)
    else:
        for violation in found:
            say(violation)
        say(f"{counted(len(found), 'violation')}." if found else "The plan keeps every rule, and its figures add up.")
    if found:
        raise typer.Exit(WRONG_INPUT)
