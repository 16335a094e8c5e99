"""Which deliveries have something to be told, found on columns: most plans have none, and then none is read."""

from __future__ import annotations

import numpy as np

from oneroof.planning.ledger import PRINTED, TOLERANCE, Ledger, Serving
from oneroof.planning.problem import NO_ONE, Bools, Floats, Problem


def fractional(value: Floats) -> Bools:
    """Where a number is not whole as printed (see ``is_whole``)."""
    odd: Bools = ~(np.abs(value - np.round(value)) <= 2 * PRINTED)
    return odd


def far(value: Floats, other: Floats, count: float) -> Bools:
    """Where two numbers differ by more than tolerance and the rounding of ``count`` printed ones (see ``differs``)."""
    above = value > other + TOLERANCE * np.maximum(1.0, np.abs(other)) + PRINTED * count
    below = other > value + TOLERANCE * np.maximum(1.0, np.abs(value)) + PRINTED * count
    odd: Bools = above | below
    return odd


def against_caveats(problem: Problem, plan: Ledger) -> Bools:
    """(deliveries,) of an offer, to another coalition than its own or through a nation that its donor excludes."""
    lines, o = plan.lines, problem.offers
    odd = np.zeros(len(lines.key), np.bool_)
    own = lines.from_offer
    coalition = o.coalition[lines.source[own]]
    odd[own] = (coalition != NO_ONE) & (coalition != problem.requirements.coalition[lines.requirement[own]])
    kinds = {nations: place for place, nations in enumerate(dict.fromkeys([(), *o.not_via]))}
    shut = np.array([[nation in nations for nation in problem.nodes.nations] for nations in kinds], np.bool_)
    kind = np.zeros(len(lines.key), np.int64)
    kind[own] = np.array([kinds[nations] for nations in o.not_via], np.int64)[lines.source[own]]
    if len(lines.leg):
        odd[lines.of_move[shut[kind[lines.of_move], problem.legs.destination[lines.leg]]]] = True
    return odd


def misfits(problem: Problem, plan: Ledger) -> Bools:
    """(deliveries,) that state another item or weight than their source has, bring nothing or nothing wanted."""
    lines, q, items = plan.lines, problem.requirements, problem.items.keys
    stated = [key != items[item] for key, item in zip(lines.stated_item, lines.item.tolist(), strict=True)]
    odd: Bools = np.array(stated, np.bool_) | (lines.quantity <= 0) | far(lines.tonnes, lines.weight, 2)
    wanted, package = q.item[lines.requirement], q.package[lines.requirement]
    asked = np.where(wanted == NO_ONE, -1 - package, wanted)
    code = (asked + len(problem.packages.keys)) * len(items) + lines.item
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    serving = Serving.of(problem).units
    fits = [_fits(problem, serving, int(asked[i]), int(lines.item[i])) for i in first.tolist()]
    odd |= ~np.array(fits, np.bool_)[place]
    return odd


def _fits(problem: Problem, serving: dict[tuple[int, int], tuple[float, float]], asked: int, item: int) -> bool:
    """Whether an item serves an item, or the package -1 - ``asked``."""
    if asked >= 0:
        return (asked, item) in serving
    return any(part.what == item and not part.is_course for part in problem.packages.parts[-1 - asked])


def torn(problem: Problem, plan: Ledger) -> Bools:
    """(deliveries,) whose movements do not lead from the source to the requirement as their lines say."""
    lines, legs = plan.lines, problem.legs
    home = np.zeros(len(lines.key), np.int64)
    home[lines.from_offer] = problem.offers.node[lines.source[lines.from_offer]]
    bought = np.array([problem.suppliers.node[x.supplier] for x in plan.purchases], np.int64)
    home[~lines.from_offer] = bought[lines.source[~lines.from_offer]]
    many, end, arrive = np.diff(lines.first), home.copy(), lines.depart.copy()
    moving = many > 0
    last = lines.first[1:][moving] - 1
    end[moving], arrive[moving] = legs.destination[lines.leg[last]], lines.come[last]
    odd: Bools = (end != problem.requirements.node[lines.requirement]) | (arrive != lines.arrive)
    if not len(lines.leg):
        return odd
    whose, begins = lines.of_move, np.zeros(len(lines.leg), np.bool_)
    begins[lines.first[:-1][moving]] = True
    at = np.where(begins, home[whose], np.roll(legs.destination[lines.leg], 1))
    now = np.where(begins, lines.depart[whose], np.roll(lines.come, 1))
    wrong = (legs.origin[lines.leg] != at) | (lines.leave < now) | (begins & (lines.leave != now))
    wrong |= lines.come != lines.leave + legs.days[lines.leg]
    wrong |= lines.step != np.arange(len(whose)) - lines.first[whose] + 1
    wrong |= far(lines.carried, lines.weight[whose], 2)
    odd[whose[wrong]] = True
    return odd
