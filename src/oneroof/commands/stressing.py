"""``oneroof stress``: how often requirements are met when legs run late, hubs close and donors pause."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oneroof.commands.checking import Json, ProblemPath
from oneroof.commands.ending import RefusedError, Stop
from oneroof.commands.planning import THREADS, Force, Gap, Language, Spoken, Threads
from oneroof.commands.progress import Shown
from oneroof.commands.screen import counted, out, percent, say, say_json, short, table

if TYPE_CHECKING:
    from oneroof.planning.stress import Stress

STOPPING = "Stopping. What has been tried so far will be written; Ctrl-C again stops at once and writes nothing."
MOST = 10  # requirements on the screen


def stress(
    problem: ProblemPath,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write.")],
    delays: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="What may go wrong: a .csv, or an .xlsx with a sheet shocks. Else: made-up defaults."
        ),
    ] = None,
    futures: Annotated[int, typer.Option(min=2, max=100_000, metavar="N", help="Futures to draw, in each set.")] = 200,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="The same seed draws the same futures.")] = 1,
    gap: Gap = 0.005,
    threads: Threads = THREADS,
    language: Spoken = Language.en,
    force: Force = False,
    json: Json = False,
) -> None:
    """Tell how often each requirement is met in time when things go wrong.

    The plan is carried out in many futures drawn by chance, in which legs run late, hubs close and donors pause. Plans
    that leave slack are tried on one set of futures; the best of them is told beside the plain plan on another set.
    Ctrl-C once keeps what has been tried; twice stops at once and writes nothing.

    Example: `oneroof stress examples/one-hub-winter --out build/stress --seed 7`
    """
    from oneroof.planning import stress_tables as writing
    from oneroof.planning import tables
    from oneroof.planning.problem import Problem
    from oneroof.planning.shocks import DEFAULTS, read_shocks

    writing.refuse(out, force)
    _refuse_unwritable(out)
    question = Problem.of(tables.read(problem))
    shocks = read_shocks(delays, question) if delays else DEFAULTS

    from oneroof.briefings.briefing import make_briefing
    from oneroof.briefings.stress import make_page
    from oneroof.planning import stress as stresses
    from oneroof.planning.planner import Options

    options = Options(gap=gap, threads=threads)
    with Shown(json) as shown, Stop(lambda: shown.note(STOPPING)) as stop:
        found = stresses.stress(question, shocks, futures, seed, options, shown, stop)
        fates = {"plain": found.plain, **({"hedged": found.hedged} if found.is_hedged else {})}
        briefings = {name: make_briefing(question, fate.plan, language.value) for name, fate in fates.items()}
        writing.write(found, out, make_page(found, language.value), briefings, force)
    if json:
        say_json({**writing.as_dict(found), "folder": str(out)})
    else:
        show(found, out)


def _refuse_unwritable(folder: Path) -> None:
    """RefusedError, before any work, where the folder can't be made."""
    above = next(path for path in folder.absolute().parents if path.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise RefusedError(f"{folder} can't be written: {above} is no folder that you may write to. Choose another.")


def show(found: Stress, folder: Path) -> None:
    """The finding on the screen."""
    from oneroof.planning.stress_tables import ILLUSTRATIVE

    count = len(found.plain.outcomes.cost)
    say(f"{found.problem.name}: {counted(count, 'future')}, seed {found.seed}", style="bold")
    if found.shocks.illustrative:
        say(ILLUSTRATIVE, style="bold")
    if found.problem.illustrative:
        say(f"Illustrative data, made up by hand: {', '.join(found.problem.illustrative)}.")
    if not found.complete:
        say("It was stopped before every candidate was tried: the best of those tried so far.")
    _show_plans(found)
    for sentence in _judgement(found):
        say(sentence)
    _show_worst(found, folder)
    say(f"\nTables, plans and the page: {folder / 'stress.html'}")


def _show_plans(found: Stress) -> None:
    """Both plans side by side."""
    fates = [found.plain, found.hedged] if found.is_hedged else [found.plain]
    told = [fate.figures() for fate in fates]
    total = len(found.problem.requirements.keys)
    names = ["", "plain plan", "hedged plan"][: len(fates) + 1]
    rows = [
        ["objective, nothing goes wrong", *(short(x["undisturbed_objective"]) for x in told)],
        ["objective, mean", *(short(x["mean_objective"]) for x in told)],
        *(
            [f"objective, {q} %", *(short(x[f"objective_{q}_percent"]) for x in told)]
            for q in (5, 50, 95)
        ),
        [f"met in time of {total}, as planned", *(str(x["undisturbed_met_in_time"]) for x in told)],
        [f"met in time of {total}, mean", *(f"{x['mean_met_in_time']:.1f}" for x in told)],
    ]  # fmt: skip
    out().print(table(names, rows, right=[1, 2]))


def _judgement(found: Stress) -> list[str]:
    """What hedging costs and wins, in words that claim no more than was done."""
    tried = counted(len(found.tried), "candidate")
    if not found.is_hedged:
        return [f"Of {tried} tried, none does better than the plain plan on the training futures."]
    gain, error = found.gain
    scale = max(abs(found.plain.candidate.tally.objective), 1.0)
    won, doubt = percent(gain / scale), percent(2 * error / scale)
    costs = f"gives up {percent(found.cost / scale)}" if found.cost > 0 else "gives up nothing"
    return [
        f"Best of {tried} tried: “{found.hedged.candidate.name}”. On futures that it was not chosen on it wins "
        f"{short(gain)} on average ({won} of the plain plan's objective, ± {doubt}), and is better in "
        f"{percent(float((found.gains > 0).mean()))} of them; it {costs} when nothing goes wrong."
    ]


def _show_worst(found: Stress, folder: Path) -> None:
    """The requirements that are planned to be met and are met least often."""
    plain, hedged = found.plain, found.hedged
    share, better = plain.outcomes.met.mean(axis=0), hedged.outcomes.met.mean(axis=0)
    asked = found.problem.requirements
    keys, points = asked.keys, asked.points * asked.quantity
    at_risk = [r for r, met in enumerate(plain.candidate.tally.met) if met and share[r] < 1]
    if not at_risk:
        say("\nEvery requirement that the plan meets in time is met in every future.")
        return
    worst = sorted(at_risk, key=lambda r: (-(1 - share[r]) * points[r], keys[r]))[:MOST]
    say(f"\nMet in the plan, but not in every future: {len(at_risk)}; those with most points at risk", style="bold")
    headers = ["requirement", "plain", *(["hedged"] if found.is_hedged else [])]
    rows = [[keys[r], *(percent(float(x[r])) for x in (share, better))][: len(headers)] for r in worst]
    out().print(table(headers, rows, right=[1, 2]))
