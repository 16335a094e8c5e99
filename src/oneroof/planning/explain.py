"""Why there is a gap, and the one change that closes it: plain causes first, then prices along the best alternative."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np

from oneroof.planning.blame import Blame, Cause
from oneroof.planning.causes import Sourcing, Want
from oneroof.planning.ledger import Ledger
from oneroof.planning.passing import HAIR
from oneroof.planning.plan import printed
from oneroof.planning.problem import Part, Problem
from oneroof.planning.relaxation import Relaxation
from oneroof.planning.room import Room, Stock
from oneroof.planning.rules import has_fractions
from oneroof.planning.sentences import Sentences
from oneroof.planning.tally import Tally, totals
from oneroof.planning.wording import named

EFFORT = 4_000  # ways that are tried over all gaps
SHORT = 84  # days before due that are looked at when there are very many gaps


def explain(relaxation: Relaxation, ledger: Ledger, tally: Tally) -> list[dict[str, Any]]:
    """One explanation for every requirement that the plan as written does not serve in full by ``due``.

    ``ledger`` holds the lines as written and ``tally`` their account.

    Each has requirement, limit, explanation, cure and shares (limit, what, weeks, share, sentence, cure), the
    largest first.
    """
    problem = relaxation.problem
    fractions = has_fractions(problem, ledger)
    ledger = ledger if ledger.relaxed == fractions else replace(ledger, relaxed=fractions)
    gaps = [r for r, met in enumerate(tally.met) if not met]
    if not gaps:
        return []
    room = Room.of(problem, relaxation.limits, ledger)
    room.crowd = min(max(EFFORT // len(gaps), 1), room.crowd)
    room.roads.span = min(problem.days, max(SHORT, EFFORT * SHORT // len(gaps) // 10))
    price = np.maximum(relaxation.price, 0.0)
    diagnosis = Diagnosis(problem, Blame(Sourcing(room, ledger, price)), ledger, tally)
    found = {r: diagnosis.causes(r) for r in gaps}
    words = Sentences(diagnosis.blame, [cause for causes in found.values() for cause in causes])
    words.tries = min(EFFORT // 4 // len(gaps), words.tries)
    return [_told(problem, words, tally, r, causes) for r, causes in found.items()]


def _told(problem: Problem, words: Sentences, tally: Tally, r: int, causes: list[Cause]) -> dict[str, Any]:
    """An explanation as data: sentences and shares."""
    total = sum(_weight(cause) for cause in causes) or 1.0
    merged: dict[tuple[str, str, tuple[int, int] | None], float] = defaultdict(float)
    first: dict[tuple[str, str, tuple[int, int] | None], Cause] = {}
    for cause in causes:
        key = cause.limit, cause.what, cause.weeks
        merged[key] += _weight(cause) / total
        first.setdefault(key, cause)
    order = sorted(merged, key=lambda key: -round(merged[key], 6))
    shares, clauses = [], []
    for key in order:
        clause, cure = words.tell(first[key])
        weeks = list(key[2]) if key[2] is not None else []
        clauses.append(clause)
        sentence = clause[:1].upper() + clause[1:] + "."
        told = {"limit": key[0], "what": key[1], "weeks": weeks, "share": round(merged[key], 6)}
        shares.append({**told, "sentence": sentence, "cure": cure})
    lead = shares[0]
    return {
        "requirement": problem.requirements.keys[r],
        "limit": lead["limit"],
        "explanation": f"{_lacks(problem, tally, r)}: {_part(problem, first[order[0]])}{clauses[0]}.",
        "cure": lead["cure"],
        "shares": shares,
    }


def _weight(cause: Cause) -> float:
    """How much of the gap a cause is, in packages or units of the requirement."""
    return cause.units / cause.per


def _lacks(problem: Problem, tally: Tally, r: int) -> str:
    """The beginning of the sentence: how much is missing, how much is late."""
    q = problem.requirements
    total, late, missing = float(q.quantity[r]), float(tally.late[r]), float(tally.missing[r])
    parts = []
    if round(missing, 3) > 0:
        parts.append(f"lacks {printed(round(missing, 3))} of {printed(total)}")
    if round(late, 3) > 0:
        parts.append(f"gets {printed(round(late, 3))} of {printed(total)} late")
    return f"Requirement {q.keys[r]} {' and '.join(parts) or 'is not served in full'}"


def _part(problem: Problem, cause: Cause) -> str:
    """The part of the package that a cause is about."""
    if not cause.want.is_part:
        return ""
    if cause.want.item < 0:
        return f"for the training part {cause.what}, "
    return f"of its part {named(problem.items.names[cause.want.item], problem.items.keys[cause.want.item])}, "


class Diagnosis:
    """Finds the causes of every gap of a plan."""

    def __init__(self, problem: Problem, blame: Blame, ledger: Ledger, tally: Tally) -> None:
        self.problem, self.blame, self.tally = problem, blame, tally
        self.room, self.limits = blame.room, blame.limits
        q = problem.requirements
        lines = ledger.lines
        soon = lines.arrive <= q.due[lines.requirement]
        there = totals(lines.quantity[soon], lines.requirement[soon], lines.item[soon])
        self.there: dict[tuple[int, bool, int], float] = defaultdict(float)  # parts there by due, by requirement
        self.there.update({(r, False, item): units for (r, item), units in there.items()})
        for c in ledger.cohorts:
            if c.ready <= q.due[c.requirement]:
                self.there[c.requirement, True, c.course] += c.persons
        s = problem.substitutes
        self.stands: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
        for item, other, per, preference in zip(s.item, s.substitute, s.units_per_unit, s.preference, strict=True):
            if item != other:
                self.stands[int(item)].append((int(other), 1.0 / float(per), float(preference) / float(per)))

    def causes(self, r: int) -> list[Cause]:
        """The causes of a requirement's gap, plain ones first."""
        q = self.problem.requirements
        units = float(q.quantity[r]) - float(self.tally.in_time[r])
        if q.item[r] >= 0:
            item, points = int(q.item[r]), float(q.points[r])
            serves = [(item, 1.0, points)] + [(i, share, points * worth) for i, share, worth in self.stands[item]]
            return self.blame.divide(self._want(r, units, item, tuple(serves)))
        return self._package(r, units)

    def _want(
        self, r: int, units: float, item: int, serves: tuple[tuple[int, float, float], ...], part: bool = False
    ) -> Want:
        """What a requirement lacks, in its terms."""
        q = self.problem.requirements
        by = min(int(q.due[r]), self.problem.days - 1)
        return Want(r, int(q.node[r]), by, units, item, serves, int(q.coalition[r]), part)

    def _package(self, r: int, packages: float) -> list[Cause]:
        """The parts that keep packages from being complete: the one that allows fewest decides."""
        p, q = self.problem, self.problem.requirements
        room = self.room.copy()
        found: list[tuple[float, int, list[Cause]]] = []
        for place, part in enumerate(p.packages.parts[q.package[r]]):
            have = self.there[r, part.is_course, part.what] - float(self.tally.in_time[r]) * part.quantity
            lacking = packages * part.quantity - max(have, 0.0)
            if lacking <= HAIR:
                continue
            if part.is_course:
                could, causes = self._course(r, part, lacking)
            else:
                could, causes = self._item_part(r, part, lacking, room)
            short = math.ceil((lacking - could) / part.quantity - HAIR) if lacking - could > HAIR else 0
            if short > 0:
                weight = (lacking - could) / part.quantity
                found.append((weight, place, causes))
        if not found:
            return [self._nothing_lacks(r, packages)]
        found.sort(key=lambda x: (-round(x[0], 6), x[1]))
        return [cause for _, _, causes in found for cause in causes]

    def _nothing_lacks(self, r: int, packages: float) -> Cause:
        """Every part could come: together they earn too little, or the plan has left the package out."""
        p, q = self.problem, self.problem.requirements
        want = self._want(r, packages, -1, ())
        cost = 0.0
        for part in p.packages.parts[q.package[r]]:
            if not part.is_course:
                kind = bool(p.items.explosives[part.what]), ()
                ways = self.blame.sourcing.roads.costs(kind, int(q.node[r]))
                nodes = [ways[p.offers.node[o]] for o in self.blame.sourcing.offers[part.what]]
                cost += part.quantity * float(p.items.tonnes[part.what]) * min(nodes, default=0.0)
        if cost >= q.points[r]:
            return Cause("worth", q.keys[r], packages, 1.0, None, want, amount=cost)
        return Cause("whole_units", "", packages, 1.0, None, want, amount=1.0)

    def _item_part(self, r: int, part: Part, lacking: float, room: Room) -> tuple[float, list[Cause]]:
        """Units of an item part that could come through what is left, and the causes for the others."""
        p, q = self.problem, self.problem.requirements
        gain = float(q.points[r]) / part.quantity
        want = self._want(r, lacking, part.what, ((part.what, 1.0, gain),), part=True)
        ready = [c for c in self.blame.sourcing.candidates(want) if not c.obstacles and c.units > HAIR]
        whole = self.blame.sourcing.whole(part.what)
        stocks = [Stock(c.node, c.first, c.until, c.units, c.kind) for c in ready]
        could = room.bring(stocks, float(p.items.tonnes[part.what]), whole, want.node, want.by, lacking)
        if could >= lacking - HAIR:
            return could, []
        rest = self._want(r, lacking - could, part.what, want.serves, part=True)
        causes = self.blame.divide(rest, could)
        return could, [_of_part(cause, part.quantity) for cause in causes]

    def _course(self, r: int, part: Part, persons: float) -> tuple[float, list[Cause]]:
        """Persons that could still be trained in time, and the causes for the others."""
        p, lim = self.problem, self.limits
        c, want = part.what, self._want(r, persons, -1, (), part=True)
        key = p.courses.keys[c]
        rows = np.arange(lim.course_first[c], lim.course_first[c + 1])
        rows = rows[lim.start_day[rows] + p.courses.days[c] <= want.by]
        if not len(rows):
            short = want.by < p.courses.days[c]
            return 0.0, [Cause("time" if short else "course", key, persons, 1.0, None, want, per=part.quantity)]
        weeks = lim.start_day[rows] // 7
        seats = np.floor(self.room.left[lim.course + rows] + HAIR)
        by_week: dict[int, float] = defaultdict(float)
        for week, free in zip(weeks.tolist(), seats.tolist(), strict=True):
            by_week[week] += free
        released = {week: float(np.floor(self.room.left[lim.trainees + week] + HAIR)) for week in by_week}
        could = min(sum(min(by_week[w], released[w]) for w in by_week), persons)
        if could >= persons - HAIR:
            return could, []
        taught, freed = sum(by_week.values()), sum(released.values())
        if taught >= persons - HAIR or freed >= persons - HAIR:
            scarce = "course" if taught < freed else "trainees"
        else:
            price = self.blame.price
            school, release = float(price[lim.course + rows].max()), float(price[lim.trainees + weeks].max())
            scarce = "trainees" if release > school or (release == school and freed < taught) else "course"
        many, spare = (float(len(rows)), taught) if scarce == "course" else (float(len(by_week)), freed)
        span = int(weeks.min()), int(weeks.max())
        rest = self._want(r, persons - could, -1, (), part=True)
        cause = Cause(scarce, key, persons - could, 1.0, span, rest, amount=many, spare=spare)
        return could, [_of_part(cause, part.quantity)]


def _of_part(cause: Cause, per: float) -> Cause:
    """A cause of a part that a package has ``per`` units of."""
    return replace(cause, per=per)
