"""``oneroof whatif`` and ``continuity``: the same question under other circumstances."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oneroof.commands.checking import Json, ProblemPath
from oneroof.commands.ending import RefusedError, Stop
from oneroof.commands.memory import uncollected
from oneroof.commands.planning import THREADS, Force, Gap, Threads, TimeLimit
from oneroof.commands.progress import Shown
from oneroof.commands.screen import say, say_json

if TYPE_CHECKING:
    from oneroof.planning.workers import Engine

Dask = Annotated[
    str | None,
    typer.Option(
        "--dask",
        envvar="ONEROOF_DASK",
        metavar="ADDRESS",
        help="Plan on this Dask cluster, tcp://host:port, not in processes of this machine.",
    ),
]


def whatif(
    problem: ProblemPath,
    without: Annotated[
        list[str] | None, typer.Option(metavar="NATION", help="Without this nation's offers and funds. Repeatable.")
    ] = None,
    close: Annotated[
        list[str] | None, typer.Option(metavar="NODE_OR_LEG", help="Nothing passes this node or leg. Repeatable.")
    ] = None,
    grant_consents: Annotated[
        bool, typer.Option("--grant-consents", help="Every pending third-party transfer consent is granted.")
    ] = False,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="TABLE.KEY.COLUMN=VALUE", help="Change one cell of the problem. Repeatable."),
    ] = None,
    gap: Gap = 0.005,
    threads: Threads = THREADS,
    json: Json = False,
) -> None:
    """Plan twice, as it is and changed, and tell what the change does.

    Example: `oneroof whatif examples/one-hub-winter --without NOR`

    Example: `oneroof whatif examples/one-hub-winter --set nodes.POL-RZESZOW.handling_tonnes_per_week=150`
    """
    from oneroof.planning import tables

    read = tables.read(problem)
    changes = [_cell(text) for text in values or ()]
    if not (without or close or grant_consents or changes):
        raise typer.BadParameter("name a change: --without, --close, --grant-consents or --set.")

    from oneroof.planning.planner import Options
    from oneroof.planning.scenarios import Change
    from oneroof.planning.scenarios import whatif as compared

    change = Change(tuple(without or ()), tuple(close or ()), grant_consents, tuple(changes))
    with uncollected():
        comparison = compared(read, change, Options(gap=gap, threads=threads))
    if json:
        say_json(comparison.as_dict())
        return
    for sentence in comparison.sentences():
        say(sentence)


def _cell(text: str) -> tuple[str, str, str, str]:
    """``TABLE.KEY.COLUMN=VALUE`` in its parts; a key may hold dots."""
    path, equals, value = text.partition("=")
    name, dot, rest = path.partition(".")
    key, other_dot, column = rest.rpartition(".")
    if not (equals and dot and other_dot and name and key and column):
        raise typer.BadParameter(
            f"--set {text}: write TABLE.KEY.COLUMN=VALUE, for example nodes.POL-RZESZOW.handling_tonnes_per_week=150."
        )
    return name, key, column, value


def continuity(
    problem: ProblemPath,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")],
    pairs: Annotated[int, typer.Option(min=0, help="Pairs of donors to try as well, the likely worst first.")] = 5,
    gap: Gap = 0.005,
    time_limit: TimeLimit = None,
    threads: Threads = THREADS,
    dask: Dask = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Tell what is lost when each donor leaves, and what when the worst pairs do.

    As many processes plan as there may be threads, or all workers of a Dask cluster; the answer is the same.
    Ctrl-C once writes what is known by then; twice stops at once and writes nothing.

    Example: `oneroof continuity examples/washington-2024 --out build/continuity`
    """
    from oneroof.planning import departures, tables

    departures.refuse(out, force)
    read = tables.read(problem)

    from oneroof.planning import scenarios
    from oneroof.planning.planner import Options
    from oneroof.planning.problem import Problem

    options = Options(gap=gap, time_limit=time_limit, threads=threads)
    with _engine(dask, threads) as engine, Shown(json) as shown, Stop(lambda: shown.note(KNOWN)) as stop:
        found = scenarios.continuity(Problem.of(read), options, shown, stop, pairs, engine)
    found.write(out, force)
    if json:
        say_json(found.as_dict())
        return
    for sentence in found.sentences():
        say(sentence)
    say(f"Tables: {out}")


KNOWN = "Stopping. What is known by now will be written; Ctrl-C again stops at once and writes nothing."


@contextmanager
def _engine(dask: str | None, workers: int) -> Iterator[Engine]:
    """Who plans: a Dask cluster, or processes of this machine; raises RefusedError where the cluster can't be had."""
    from oneroof.planning.workers import WorkersError

    try:
        if dask is None:
            from oneroof.planning.processes import Local

            yield Local(workers)
        else:
            from oneroof.cluster import connected

            with connected(dask) as cluster:
                yield cluster
    except WorkersError as error:
        raise RefusedError(str(error)) from error
