"""From a problem to a plan: solve, make whole, count again, explain, and say which pledges would help most."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from oneroof.planning import pins
from oneroof.planning.exact import exact
from oneroof.planning.explain import explain
from oneroof.planning.ledger import Ledger
from oneroof.planning.master import solver_name
from oneroof.planning.plan import Plan, digest, ordered
from oneroof.planning.posting import posted
from oneroof.planning.problem import Problem
from oneroof.planning.relaxation import Relaxation, Round
from oneroof.planning.rounding import fractional, whole_units
from oneroof.planning.solve import Search
from oneroof.planning.stay import earlier, moved
from oneroof.planning.tables import Row
from oneroof.planning.tally import Tally, tally
from oneroof.planning.whole import Shipments
from oneroof.planning.worth import Valued, pledge_rows, valued_pledges
from oneroof.planning.writing import lines_of, price_rows

Report = Callable[["Progress"], None]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Options:
    """How to plan; ``gap`` is asked of the relaxation, ``time_limit`` is in seconds."""

    gap: float = 0.005
    exact: bool = False
    relaxed: bool = False
    time_limit: float | None = None
    threads: int = 1
    stay_near: Plan | None = None
    next_pledges: int = 5


@dataclass(frozen=True)
class Progress:
    """What is being done, and the figures known by then."""

    doing: str  # relaxation, whole units, explanations, next pledges
    round: int
    bound: float
    best: float
    gap: float
    seconds: float


def make_plan(
    problem: Problem,
    options: Options = Options(),
    report: Report | None = None,
    stop: Stop | None = None,
) -> Plan:
    """The plan of a problem. ``stop`` returning True ends the search early and keeps the best plan so far.

    Raises ProblemError where pins can't be kept together.
    """
    return Planner(problem, options, report, stop).plan()


class Planner:
    """One run from a problem to a plan."""

    def __init__(self, problem: Problem, options: Options, report: Report | None, stop: Stop | None) -> None:
        self.problem, self.options, self.report = problem, options, report
        self.began = time.monotonic()
        self.stopped = False
        self.stages: dict[str, float] = {}  # seconds, in the order in which they began
        self._stop = stop

    def asked(self) -> bool:
        """Whether somebody asked to stop."""
        self.stopped = self.stopped or (self._stop is not None and self._stop())
        return self.stopped

    def stop(self) -> bool:
        """Whether to end early: somebody asked, or time is up."""
        late = self.options.time_limit is not None and time.monotonic() - self.began > self.options.time_limit
        return self.asked() or late

    def left(self) -> float | None:
        """Seconds left; None without a limit."""
        limit = self.options.time_limit
        return None if limit is None else max(limit - (time.monotonic() - self.began), 0.0)

    def tell(self, doing: str, found: Round | Relaxation) -> None:
        """Report progress; the first word of a stage ends the one before."""
        self.stages.setdefault(doing, time.monotonic() - self.began)
        if self.report:
            best = found.best if isinstance(found, Round) else found.objective
            number = found.round if isinstance(found, Round) else found.rounds
            self.report(Progress(doing, number, found.bound, best, found.gap, time.monotonic() - self.began))

    def plan(self) -> Plan:
        """Solve, make whole, write, explain."""
        self.stages["build"] = 0.0
        search = Search(self.problem, self.options.threads)
        self.stages["relaxation"] = time.monotonic() - self.began
        pins.kept(search.relaxation("", 0), in_whole_units=not self.options.relaxed)  # raises where pins can't be kept
        relaxation = search.run(
            self.options.gap,
            time_limit=self.options.time_limit,
            report=lambda found: self.tell("relaxation", found),
            stop=self.asked,
            began=self.began,
        )
        shipments, bound = self.ship(relaxation)
        ledger = posted(relaxation, shipments, self.options.relaxed)
        tables: dict[str, list[Row]] = lines_of(self.problem, ledger)
        account = tally(self.problem, ledger)
        explanations = self.explained(relaxation, tables, ledger, account)
        self.tell("next pledges", relaxation)
        pledges = valued_pledges(relaxation, self.options.next_pledges, self.stop)
        tables["next_pledges"] = pledge_rows(self.problem, pledges)
        tables = ordered(tables)
        summary = self.summary(relaxation, account, bound, tables) | _at_most(pledges)
        return Plan(tables, summary, explanations, self.problem.tables)

    def explained(
        self, relaxation: Relaxation, tables: dict[str, list[Row]], ledger: Ledger, account: Tally
    ) -> list[dict[str, Any]]:
        """What explanations.json holds; adds what is served, the prices of the proof and the gaps to the tables."""
        tables["served"] = account.served_rows(self.problem)
        tables["prices"] = price_rows(relaxation, ledger)
        self.tell("explanations", relaxation)
        explanations = explain(relaxation, ledger, account)
        reasons = {e["requirement"]: e for e in explanations}
        tables["gaps"] = [
            row | {c: str(reasons[row["requirement"]][c]) for c in ("limit", "explanation", "cure")}
            for row in account.gap_quantities(self.problem)
        ]
        return explanations

    def ship(self, relaxation: Relaxation) -> tuple[Shipments, float]:
        """The shipments to write and the bound to state beside them."""
        if self.options.relaxed:
            return fractional(relaxation), relaxation.bound
        self.tell("whole units", relaxation)
        if self.options.exact and not self.stop():
            shipments, bound, _ = exact(relaxation, self.stop, self.left())
            return shipments, min(bound, relaxation.bound)
        near = earlier(relaxation, self.options.stay_near) if self.options.stay_near else None
        return whole_units(relaxation, self.stop, near), relaxation.bound

    def lengths(self) -> dict[str, float]:
        """Seconds that every stage took, by its name."""
        begins = [*self.stages.values(), time.monotonic() - self.began]
        return {name: round(b - a, 3) for name, a, b in zip(self.stages, begins, begins[1:], strict=False)}

    def summary(
        self, relaxation: Relaxation, account: Tally, bound: float, tables: dict[str, list[Row]]
    ) -> dict[str, Any]:
        """summary.json; what is counted is recounted from the lines as printed."""
        objective = account.objective
        bound = max(bound, objective)  # the lines are printed with six decimals
        relaxed = max(min(relaxation.objective, bound), objective)
        scale = max(abs(bound), 1.0)
        status = "interrupted" if self.stopped else relaxation.status
        if status == "optimal" and (bound - relaxed) / scale > self.options.gap + 1e-9:
            status = "time_limit"
        return {
            "name": self.problem.name,
            "status": status,
            **account.figures(),
            "bound": bound,
            "gap": (bound - objective) / scale,
            "relaxed_objective": relaxed,
            "relaxed_gap": (bound - relaxed) / scale,
            "asked_gap": self.options.gap,
            "seconds": round(time.monotonic() - self.began, 3),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            "problem_digest": self.problem.digest,
            "plan_digest": digest(tables),
            "oneroof_version": _version(),
            "solver": f"OneRoof column generation, {solver_name()}",
            "illustrative": list(self.problem.illustrative),
            "stages": self.lengths(),
            "rounds": relaxation.rounds,
            "columns": len(relaxation.pool),
            "rows": len(relaxation.pool.packed.in_use(relaxation.limits.end)[0]),
            **({"moved": moved(tables, self.options.stay_near)} if self.options.stay_near else {}),
        }


def _at_most(pledges: list[Valued]) -> dict[str, list[float]]:
    """By rank, what each next pledge is worth at most; worth of next_pledges.csv is what it is worth at least."""
    return {"next_pledges_at_most": [max(round(x.most, 2), round(x.worth, 2)) for x in pledges]}


def _version() -> str:
    """The version that is installed."""
    try:
        return version("oneroof")
    except PackageNotFoundError:
        return "unknown"
