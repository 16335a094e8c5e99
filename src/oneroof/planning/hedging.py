"""Plans that leave slack for what may go wrong, and which of them does best over a set of futures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from oneroof.planning.executing import Outcomes, execute
from oneroof.planning.faults import ProblemError
from oneroof.planning.futures import Futures
from oneroof.planning.ledger import Ledger
from oneroof.planning.planner import Options
from oneroof.planning.problem import Floats, Ints, Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.repair import repaired, written
from oneroof.planning.retiming import retimed
from oneroof.planning.rounding import whole_units
from oneroof.planning.rules import RULES
from oneroof.planning.solve import Search
from oneroof.planning.tables import Row, Tables
from oneroof.planning.tally import Tally, tally

PLAIN = "plain"
HAIR = 1e-9  # share of a mean that is rounding, not a difference
LEG_QUANTILES = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99)  # safety days on each leg, by the lateness of departures on it
DUE_QUANTILES = (0.5, 0.8)  # safety days before each due day, by the lateness of the plain plan's goods
MARGINS = (0.8, 0.95)

Lines = dict[str, list[Row]]
Note = Callable[[str, int], None]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A plan of the true problem, and what it reaches with nothing going wrong and on average over the futures."""

    name: str
    lines: Lines
    tally: Tally
    mean: float  # objective, over the futures it was tried on


@dataclass(frozen=True)
class Adjusted:
    """A problem made harder so that its plan leaves slack."""

    name: str
    problem: Problem
    warm: bool  # whether the plain plan's columns and prices are a beginning; they are not where due days move


class Hedge:
    """Tries candidates on one set of futures; ``tried`` holds them in order, the plain plan first."""

    def __init__(self, problem: Problem, relaxation: Relaxation, lines: Lines, futures: Futures, options: Options):
        self.problem, self.relaxation, self.futures, self.options = problem, relaxation, futures, options
        self.plain = self.outcomes(lines)
        self.tried = [self.candidate(PLAIN, lines, self.plain)]
        self.dropped: list[str] = []  # candidates that would break a rule of the true problem
        self.margins = _margins(futures)

    @property
    def best(self) -> Candidate:
        """The candidate with the best mean; of equals, but for rounding, the first tried."""
        best = self.tried[0]
        for one in self.tried[1:]:
            if one.mean > best.mean + HAIR * max(1.0, abs(best.mean)):
                best = one
        return best

    def outcomes(self, lines: Lines) -> Outcomes:
        """What becomes of a plan in the futures."""
        return execute(self.problem, lines, self.futures, self.options.threads)

    def candidate(self, name: str, lines: Lines, found: Outcomes) -> Candidate:
        """A plan with what became of it."""
        account = tally(self.problem, Ledger.of(self.problem, lines))
        return Candidate(name, lines, account, float(found.objective.mean()))

    def add(self, name: str, lines: Lines) -> None:
        """Try a plan; one that breaks a rule is dropped."""
        ledger = Ledger.of(self.problem, lines)
        if any(rule(self.problem, ledger) for rule in RULES):
            self.dropped.append(name)
        else:
            self.tried.append(self.candidate(name, lines, self.outcomes(lines)))

    def add_earlier(self, name: str, lines: Lines, margins: list[tuple[str, Ints]]) -> None:
        """Try a plan's deliveries on earlier days, with margins between legs."""
        for margin, days in margins:
            self.add(f"{name}, {margin}", retimed(self.problem, lines, days))

    def run(self, note: Note, stop: Callable[[], bool]) -> bool:
        """Try all candidates; returns whether all were tried."""
        note("candidates", len(self.tried))
        self.add_earlier(PLAIN, self.tried[0].lines, self.margins)
        for adjusted in self.adjusted():
            if stop():
                return False
            try:
                lines = self.replanned(adjusted, note, stop)
            except ProblemError:  # pins that the harder problem can't keep
                self.dropped.append(adjusted.name)
                continue
            self.add(adjusted.name, lines)
            self.add_earlier(adjusted.name, lines, self.margins[-1:])
        return not stop()

    def replanned(self, adjusted: Adjusted, note: Note, stop: Callable[[], bool]) -> Lines:
        """The plan of an adjusted problem, on the days that the true legs take."""

        def tell(_: object = None) -> None:
            note(adjusted.name, len(self.tried))

        tell()
        warm = self.relaxation if adjusted.warm else None
        search = Search(adjusted.problem, self.options.threads, warm=warm)
        relaxation = search.run(self.options.gap, time_limit=self.options.time_limit, report=tell, stop=stop)
        tell()
        first = written(relaxation, whole_units(relaxation, stop))
        again = repaired(first, relaxation)
        best = again if again.tally.objective > first.tally.objective else first
        return retimed(self.problem, best.plan.tables, None)

    def adjusted(self) -> Iterator[Adjusted]:
        """The problem with longer legs, with nodes that are sometimes closed, with due days brought forward."""
        futures, seen = self.futures, {self.problem.digest}
        late = {q: _lateness(futures, q) for q in LEG_QUANTILES}
        for q in LEG_QUANTILES:
            yield from self.unseen(f"legs {_percent(q)}", seen, longer=late[q])
        means = {one.name: one.mean for one in self.tried}
        best = max(LEG_QUANTILES, key=lambda q: means.get(f"legs {_percent(q)}", -np.inf))
        share = 1.0 - futures.closed.mean(axis=(0, 2)) if futures.count else None
        yield from self.unseen(f"legs {_percent(best)}, open share", seen, longer=late[best], share=share)
        for q in DUE_QUANTILES:
            yield from self.unseen(f"due {_percent(q)}", seen, sooner=self.delay(q))

    def unseen(
        self, name: str, seen: set[str], sooner: int = 0, longer: Ints | None = None, share: Floats | None = None
    ) -> Iterator[Adjusted]:
        """The harder problem, unless it is an earlier one again: where nothing is late by so much."""
        tables = _harder(self.problem, sooner, longer, share)
        if tables.digest not in seen:
            seen.add(tables.digest)
            yield Adjusted(name, Problem.of(tables), warm=sooner == 0)

    def delay(self, q: float) -> int:
        """The quantile, over futures and requirements, of the days by which the plain plan's last goods come late."""
        ledger = Ledger.of(self.problem, self.tried[0].lines)
        if not ledger.deliveries or not self.futures.count:
            return 0
        who = np.array([d.requirement for d in ledger.deliveries], dtype=np.int64)
        served, who = np.unique(who, return_inverse=True)
        meant, last = np.zeros(len(served)), np.zeros((len(served), self.futures.count))
        np.maximum.at(meant, who, [d.arrive for d in ledger.deliveries])
        np.maximum.at(last, who, self.plain.arrive.T)
        return int(np.ceil(np.quantile(np.maximum(last.T - meant, 0.0), q) - 1e-9))


def _lateness(futures: Futures, q: float) -> Ints:
    """(legs,) the quantile of the days that a departure comes late, over futures and weeks."""
    if not futures.late.size:
        return np.zeros(futures.late.shape[1], np.int64)
    return np.ceil(np.quantile(futures.late, q, axis=(0, 2)) - 1e-9).astype(np.int64)


def _margins(futures: Futures) -> list[tuple[str, Ints]]:
    """Margins between legs for plans that leave early: none, then the quantiles of lateness that add something."""
    found = [("early", np.zeros(futures.late.shape[1], np.int64))]
    for q in MARGINS:
        days = _lateness(futures, q)
        if days.any() and not (days == found[-1][1]).all():
            found.append((f"early with {_percent(q)} between legs", days))
    return found


def _percent(q: float) -> str:
    """A quantile in a name."""
    return f"{100 * q:g} %"


def _harder(problem: Problem, sooner: int, longer: Ints | None, share: Floats | None) -> Tables:
    """The tables with due and latest days brought forward, legs made longer, and less handling at nodes."""
    rows = dict(problem.tables.rows)
    rows["requirements"] = tuple(
        {**row, "due": _before(row["due"], sooner), "latest": row["latest"] and _before(row["latest"], sooner)}
        for row in rows["requirements"]
    )
    if longer is not None:
        rows["legs"] = tuple(
            {**row, "days": str(int(float(row["days"])) + days)}
            for row, days in zip(rows["legs"], longer.tolist(), strict=True)
        )
    if share is not None:
        name = "handling_tonnes_per_week"
        rows["nodes"] = tuple(
            {**row, name: repr(float(row[name]) * part) if row[name] else ""}
            for row, part in zip(rows["nodes"], share.tolist(), strict=True)
        )
    return Tables(problem.tables.settings, rows)


def _before(date: str, days: int) -> str:
    """A date so many days earlier; the first of the calendar where there is none."""
    return dt.date.fromordinal(max(dt.date.fromisoformat(date).toordinal() - days, 1)).isoformat()
