"""The figures of a stress test as tables and JSON, and the folder that holds them with the plans."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oneroof.planning import plan as plans
from oneroof.planning.faults import ProblemError
from oneroof.planning.plan import PlanFault, printed, replacing
from oneroof.planning.shocks import TABLE
from oneroof.planning.stress import POLICY, Fate, Stress
from oneroof.planning.tables import Row, as_csv

COLUMNS = (
    "requirement", "quantity", "due", "priority", "met_planned", "met_planned_hedged", "met_share", "met_share_hedged",
    "in_time_planned", "in_time_planned_hedged", "in_time", "in_time_hedged", "points_planned",
    "points_planned_hedged", "points", "points_hedged",
)  # fmt: skip
FUTURE_COLUMNS = ("future", "objective", "objective_hedged", "met_in_time", "met_in_time_hedged")
FOLDERS = ("plain", "hedged")
FILES = ("stress.csv", "futures.csv", "shocks.csv", "stress.json", "stress.html", *FOLDERS)
ILLUSTRATIVE = "The shocks are defaults by mode of transport: illustrative, nobody's estimate. Give your own: --delays."


def as_dict(stress: Stress) -> dict[str, Any]:
    """The summary for programs; everything but ``tried`` is over the test futures."""
    gain, error = stress.gain
    p = stress.problem
    return {
        "name": p.name,
        "currency": p.currency,
        "problem_digest": p.digest,
        "seed": stress.seed,
        "futures": stress.plain.outcomes.met.shape[0],
        "complete": stress.complete,
        "seconds": stress.seconds,
        "illustrative": list(p.illustrative) + (["shocks"] if stress.shocks.illustrative else []),
        "shocks_from": stress.shocks.source or "illustrative defaults",
        "shocks": [shock.as_dict() for shock in stress.shocks.rows],
        "recourse": POLICY,
        "requirements": len(p.requirements.keys),
        "plain": stress.plain.figures(),
        "hedged": {"candidate": stress.hedged.candidate.name, **stress.hedged.figures()},
        "hedged_is_plain": not stress.is_hedged,
        "mean_gain": gain,
        "mean_gain_standard_error": error,
        "share_of_futures_better": float((stress.gains > 0).mean()),
        "cost_undisturbed": stress.cost,
        "tried": [
            {
                "candidate": one.name,
                "training_mean_objective": one.mean,
                "undisturbed_objective": one.tally.objective,
                "undisturbed_met_in_time": sum(one.tally.met),
            }
            for one in stress.tried
        ],
        "dropped": list(stress.dropped),
        "means": "points less transport cost; best of the candidates tried, chosen on training futures, told on others",
    }


def requirement_rows(stress: Stress) -> list[Row]:
    """The rows of stress.csv: what is planned, then what happens on average over the test futures."""
    p, q = stress.problem, stress.problem.requirements
    columns: dict[str, list[str]] = {
        "requirement": list(q.keys),
        "quantity": [printed(x) for x in q.quantity],
        "due": [p.date(day).isoformat() for day in q.due.tolist()],
        "priority": [str(x) for x in q.priority],
    }
    for end, fate in (("", stress.plain), ("_hedged", stress.hedged)):
        columns |= {name + end: values for name, values in _of_fate(stress, fate).items()}
    return [{name: columns[name][r] for name in COLUMNS} for r in range(len(q.keys))]


def _of_fate(stress: Stress, fate: Fate) -> dict[str, list[str]]:
    """The columns of one plan."""
    account, found = fate.candidate.tally, fate.outcomes
    planned = [0.0] * len(stress.problem.requirements.keys)
    for served in account.served:
        planned[served.requirement] += served.points
    return {
        "met_planned": ["yes" if met else "no" for met in account.met],
        "met_share": [printed(x) for x in found.met.mean(axis=0)],
        "in_time_planned": [printed(x) for x in account.in_time],
        "in_time": [printed(x) for x in found.in_time.mean(axis=0)],
        "points_planned": [printed(x) for x in planned],
        "points": [printed(x) for x in found.points.mean(axis=0)],
    }


def future_rows(stress: Stress) -> list[Row]:
    """The rows of futures.csv: both plans in each test future."""
    a, b = stress.plain.outcomes, stress.hedged.outcomes
    columns = [a.objective, b.objective, a.met.sum(axis=1), b.met.sum(axis=1)]
    return [
        dict(zip(FUTURE_COLUMNS, [str(f + 1), *(printed(float(column[f])) for column in columns)], strict=True))
        for f in range(len(a.cost))
    ]


def shock_rows(stress: Stress) -> list[Row]:
    """The rows of shocks.csv, as they may be given again with --delays."""
    found = []
    for shock in stress.shocks.rows:
        cells = {"shock": shock.key, **shock.as_dict()}
        found.append({n: cells[n] if isinstance(cells[n], str) else repr(cells[n]) for n in TABLE.names})
    return found


def refuse(folder: Path, force: bool) -> None:
    """ProblemError where writing would destroy something else than an earlier stress test."""
    folder = Path(folder)
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    strange = not folder.is_dir() or any(path.name not in FILES for path in folder.iterdir())
    strange = strange or any((folder / f).exists() and not plans.is_plan(folder / f) for f in FOLDERS)
    if not strange and force:
        return
    reason = "holds something that stress did not write, and is not replaced" if strange else "exists"
    cure = "Choose another folder." if strange else "Choose another folder, or add --force to replace what is in it."
    raise ProblemError([PlanFault("plan", 0, "", str(folder), reason, cure)])


def write(stress: Stress, folder: Path, page: str, briefings: Mapping[str, str], force: bool = False) -> None:
    """Write tables, JSON, page and plan folders into a new folder, all or none.

    ``briefings`` holds the briefing of each plan by its folder, ``plain`` and, where it is another plan, ``hedged``.
    """
    folder = Path(folder)
    refuse(folder, force)
    with replacing(folder) as fresh:
        (fresh / "stress.csv").write_bytes(as_csv(COLUMNS, requirement_rows(stress)))
        (fresh / "futures.csv").write_bytes(as_csv(FUTURE_COLUMNS, future_rows(stress)))
        (fresh / "shocks.csv").write_bytes(as_csv(TABLE.names, shock_rows(stress)))
        told = json.dumps(as_dict(stress), ensure_ascii=False, indent=2, allow_nan=False)
        (fresh / "stress.json").write_text(told + "\n", encoding="utf-8")
        (fresh / "stress.html").write_text(page, encoding="utf-8", newline="\n")
        for name, briefing in briefings.items():
            plans.write((stress.plain if name == "plain" else stress.hedged).plan, fresh / name, briefing)
