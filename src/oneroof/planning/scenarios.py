"""The same question under other circumstances: what a change does to a plan, and what is lost when donors leave."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from oneroof.planning.changes import Change, changed
from oneroof.planning.columns import Trips
from oneroof.planning.compare import Difference, Outcome, compare_sides, instead, outcomes
from oneroof.planning.departures import Continuity, Hit, Loss, write_continuity
from oneroof.planning.plan import printed
from oneroof.planning.planner import Options, Progress, Report, Stop
from oneroof.planning.problem import NO_ONE, Problem
from oneroof.planning.processes import Local
from oneroof.planning.relaxation import Relaxation, Round
from oneroof.planning.repair import Written, carried, written
from oneroof.planning.rounding import rounded, whole_units
from oneroof.planning.sides import Side
from oneroof.planning.solve import LARGE as WIDE
from oneroof.planning.solve import Search
from oneroof.planning.tables import Tables
from oneroof.planning.workers import Engine, WorkersError, spread

__all__ = ["Change", "Comparison", "Continuity", "changed", "continuity", "whatif", "write_continuity"]

ROUNDS = 8  # of a search that begins warm in a large problem; what it has by then is stated with its bound
MORE_ROUNDS = 12  # the same in a smaller one
ASTRAY = 0.05  # gap after a first round that begins warm, from which on the earlier plan is no guide
NEAR = 0.001  # share of the objective that a plan may lose beyond the relaxed one before another is tried
FAR = 1.5  # times the loss of the relaxation from which on that other one is also improved
LARGE = 0.005  # share of the objective that it must then lose beyond it
MANY = 8_000  # columns from which on whole units are cut anew at once: a plan carried over loses twice what it must
REPLANNED = 0.3  # of the time of a plan from the beginning that one takes which begins warm, about
MOST = 12  # sentences about single requirements before the rest is summed up


@dataclass(frozen=True)
class Comparison:
    """Two plans, of a problem and of the problem changed; the second keeps what it can of the first."""

    words: str  # the change
    before: dict[str, float]  # objective, points, transport_cost, requirements met; relaxed_objective and bound
    after: dict[str, float]
    hits: tuple[Hit, ...]  # requirements that lose or gain, most points first
    sides: tuple[Side, Side]  # the two plans
    currency: str
    seconds: tuple[float, float]  # for the first plan and for the second

    @cached_property
    def difference(self) -> Difference:
        """Every line that differs, with its reason: made where somebody asks, it takes longer than all the rest."""
        return compare_sides(*self.sides)

    def as_dict(self) -> dict[str, Any]:
        """Everything for programs."""
        return {
            "change": self.words,
            "before": self.before,
            "after": self.after,
            "requirements": [hit.as_dict() for hit in self.hits],
            "difference": self.difference.as_json(),
            "seconds": list(self.seconds),
        }

    def sentences(self) -> list[str]:
        """The comparison in words: figures first, then requirements, then who replaces what."""
        a, b = self.before, self.after
        lost = a["objective"] - b["objective"]
        word = "loses" if lost > 0 else "gains"
        told = [
            f"{self.words[:1].upper()}{self.words[1:]}, the plan in whole units {word} {_big(abs(lost))} of its "
            f"objective of {_big(a['objective'])}: points {_big(a['points'])} -> {_big(b['points'])}, transport cost "
            f"{_big(a['transport_cost'])} -> {_big(b['transport_cost'])} {self.currency}.",
            f"Requirements met in time: {int(a['requirements_met_in_time'])} -> {int(b['requirements_met_in_time'])} "
            f"of {int(a['requirements'])}.",
            f"With fractions allowed the best plans found reach {_big(a['relaxed_objective'])} -> "
            f"{_big(b['relaxed_objective'])}; no plan can pass {_big(a['bound'])} -> {_big(b['bound'])}.",
        ]
        told += [hit.sentence() for hit in self.hits[:MOST]]
        if len(self.hits) > MOST:
            told.append(f"{len(self.hits) - MOST} more requirements fare differently.")
        return told


def whatif(problem: Problem | Tables, change: Change, options: Options = Options()) -> Comparison:  # noqa: B008
    """What a change does: the problem is planned, then the changed one from the first plan's columns and prices.

    Raises ProblemError for names that are not there and for values that no problem may have.
    """
    tables = problem if isinstance(problem, Tables) else problem.tables
    other = Problem.of(changed(tables, change))
    began = time.monotonic()
    first = planned(Problem.of(tables) if isinstance(problem, Tables) else problem, options)
    between = time.monotonic()
    second = replanned(first, other, options)
    now = time.monotonic()
    return compared(first, second, change, (round(between - began, 3), round(now - between, 3)))


def planned(problem: Problem, options: Options, report: Report | None = None, stop: Stop | None = None) -> Written:
    """A plan in whole units from the beginning."""
    began = time.monotonic()

    def tell(found: Any) -> None:
        if report:
            report(Progress("relaxation", found.round, found.bound, found.best, found.gap, found.seconds))

    search = Search(problem, options.threads)
    relaxation = search.run(options.gap, time_limit=options.time_limit, report=tell, stop=stop, began=began)
    return written(relaxation, whole_units(relaxation, stop))


def replanned(first: Written, problem: Problem, options: Options) -> Written:
    """A plan of a changed problem that begins with the columns, prices and lines of an earlier plan.

    What of the earlier lines still stands is carried over. Where that loses clearly more than the relaxed plan does,
    whole units are also cut from the relaxed plan, and improved where they lose much more; the better plan is kept.
    In large problems nothing is carried over, so that more lines differ than must.
    """
    relaxation = _relaxed_again(first, problem, options)
    if len(first.relaxation.pool) >= MANY:
        return written(relaxation, rounded(relaxation))
    best, scale = carried(first, relaxation), abs(first.tally.objective)
    least = max(first.relaxation.objective - relaxation.objective, 0.0)

    def lost() -> float:
        return first.tally.objective - best.objective

    if lost() > least + NEAR * scale:
        best = max(best, rounded(relaxation), key=lambda plan: plan.objective)
    if lost() > FAR * least + LARGE * scale:
        best = max(best, whole_units(relaxation), key=lambda plan: plan.objective)
    return written(relaxation, best)


def _relaxed_again(first: Written, problem: Problem, options: Options) -> Relaxation:
    """A plan in fractions that begins with the columns and prices of an earlier plan.

    Where these are far from what is needed (a very large donor is gone), a smaller problem is planned anew.
    """
    began, large = time.monotonic(), len(first.relaxation.pool) >= WIDE
    rounds: list[Round] = []

    def astray() -> bool:
        return not large and len(rounds) == 1 and rounds[0].gap > ASTRAY

    def enough() -> bool:
        return len(rounds) >= (ROUNDS if large else MORE_ROUNDS) or astray()

    search = Search(problem, options.threads, warm=first.relaxation)
    limit = options.time_limit  # for both searches together
    relaxation = search.run(options.gap, time_limit=limit, report=rounds.append, stop=enough, began=began)
    if not astray() or relaxation.status == "time_limit":
        return relaxation
    return Search(problem, options.threads).run(options.gap, time_limit=limit, began=began)


def compared(first: Written, second: Written, change: Change, seconds: tuple[float, float]) -> Comparison:
    """Two plans side by side."""
    a, b = first.side, second.side
    return Comparison(
        change.words(),
        figures(first),
        figures(second),
        hits_of(outcomes(a, b), instead(a, b)),
        (a, b),
        first.relaxation.problem.currency,
        seconds,
    )


def figures(plan: Written) -> dict[str, float]:
    """The figures of a plan in whole units and of its relaxation."""
    found = {key: float(value) for key, value in plan.tally.figures().items()}
    return {**found, "relaxed_objective": plan.relaxation.objective, "bound": plan.relaxation.bound}


def hits_of(outcomes: Iterable[Outcome], instead: Mapping[str, list[str]]) -> tuple[Hit, ...]:
    """Requirements that fare differently, and who brings what instead, most points lost first."""
    left = dict(instead)
    found = [
        Hit(x.requirement, x.in_time, x.late, x.missing, x.points, tuple(left.pop(x.requirement, ()))) for x in outcomes
    ]
    found += [Hit(r, None, None, None, (0.0, 0.0), tuple(told)) for r, told in left.items()]
    return tuple(sorted(found, key=lambda hit: (-abs(hit.points[0] - hit.points[1]), hit.requirement)))


# ---- continuity ------------------------------------------------------------------------------------------------------
def continuity(
    problem: Problem,
    options: Options = Options(),  # noqa: B008
    report: Report | None = None,
    stop: Stop | None = None,
    pairs: int = 5,
    engine: Engine | None = None,
) -> Continuity:
    """What is lost when each donor leaves, and when each of the worst pairs does.

    Pairs are those among the worst donors whose losses add up to most. A stop keeps what is known by then. ``engine``
    lends the workers, without it ``options.threads`` processes of this machine; it never changes the answer. Raises
    TaskError where planning without a nation fails, and WorkersError where workers can't be had; where they go away
    later, what is known by then is kept.
    """
    began = time.monotonic()
    first = planned(problem, options, report, stop)
    donors = sorted({*problem.offers.donors, *problem.funds.donors})
    losses: list[Loss] = []

    def tell(nations: tuple[str, ...], loss: Loss) -> None:
        losses.append(loss)
        if report:
            r, seconds = first.relaxation, time.monotonic() - began
            report(Progress(_without(nations), len(losses), r.bound, loss.relaxed_after, r.gap, seconds))

    each, gone = REPLANNED * (time.monotonic() - began), ""
    idle = set(donors) - _in_use(first)
    base = first, replace(options, threads=1, stay_near=None)
    try:
        with (engine or Local(options.threads)).crew(_lose, base, len(donors) - len(idle), each) as crew:
            for tasks in (lambda: [(donor,) for donor in donors], lambda: _worst_pairs(losses, pairs)):
                todo: list[tuple[str, ...]] = list(tasks())
                for nations in todo:
                    if idle.issuperset(nations) and not (stop and stop()):
                        tell(nations, _loss(problem, first, first, nations))
                spread(crew, [nations for nations in todo if not idle.issuperset(nations)], tell, stop, _without)
    except WorkersError as error:
        if not losses:
            raise
        gone = str(error)
    best = max([first.relaxation.objective, *(loss.relaxed_after for loss in losses)])
    order = sorted(losses, key=lambda x: (len(x.nations), -x.points, x.nations))
    return Continuity(
        problem.name,
        problem.currency,
        figures(first),
        tuple(replace(loss, relaxed=max(best - loss.relaxed_after, 0.0)) for loss in order),
        len(losses) == len(donors) + min(pairs, len(donors) * (len(donors) - 1) // 2),
        round(time.monotonic() - began, 3),
        problem.illustrative,
        gone,
    )


def _lose(base: tuple[Written, Options], nations: tuple[str, ...]) -> Loss:
    """What is lost without some nations: a task for a worker that holds the plan and how to plan."""
    first, options = base
    problem = first.relaxation.problem
    second = replanned(first, Problem.of(changed(problem.tables, Change(without=nations))), options)
    return _loss(problem, first, second, nations)


def _without(nations: tuple[str, ...]) -> str:
    """The task in words."""
    return f"without {' and '.join(nations)}"


def _in_use(plan: Written) -> set[str]:
    """Donors whose offers or funds the plan or its relaxation uses: without the others both stay as they are."""
    r, p = plan.relaxation, plan.relaxation.problem
    s, pairs = r.matching.sources, r.matching.pairs
    used = r.pool.columns.take(np.flatnonzero(r.quantity > 0)).trips.joined(
        Trips.of([t for t, _ in plan.shipments.trips])
    )
    offered = used.order == NO_ONE
    offers = np.unique(s.what[pairs.source[used.pair[offered]]]).tolist()
    funds = np.unique(s.order_fund[used.order[~offered]]).tolist()
    return {p.offers.donors[i] for i in offers} | {p.funds.donors[i] for i in funds}


def _worst_pairs(losses: list[Loss], count: int) -> list[tuple[str, str]]:
    """The pairs of donors whose losses add up to most points."""
    worst = sorted(losses, key=lambda x: (-x.points, x.nations))[: count + 1]
    both = [
        (a.points + b.points, tuple(sorted((a.nations[0], b.nations[0]))))
        for i, a in enumerate(worst)
        for b in worst[:i]
    ]
    return [(names[0], names[1]) for _, names in sorted(both, key=lambda x: (-x[0], x[1]))[:count]]


def _loss(problem: Problem, first: Written, second: Written, nations: tuple[str, ...]) -> Loss:
    """What is lost without some nations, by the plans in whole units."""
    hits = hits_of(outcomes(first.side, second.side), instead(first.side, second.side))
    a, b = figures(first), figures(second)
    return Loss(
        nations,
        tuple(problem.nations.get(n, n) for n in nations),
        sum(donor in nations for donor in problem.offers.donors),
        sum(donor in nations for donor in problem.funds.donors),
        a["points"] - b["points"],
        a["objective"] - b["objective"],
        0.0,
        b["relaxed_objective"],
        int(a["requirements_met_in_time"]),
        int(b["requirements_met_in_time"]),
        hits,
    )


def _big(value: float) -> str:
    """A large number with separators."""
    return f"{value:,.0f}" if abs(value) >= 1000 else printed(round(value, 2))
