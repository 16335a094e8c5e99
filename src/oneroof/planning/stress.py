"""How a plan fares when things go wrong: the plain plan beside the best hedged one, over futures drawn by chance."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from oneroof.planning import pins
from oneroof.planning.executing import Outcomes, execute
from oneroof.planning.futures import TEST, draw
from oneroof.planning.hedging import PLAIN, Candidate, Hedge
from oneroof.planning.ledger import Ledger
from oneroof.planning.plan import Plan, ordered
from oneroof.planning.planner import Options, Planner, Progress, Report, Stop
from oneroof.planning.problem import Floats, Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.scenarios import planned
from oneroof.planning.shocks import Shocks
from oneroof.planning.solve import Search

POLICY = (
    "Goods leave on their planned days in the room booked for them. Where they are not there yet, the node is closed "
    "or the donor pauses, they wait and take the first later day on the same leg with room left beside what is booked, "
    "those with most points a tonne first, split into whole units where only some fit. Ways, purchases and courses "
    "stay as planned; goods that come after the horizon are missing."
)
TOLD = (0.05, 0.5, 0.95)  # quantiles of the objective that are told


@dataclass(frozen=True)
class Fate:
    """A plan with nothing going wrong, and what becomes of it in the test futures."""

    candidate: Candidate
    plan: Plan
    outcomes: Outcomes

    def figures(self) -> dict[str, Any]:
        """Undisturbed objective and met requirements, and their distribution over the futures."""
        objective, met = self.outcomes.objective, self.outcomes.met.sum(axis=1)
        low, middle, high = np.quantile(objective, TOLD).tolist()
        return {
            "undisturbed_objective": self.candidate.tally.objective,
            "undisturbed_met_in_time": sum(self.candidate.tally.met),
            "mean_objective": float(objective.mean()),
            "objective_5_percent": low,
            "objective_50_percent": middle,
            "objective_95_percent": high,
            "mean_met_in_time": float(met.mean()),
            "mean_transport_cost": float(self.outcomes.cost.mean()),
        }


@dataclass(frozen=True)
class Stress:
    """The plain plan and the best candidate over the same test futures; both are one where the plain plan is best."""

    problem: Problem
    shocks: Shocks
    seed: int
    plain: Fate
    hedged: Fate
    tried: tuple[Candidate, ...]  # with means over the training futures
    complete: bool  # whether every candidate was tried
    seconds: float
    dropped: tuple[str, ...] = field(default=())

    @property
    def is_hedged(self) -> bool:
        """Whether another candidate than the plain plan did best in training."""
        return self.hedged is not self.plain

    @property
    def gains(self) -> Floats:
        """(futures,) objective of the hedged plan less that of the plain one, future by future."""
        found: Floats = self.hedged.outcomes.objective - self.plain.outcomes.objective
        return found

    @property
    def gain(self) -> tuple[float, float]:
        """The mean gain over the test futures and its standard error."""
        gains = self.gains
        return float(gains.mean()), float(gains.std(ddof=1) / math.sqrt(len(gains))) if len(gains) > 1 else 0.0

    @property
    def cost(self) -> float:
        """What the hedged plan gives up when nothing goes wrong."""
        return self.plain.candidate.tally.objective - self.hedged.candidate.tally.objective


def stress(
    problem: Problem,
    shocks: Shocks,
    futures: int,
    seed: int,
    options: Options = Options(),  # noqa: B008
    report: Report | None = None,
    stop: Stop | None = None,
) -> Stress:
    """Plan, try hedged candidates on ``futures`` training futures, and tell the best beside the plain plan on others.

    A stop keeps what is known by then. Raises ProblemError where pins can't be kept together, ValueError without
    futures.
    """
    if futures < 1:
        raise ValueError(f"{futures} futures tell nothing; draw at least one")
    began = time.monotonic()
    stopped = stop or (lambda: False)
    options = replace(options, next_pledges=0)
    planner = Planner(problem, options, report, stop)
    pins.kept(Search(problem, options.threads).relaxation("", 0), in_whole_units=True)
    first = planned(problem, options, report, stop)
    relaxation = first.relaxation

    def note(doing: str, done: int) -> None:
        if report:
            best = hedge.best.mean
            seconds = time.monotonic() - began
            report(Progress(f"trying {doing}", done, relaxation.bound, best, relaxation.gap, seconds))

    hedge = Hedge(problem, relaxation, first.plan.tables, draw(problem, shocks, futures, seed), options)
    complete = hedge.run(note, stopped)
    test = draw(problem, shocks, futures, seed, TEST)

    def fate(candidate: Candidate) -> Fate:
        plan = finished(planner, relaxation, candidate)
        return Fate(candidate, plan, execute(problem, candidate.lines, test, options.threads))

    plain = fate(hedge.tried[0])
    best = hedge.best
    hedged = plain if best.name == PLAIN else fate(best)
    seconds = round(time.monotonic() - began, 3)
    return Stress(problem, shocks, seed, plain, hedged, tuple(hedge.tried), complete, seconds, tuple(hedge.dropped))


def finished(planner: Planner, relaxation: Relaxation, candidate: Candidate) -> Plan:
    """A candidate as a whole plan of the true problem, with its gaps explained by the prices of the proof."""
    p, tables, account = planner.problem, dict(candidate.lines), candidate.tally
    explanations = planner.explained(relaxation, tables, Ledger.of(p, tables), account)
    tables = ordered(tables)
    return Plan(tables, planner.summary(relaxation, account, relaxation.bound, tables), explanations, p.tables)
