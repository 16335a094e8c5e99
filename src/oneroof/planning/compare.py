"""Two plans set side by side, in words: what moved, what is gone, what is new, and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from oneroof.planning.plan import Plan, printed
from oneroof.planning.problem import Problem
from oneroof.planning.reasons import UNKNOWN, Two, why_less, why_more
from oneroof.planning.sides import Brought, Flow, Line, Side

SAME = 2e-6  # quantities closer than this are the same: plans tell six digits, of which sums may miss the last
KINDS = ("re-sourced", "dropped", "new", "quantity", "moved")


@dataclass(frozen=True)
class Change:
    """One difference: ``kind`` is one of KINDS; ``reason`` says why, as far as plans and problems tell."""

    kind: str
    requirement: str
    sources: tuple[str, ...]  # in words: "offer O-1 of DEU"
    before: float  # units of the item, or persons
    after: float
    sentence: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """A requirement that fares better or worse; units in time, late and missing, and points."""

    requirement: str
    better: bool
    in_time: tuple[float, float]
    late: tuple[float, float]
    missing: tuple[float, float]
    points: tuple[float, float]

    def line(self) -> str:
        """The outcome in words."""
        parts = [
            f"{name} {printed(old)} -> {printed(new)}"
            for name, (old, new) in (("in time", self.in_time), ("late", self.late), ("missing", self.missing))
            if abs(old - new) > SAME
        ]
        gain = self.points[1] - self.points[0]
        word = "better" if self.better else "worse"
        return f"{self.requirement} fares {word}: {', '.join([*parts, f'points {_signed(gain)}'])}."


@dataclass(frozen=True)
class Difference:
    """What a second plan does differently from a first."""

    points: tuple[float, float]
    transport_cost: tuple[float, float]
    changes: tuple[Change, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def same(self) -> bool:
        """Whether both plans bring the same, the same way."""
        return not self.changes and not self.outcomes

    def lines(self) -> list[str]:
        """The difference in words: figures, requirements, then changes, each with its reason."""
        if self.same:
            return ["The plans bring the same goods the same way."]
        (old, new), (cost, now) = self.points, self.transport_cost
        told = [
            f"Points {printed(new)} ({_signed(new - old)}), transport cost {printed(now)} ({_signed(now - cost)}), "
            f"objective {_signed(new - now - old + cost)}."
        ]
        told += [outcome.line() for outcome in self.outcomes]
        return told + [f"{change.sentence}: {change.reason}." for change in self.changes]

    def as_json(self) -> dict[str, Any]:
        """The difference for programs; pairs are [before, after]."""
        return {
            "points": list(self.points),
            "transport_cost": list(self.transport_cost),
            "requirements": [
                {
                    "requirement": o.requirement,
                    "fares": "better" if o.better else "worse",
                    "in_time": list(o.in_time),
                    "late": list(o.late),
                    "missing": list(o.missing),
                    "points": list(o.points),
                }
                for o in self.outcomes
            ],
            "changes": [
                {
                    "kind": c.kind,
                    "requirement": c.requirement,
                    "sources": list(c.sources),
                    "before": c.before,
                    "after": c.after,
                    "sentence": c.sentence,
                    "reason": c.reason,
                }
                for c in self.changes
            ],
        }


def compare(problem_a: Problem, plan_a: Plan, problem_b: Problem, plan_b: Plan) -> Difference:
    """How plan B differs from plan A; lines are matched by source and requirement, purchases by supplier and fund."""
    return compare_sides(Side.of(problem_a, plan_a), Side.of(problem_b, plan_b))


def compare_sides(a: Side, b: Side) -> Difference:
    """How the later of two plans differs; a side may take part in many comparisons."""
    two = Two(a, b)
    by_requirement: dict[str, list[Line]] = defaultdict(list)
    for line in sorted(a.brought.keys() | b.brought.keys()):
        by_requirement[line.requirement].append(line)
    changes = [change for lines in by_requirement.values() for change in _changes(lines, two)]
    changes.sort(key=lambda c: (KINDS.index(c.kind), c.requirement, c.sources))
    return Difference(
        (a.tally.points, b.tally.points),
        (a.tally.transport_cost, b.tally.transport_cost),
        tuple(changes),
        outcomes(a, b),
    )


def instead(a: Side, b: Side) -> dict[str, list[str]]:
    """Who brings a requirement in plan B what nobody brought in plan A, or more of it: sentences by requirement.

    They are those of the changes that ``compare_sides`` finds, without the reasons, which take most of its time.
    """
    found, before, after = defaultdict[str, list[str]](list), a.brought, b.brought
    gone, fresh = defaultdict[str, list[Line]](list), defaultdict[str, list[Line]](list)
    for lines, those in ((gone, before.keys() - after.keys()), (fresh, after.keys() - before.keys())):
        for line in sorted(those):
            lines[line.requirement].append(line)
    for requirement, new in fresh.items():
        goods, lost = ([x for x in lines if x.kind != "course"] for lines in (new, gone[requirement]))
        if goods and lost:
            found[requirement].append(_in_place(lost, goods, a, b))
            new = [line for line in new if line.kind == "course"]
        found[requirement] += [
            f"{_gets(line, after[line].quantity, b)} ({_when(after[line], b)})"
            for line in sorted(new, key=lambda line: _source(line, b))
        ]
    more = [x for x in after.keys() & before.keys() if after[x].quantity - before[x].quantity > SAME]
    for line in sorted(more, key=lambda line: (line.requirement, _source(line, b))):
        found[line.requirement].append(_more(line, before[line].quantity, after[line].quantity, b))
    return {requirement: told for requirement, told in found.items() if told}


def _changes(lines: list[Line], two: Two) -> list[Change]:
    """The changes of one requirement's lines."""
    a, b = two.a, two.b
    gone = [line for line in lines if line not in b.brought and line.kind != "course"]
    fresh = [line for line in lines if line not in a.brought and line.kind != "course"]
    found: list[Change] = []
    if gone and fresh:
        found.append(_resourced(gone, fresh, two))
        lines = [line for line in lines if line not in gone and line not in fresh]
    less, more = _losses(lines, a, b), _losses(lines, b, a)
    for line in lines:
        old, new = a.brought.get(line), b.brought.get(line)
        if new is None and old is not None:
            why = why_less(two, line) or [f"{words} makes up for it" for words in more]
            found.append(_change("dropped", line, old, None, why, two))
        elif old is None and new is not None:
            why = why_more(two, line) or [f"it makes up for {words}" for words in less]
            found.append(_change("new", line, None, new, why, two))
        elif old is not None and new is not None:
            others = [f"it makes up for {words}" for words in less]
            if new.quantity < old.quantity:
                others = [f"{words} makes up for it" for words in more]
            found += _altered(line, old, new, two, others)
    return found


def _losses(lines: list[Line], a: Side, b: Side) -> list[str]:
    """What the lines bring less of in plan B than in plan A, in words."""
    told = []
    for line in lines:
        less = _quantity(a, line) - _quantity(b, line)
        if less > SAME and line.kind != "course":
            told.append(f"{printed(less)} {line.item} from {_source(line, a)}")
    return told


def _quantity(side: Side, line: Line) -> float:
    """What a line brings in a plan."""
    return side.brought[line].quantity if line in side.brought else 0.0


def _altered(line: Line, old: Brought, new: Brought, two: Two, others: list[str]) -> list[Change]:
    """A line that both plans have: another quantity (``others`` may make up for it), other days or ways, or nothing."""
    if abs(old.quantity - new.quantity) > SAME:
        why = why_more(two, line) if new.quantity > old.quantity else why_less(two, line)
        return [_change("quantity", line, old, new, why or others, two)]
    if _rounded(two.a.flow(line)) != _rounded(two.b.flow(line)):
        why = why_less(two, line) or why_more(two, line)
        return [_change("moved", line, old, new, why, two)]
    return []


def _rounded(flow: Flow) -> list[tuple[Any, ...]]:
    """Departures, arrivals, quantities and rides, without what sums of fractions leave."""
    return [(depart, arrive, round(units, 6), rides) for depart, arrive, units, rides in flow.times]


def _change(kind: str, line: Line, old: Brought | None, new: Brought | None, why: list[str], two: Two) -> Change:
    """A change in words."""
    source, what = _source(line, two.b if new else two.a), _what(line)
    before, after = old.quantity if old else 0.0, new.quantity if new else 0.0
    if kind == "dropped" and old:
        sentence = f"{line.requirement} no longer gets {printed(before)} {what} from {source} ({_when(old, two.a)})"
    elif kind == "new" and new:
        sentence = f"{_gets(line, after, two.b)} ({_when(new, two.b)})"
    elif old and new and kind == "quantity":
        sentence = _more(line, before, after, two.b)
    else:
        assert old
        assert new
        sentence = f"{line.requirement} gets its {printed(after)} {what} from {source} {_moved(line, two)}"
    return Change(kind, line.requirement, (source,), before, after, sentence, "; ".join(why) or UNKNOWN)


def _resourced(gone: list[Line], fresh: list[Line], two: Two) -> Change:
    """Sources that give way to others for the same requirement."""
    a, b = two.a, two.b
    before, after = (sum(side.brought[line].quantity for line in lines) for side, lines in ((a, gone), (b, fresh)))
    why = [reason for line in gone for reason in why_less(two, line)]
    why = why or [reason for line in fresh for reason in why_more(two, line)]
    reason = "; ".join(dict.fromkeys(why)) or UNKNOWN
    sources = (*(_source(x, a) for x in gone), *(_source(x, b) for x in fresh))
    sentence = _in_place(gone, fresh, a, b)
    return Change("re-sourced", gone[0].requirement, sources, before, after, sentence, reason)


def _in_place(gone: list[Line], fresh: list[Line], a: Side, b: Side) -> str:
    """Sources that give way to others, in words."""
    old = " and ".join(f"{printed(a.brought[x].quantity)} {x.item} from {_source(x, a)}" for x in gone)
    new = " and ".join(f"{printed(b.brought[x].quantity)} {x.item} from {_source(x, b)}" for x in fresh)
    return f"{gone[0].requirement} gets {new} in place of {old}"


def _gets(line: Line, quantity: float, side: Side) -> str:
    """What a requirement gets from whom, in words."""
    return f"{line.requirement} gets {printed(quantity)} {_what(line)} from {_source(line, side)}"


def _more(line: Line, before: float, after: float, side: Side) -> str:
    """Another quantity from the same source, in words."""
    return f"{_gets(line, after, side)}, before {printed(before)}"


def _what(line: Line) -> str:
    """What a source gives, in words."""
    return "persons" if line.kind == "course" else line.item


def _source(line: Line, side: Side) -> str:
    """A source in words."""
    if line.kind == "offer":
        return f"offer {line.source} of {side.rows['offers'][line.source]['donor']}"
    if line.kind == "course":
        return f"course {line.source}"
    return f"supplier {line.source} with fund {line.fund}"


def _when(brought: Brought, side: Side) -> str:
    """When the goods of a line arrive."""
    return _arriving(side.problem.date(brought.first), side.problem.date(brought.last))


def _arriving(first: dt.date, last: dt.date) -> str:
    """Days of arrival, in words."""
    return f"arriving {first}" if first == last else f"arriving {first} to {last}"


def _moved(line: Line, two: Two) -> str:
    """What is different in days and ways."""
    before, after = (_when(side.brought[line], side) for side in (two.a, two.b))
    if before != after:
        return f"{after}, before {before}"
    old, new = (sorted({ride.leg for ride in side.flow(line).rides}) for side in (two.a, two.b))
    if old != new:
        return f"by {', '.join(new) or 'no leg'}, before by {', '.join(old) or 'no leg'}"
    return f"with other departures, {after}"


def outcomes(a: Side, b: Side) -> tuple[Outcome, ...]:
    """Requirements of both problems that fare better or worse, the greatest loss of points first."""
    found = []
    sides = [(side, {key: i for i, key in enumerate(side.problem.requirements.keys)}) for side in (a, b)]
    points = [_points(side) for side in (a, b)]
    for key in sorted(set(sides[0][1]) | set(sides[1][1])):
        pairs = []
        for figure in ("in_time", "late", "missing"):
            values = [float(getattr(side.tally, figure)[at[key]]) if key in at else 0.0 for side, at in sides]
            pairs.append((values[0], values[1]))
        earned = (points[0].get(key, 0.0), points[1].get(key, 0.0))
        gain, sooner = earned[1] - earned[0], pairs[0][1] - pairs[0][0]
        less = pairs[2][0] - pairs[2][1]
        scale = 1e-9 * max(1.0, *map(abs, earned))
        score = next(
            (x for x, least in ((gain, max(SAME, scale)), (sooner, SAME), (less, SAME)) if abs(x) > least), 0.0
        )
        if score:
            found.append(Outcome(key, score > 0, pairs[0], pairs[1], pairs[2], earned))
    return tuple(sorted(found, key=lambda o: (o.points[1] - o.points[0], o.requirement)))


def _points(side: Side) -> dict[str, float]:
    """Points by requirement."""
    found: dict[str, float] = defaultdict(float)
    for served in side.tally.served:
        found[side.problem.requirements.keys[served.requirement]] += served.points
    return found


def _signed(value: float) -> str:
    """A number with its sign."""
    text = printed(value)
    return text if text.startswith("-") or text == "0" else f"+{text}"
