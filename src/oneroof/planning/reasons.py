"""Why a line of one plan is different in another: what changed in the problem, and who has the room now."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from oneroof.planning.crowding import SLACK, TRACE, Crowd, Crowding
from oneroof.planning.plan import printed
from oneroof.planning.schema import TABLE
from oneroof.planning.sides import Line, Side
from oneroof.planning.tables import Row

WORST, BEST = "", "\U0010ffff"  # before and after every date
_MADE_ROOM = "{thing} serves {who} now", "makes room for {who} on {thing} in week {week}"
_HAS_ROOM = "{thing} no longer serves {who} as before", "has the room that {who} had on {thing} in week {week}"
UNKNOWN = "no limit that it uses has changed; the plan as a whole earns more this way"


@dataclass(frozen=True)
class Two:
    """Two plans, what changed between their problems, and whose room is whose now."""

    a: Side
    b: Side

    @cached_property
    def made_room(self) -> dict[Line, list[Crowd]]:
        """What lines of the earlier plan do not fit beside in the later one."""
        return Crowding(self.a, self.b).crowds()

    @cached_property
    def has_room(self) -> dict[Line, list[Crowd]]:
        """What lines of the later plan would not have fitted beside in the earlier one."""
        return Crowding(self.b, self.a).crowds()

    @cached_property
    def altered(self) -> dict[str, set[str]]:
        """Table -> keys of rows that are new, gone or different."""
        return {
            name: {key for key in rows.keys() | self.b.rows[name].keys() if rows.get(key) != self.b.rows[name].get(key)}
            for name, rows in self.a.rows.items()
        }


def why_less(two: Two, line: Line) -> list[str]:
    """Why a line of the earlier plan is smaller, gone or elsewhere in the later one; empty where nothing tells."""
    told = _problem_changes(line, two, -1)
    return told or _room(line, two.a, two.b, _MADE_ROOM, two.made_room.get(line, ()))


def why_more(two: Two, line: Line) -> list[str]:
    """Why a line of the later plan is larger or new; empty where nothing tells."""
    told = _problem_changes(line, two, 1)
    return told or _room(line, two.b, two.a, _HAS_ROOM, two.has_room.get(line, ()))


def _problem_changes(line: Line, two: Two, way: int) -> list[str]:
    """What changed in the problem about the things that the line uses, for the worse (-1) or the better (1)."""
    told: list[str] = []
    before, after, altered = two.a, two.b, two.altered
    table = {"offer": "offers", "course": "courses", "purchase": "suppliers"}[line.kind]
    for name, key in ((table, line.source), ("funds", line.fund), ("requirements", line.requirement)):
        told += _row_changes(name, key, before, after, way) if key in altered[name] else []
    if line.kind == "offer" and not told:
        told += _stage_changes(line, before, after, way)
    if line.kind == "course":
        told += _trainee_changes(before, after, way)
    side = before if way < 0 else after
    if altered["legs"] or altered["nodes"]:  # rides are many, and mostly of rows that both problems have
        for leg, on in sorted(side.flow(line).rides):
            node = side.rows["legs"][leg]["origin"]
            told += _row_changes("legs", leg, before, after, way, on) if leg in altered["legs"] else []
            told += _row_changes("nodes", node, before, after, way) if node in altered["nodes"] else []
    return list(dict.fromkeys(told))


def _stage_changes(line: Line, before: Side, after: Side, way: int) -> list[str]:
    """What a changed ``min_stage`` does to the offer."""
    old, new = before.problem.min_stage, after.problem.min_stage
    if (new - old) * way >= 0:
        return []
    asked = str(after.problem.tables.settings["min_stage"])
    return [f"min_stage is {asked} now, so that offer {line.source} {'may' if way > 0 else 'may not'} be used"]


def _trainee_changes(before: Side, after: Side, way: int) -> list[str]:
    """What a changed ``trainees_per_week`` allows."""
    old, new = before.problem.trainees, after.problem.trainees
    if old == new or (new > old) != (way > 0):
        return []
    return [f"trainees_per_week is {_limit(new)} now (was {_limit(old)})"]


def _limit(value: float) -> str:
    return printed(value) if math.isfinite(value) else "without limit"


def _row_changes(table: str, key: str, before: Side, after: Side, way: int, on: dt.date | None = None) -> list[str]:
    """What changed in a row; ``on`` limits a leg's window to what matters on that day."""
    old, new = before.rows[table].get(key), after.rows[table].get(key)
    noun = table[:-1]
    if new is None:
        return [_gone(table, key, before, after)] if way < 0 else []
    if old is None:
        return [f"{noun} {key} is new"] if way > 0 else []
    told = []
    for column in TABLE[table].names:
        if old[column] == new[column] or (table, column) not in _BETTER:
            continue
        if column in ("opens", "closes") and on is not None and not _matters(column, old, new, on, way):
            continue
        if _BETTER[table, column](old[column], new[column]) == way:
            told.append(_worded(noun, key, column, old[column], new[column]))
    return told


def _gone(table: str, key: str, before: Side, after: Side) -> str:
    """The sentence for a row that is no more; a donor with nothing left has gone."""
    if table in ("offers", "funds"):
        donor = before.rows[table][key]["donor"]
        if donor not in after.donors:
            return f"donor {donor} is gone, and {table[:-1]} {key} with it"
    return f"{table[:-1]} {key} is gone"


def _matters(column: str, old: Row, new: Row, on: dt.date, way: int) -> bool:
    """Whether a leg's changed window shuts (-1) or opens (1) the day."""
    day = on.isoformat()
    shut = new if way < 0 else old
    return day < (shut[column] or WORST) if column == "opens" else day > (shut[column] or BEST)


def _worded(noun: str, key: str, column: str, old: str, new: str) -> str:
    """One change of one cell in words."""
    if column == "consent":
        return f"the consent to {noun} {key} is {'pending' if new == 'pending' else 'granted'} now"
    if column == "closes":
        return f"{noun} {key} {f'closes on {new}' if new else 'no longer closes'} (before: {old or 'not'})"
    if column == "explosives":
        return f"{noun} {key} takes {'explosives' if new != 'no' else 'no explosives'} now"
    return f"{column} of {noun} {key} is {new or 'empty'} now (was {old or 'empty'})"


Better = Callable[[str, str], int]


def _sign(old: float | str, new: float | str) -> int:
    """1 where the new one is greater, -1 where it is less."""
    return 0 if old == new else 1 if new > old else -1  # type: ignore[operator]


def _more(empty: float) -> Better:
    return lambda old, new: _sign(float(old) if old else empty, float(new) if new else empty)


def _less(empty: float) -> Better:
    return lambda old, new: -_more(empty)(old, new)


def _later(empty: str) -> Better:
    return lambda old, new: _sign(old or empty, new or empty)


def _earlier(empty: str) -> Better:
    return lambda old, new: -_later(empty)(old, new)


def _ranked(words: str, empty: str) -> Better:
    order = words.split()
    return lambda old, new: _sign(float(order.index(old or empty)), float(order.index(new or empty)))


def _fewer(old: str, new: str) -> int:
    """Better with fewer nations excluded; a change to others is taken for the worse."""
    was, now = ({code.strip() for code in text.split(";") if code.strip()} for text in (old, new))
    return 0 if was == now else 1 if now < was else -1


_BETTER: dict[tuple[str, str], Better] = {  # whether a change of a cell gives a plan more (1) or less (-1) to work with
    ("offers", "quantity"): _more(0),
    ("offers", "available_from"): _earlier(WORST),
    ("offers", "available_until"): _later(BEST),
    ("offers", "stage"): _ranked("offered pledged committed", "offered"),
    ("offers", "consent"): _ranked("pending granted not_needed", "not_needed"),
    ("offers", "consent_from"): _earlier(WORST),
    ("offers", "coalition_only"): lambda old, new: 0 if old == new else -1 if new else 1,
    ("offers", "not_via"): _fewer,
    ("requirements", "quantity"): _more(0),
    ("requirements", "due"): _later(BEST),
    ("requirements", "latest"): _later(BEST),
    ("requirements", "priority"): _less(5),
    ("requirements", "points_per_unit"): _more(0),
    ("legs", "days"): _less(0),
    ("legs", "tonnes_per_week"): _more(math.inf),
    ("legs", "cost_per_tonne"): _less(0),
    ("legs", "explosives"): _ranked("no yes", "yes"),
    ("legs", "opens"): _earlier(WORST),
    ("legs", "closes"): _later(BEST),
    ("nodes", "handling_tonnes_per_week"): _more(math.inf),
    ("courses", "days"): _less(0),
    ("courses", "seats"): _more(math.inf),
    ("courses", "first_start"): _earlier(WORST),
    ("courses", "last_start"): _later(BEST),
    ("courses", "every_days"): _less(1),
    ("funds", "amount"): _more(0),
    ("funds", "available_from"): _earlier(WORST),
    ("funds", "available_until"): _later(BEST),
    ("funds", "coalition_only"): lambda old, new: 0 if old == new else -1 if new else 1,
    ("suppliers", "unit_price"): _less(0),
    ("suppliers", "lead_days"): _less(0),
    ("suppliers", "units_per_week"): _more(math.inf),
    ("suppliers", "available_from"): _earlier(WORST),
}


def _room(line: Line, had: Side, other: Side, words: tuple[str, str], crowds: Iterable[Crowd]) -> list[str]:
    """Who has, in the other plan, the goods, the money and the room that the line has in its own plan.

    A limit tells only where the line would no longer fit beside what uses it in the other plan.
    """
    told = []
    goods, room = words
    if line.kind != "course":
        key = ("fund", line.fund) if line.kind == "purchase" else ("offer", line.source)
        need = had.brought[line].quantity * had.unit_cost(line)
        theirs = other.takers.get(key, {})
        beside = math.fsum(theirs.values()) - theirs.get(line.requirement, 0.0)
        if beside + need > other.limits.get(key, 0.0) * (1 + SLACK) + TRACE and (
            who := _names(_gainers(had.takers.get(key, {}), theirs), line.requirement)
        ):
            told.append(goods.format(thing=f"{key[0]} {key[1]}", who=who))
    return told + [
        room.format(thing=crowd.thing, who=who, week=crowd.week)
        for crowd in crowds
        if (who := _names(crowd.who, line.requirement))
    ]


def _gainers(old: dict[str, float], new: dict[str, float]) -> list[str]:
    """Requirements that have more of it, the greatest gain first."""
    gains = {key: quantity - old.get(key, 0.0) for key, quantity in new.items()}
    return sorted((key for key, gain in gains.items() if gain > TRACE), key=lambda key: (-gains[key], key))


def _names(keys: list[str], but: str) -> str:
    """Up to three requirements, and how many more; '' for none."""
    others = len(keys) - keys.count(but)
    more = f" and {others - 3} more" if others > 3 else ""
    return ", ".join([key for key in keys[:4] if key != but][:3]) + more
