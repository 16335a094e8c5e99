"""What a plan must keep: one function a rule, each telling in sentences where a plan breaks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np

from oneroof.planning.ledger import Delivery, Ledger, Purchase, Serving, differs, is_whole, over, wanted_item
from oneroof.planning.odd import against_caveats, fractional, misfits, torn
from oneroof.planning.plan import printed
from oneroof.planning.problem import CONSENTS, NO_ONE, STAGES, Ints, Problem
from oneroof.planning.tally import lines_by_requirement, tally, totals, uses

Rule = Callable[[Problem, Ledger], list[str]]


def offers_are_not_exceeded(problem: Problem, plan: Ledger) -> list[str]:
    """No more units are taken from an offer than its quantity."""
    used, o = uses(problem, plan), problem.offers
    return [
        f"Offer {o.keys[i]} gives {printed(quantity)} units, more than its {printed(o.quantity[i])}."
        for i, quantity in used.offer.items()
        if over(quantity, o.quantity[i], used.lines["offer", i, -1])
    ]


def offers_leave_in_their_window(problem: Problem, plan: Ledger) -> list[str]:
    """An offer leaves inside its window, after its consent holds, and only from the stage that is asked."""
    told, o = [], problem.offers
    first, until = _stated_days(problem, "available_from", -1), _stated_days(problem, "available_until", problem.days)
    consent = _stated_days(problem, "consent_from", -1)
    lines, pending, granted = plan.lines, CONSENTS.index("pending"), CONSENTS.index("granted")
    those, left = lines.source[lines.from_offer], lines.depart[lines.from_offer]
    odd = (
        (o.consent[those] == pending) | (o.stage[those] < problem.min_stage) | (left < np.array(first, np.int64)[those])
    )
    odd |= left > np.array(until, np.int64)[those]
    odd |= (o.consent[those] == granted) & (left < np.array(consent, np.int64)[those])
    for d in _chosen(plan, np.flatnonzero(lines.from_offer)[odd]):
        i = d.source
        name, leaves = f"offer {o.keys[i]}", f"Delivery {d.key} leaves on {problem.date(d.depart)},"
        if CONSENTS[o.consent[i]] == "pending":
            told.append(f"Delivery {d.key} uses {name}, whose consent is pending.")
        if o.stage[i] < problem.min_stage:
            told.append(
                f"Delivery {d.key} uses {name}, which is only {STAGES[o.stage[i]]}; "
                f"the plan may use what is {STAGES[problem.min_stage]} at least."
            )
        if d.depart < first[i]:
            told.append(f"{leaves} before {name} is available ({problem.date(first[i])}).")
        if d.depart > until[i]:
            told.append(f"{leaves} after the last day of {name} ({problem.date(until[i])}).")
        if CONSENTS[o.consent[i]] == "granted" and d.depart < consent[i]:
            told.append(f"{leaves} before the consent to {name} holds ({problem.date(consent[i])}).")
    return told


def caveats_are_kept(problem: Problem, plan: Ledger) -> list[str]:
    """What an offer gives goes to its coalition only, and through none of the nations that its donor excludes."""
    told, o, q = [], problem.offers, problem.requirements
    for d in _chosen(plan, np.flatnonzero(against_caveats(problem, plan))):
        coalition = int(o.coalition[d.source])
        if coalition not in (NO_ONE, int(q.coalition[d.requirement])):
            told.append(
                f"Delivery {d.key} serves requirement {q.keys[d.requirement]}, but offer {o.keys[d.source]} "
                f"is for coalition {problem.coalitions[coalition]} only."
            )
        avoided = o.not_via[d.source]
        for move in d.moves if avoided else ():
            nation = problem.nodes.nations[problem.legs.destination[move.leg]]
            if nation in avoided:
                told.append(
                    f"Delivery {d.key} step {move.step} enters {nation}, which not_via of offer "
                    f"{o.keys[d.source]} excludes."
                )
    return told


def requirements_are_not_exceeded(problem: Problem, plan: Ledger) -> list[str]:
    """No requirement is served beyond its quantity."""
    told, q = [], problem.requirements
    counted, serving, lines = tally(problem, plan), Serving.of(problem), lines_by_requirement(problem, plan).tolist()
    for r, total in enumerate((counted.in_time + counted.late).tolist()):
        most = serving.most.get(int(q.item[r]), 1.0)
        if over(total, q.quantity[r], max(1, lines[r]) * most):
            told.append(f"Requirement {q.keys[r]} gets {printed(total)} units, more than its {printed(q.quantity[r])}.")
    return told


def legs_carry_what_they_can(problem: Problem, plan: Ledger) -> list[str]:
    """A leg carries no more tonnes in a week than it can, only while it is open, and explosives only where allowed."""
    legs, used, heaviest = problem.legs, uses(problem, plan), _heaviest(problem)
    told = [
        f"Leg {legs.keys[i]} carries {printed(tonnes)} tonnes in week {week}, more than {printed(legs.capacity[i])}."
        for (i, week), tonnes in used.leg.items()
        if over(tonnes, legs.capacity[i], used.lines["leg", i, week] * heaviest)
    ]
    opens, closes, explosive = legs.opens.tolist(), legs.closes.tolist(), problem.items.explosives.tolist()
    lines = plan.lines
    odd = (lines.leave < legs.opens[lines.leg]) | (lines.leave > legs.closes[lines.leg])
    odd |= problem.items.explosives[lines.item[lines.of_move]] & ~legs.explosives[lines.leg]
    for d in _chosen(plan, np.unique(lines.of_move[odd])):
        for move in d.moves:
            name = f"Delivery {d.key} step {move.step}"
            if not opens[move.leg] <= move.depart <= closes[move.leg]:
                told.append(f"{name} leaves on {problem.date(move.depart)}, when leg {legs.keys[move.leg]} is closed.")
            if explosive[d.item] and not legs.explosives[move.leg]:
                told.append(f"{name} carries explosives on leg {legs.keys[move.leg]}, which takes none.")
    return told


def nodes_handle_what_they_can(problem: Problem, plan: Ledger) -> list[str]:
    """No more tonnes depart from a node in a week, all legs together, than it handles."""
    nodes, used, heaviest = problem.nodes, uses(problem, plan), _heaviest(problem)
    return [
        f"Node {nodes.keys[i]} handles {printed(tonnes)} tonnes in week {week}, more than {printed(nodes.handling[i])}."
        for (i, week), tonnes in used.node.items()
        if over(tonnes, nodes.handling[i], used.lines["node", i, week] * heaviest)
    ]


def packages_are_whole(problem: Problem, plan: Ledger) -> list[str]:
    """A package counts from the day on which all its parts are there, and a part serves one package only."""
    told, q = [], problem.requirements
    due = {(s.requirement, s.day): s for s in tally(problem, plan).served if _is_package(problem, s.requirement)}
    lines = lines_by_requirement(problem, plan).tolist()
    stated = {key: units for key, (units, _) in plan.served.items() if _is_package(problem, key[0])}
    for r, day in sorted(due.keys() | stated.keys()):
        counts = due[r, day].quantity if (r, day) in due else 0.0
        says = stated.get((r, day), 0.0)
        if differs(says, counts, 1 + max(1, lines[r])):
            told.append(
                f"served.csv counts {printed(says)} packages of requirement {q.keys[r]} on {problem.date(day)}; "
                f"the parts that are there complete {printed(counts)}."
            )
    return told


def courses_have_seats(problem: Problem, plan: Ledger) -> list[str]:
    """A start of a course is on one of its days, has no more persons than seats, and ends when the course ends."""
    c, q = problem.courses, problem.requirements
    starts = [frozenset(days.tolist()) for days in c.starts]
    told = []
    for cohort in plan.cohorts:
        name = f"Cohort {c.keys[cohort.course]} for {q.keys[cohort.requirement]} on {problem.date(cohort.start)}"
        if cohort.start not in starts[cohort.course]:
            told.append(f"{name} starts on a day on which the course has no start that ends inside the horizon.")
        if cohort.ready != cohort.start + c.days[cohort.course]:
            told.append(
                f"{name} is ready on {problem.date(cohort.ready)}, not {c.days[cohort.course]} days after its start."
            )
        if cohort.persons <= 0:
            told.append(f"{name} has no persons.")
    for (i, day), persons in uses(problem, plan).start.items():
        if over(persons, c.seats[i]):
            told.append(
                f"Course {c.keys[i]} has {printed(persons)} persons in the start of {problem.date(day)}, "
                f"more than its {printed(c.seats[i])} seats."
            )
    return told


def trainees_are_released(problem: Problem, plan: Ledger) -> list[str]:
    """No more persons start courses in a week, all courses together, than the recipient can release."""
    return [
        f"{printed(persons)} persons start courses in week {week}; {printed(problem.trainees)} can be released."
        for week, persons in uses(problem, plan).trainees.items()
        if over(persons, problem.trainees)
    ]


def funds_are_not_overdrawn(problem: Problem, plan: Ledger) -> list[str]:
    """Purchases cost no more than their fund holds, are ordered, ready and sold as fund and supplier say."""
    told = []
    for purchase in plan.purchases:
        told += _purchase_faults(problem, purchase)
    used, f, s = uses(problem, plan), problem.funds, problem.suppliers
    for i, cost in used.fund.items():
        price = max(1.0, *(float(s.price[x.supplier]) for x in plan.purchases if x.fund == i))
        if over(cost, f.amount[i], 2 * used.lines["fund", i, -1] * price):
            told.append(f"Fund {f.keys[i]} pays {printed(cost)}, more than its {printed(f.amount[i])}.")
    for (i, week), units in used.supplier.items():
        if over(units, s.per_week[i], used.lines["supplier", i, week]):
            told.append(
                f"Supplier {s.keys[i]} is asked for {printed(units)} units in week {week}, "
                f"more than {printed(s.per_week[i])}."
            )
    return told + _bought_goods_faults(problem, plan)


def pins_are_kept(problem: Problem, plan: Ledger) -> list[str]:
    """Each pinned offer brings its requirement at least the pinned quantity."""
    p = problem.pins
    own = plan.lines.from_offer
    source, requirement = plan.lines.source[own], plan.lines.requirement[own]
    given = defaultdict(float, totals(plan.lines.quantity[own], source, requirement))
    lines = np.bincount(source, minlength=len(problem.offers.keys)).tolist()
    return [
        f"Pin of offer {problem.offers.keys[o]} to requirement {problem.requirements.keys[r]} asks "
        f"{printed(quantity)}; the plan brings {printed(given[o, r])}."
        for o, r, quantity in zip(p.offer.tolist(), p.requirement.tolist(), p.quantity.tolist(), strict=True)
        if over(quantity, given[o, r], lines[o])
    ]


def whole_units_stay_whole(problem: Problem, plan: Ledger) -> list[str]:
    """Items that come in whole units are delivered and bought in whole units, and persons are whole."""
    whole, keys, lines = problem.items.whole, problem.items.keys, plan.lines
    odd = np.flatnonzero(whole[lines.item] & fractional(lines.quantity))
    told = [
        f"Delivery {lines.key[i]} has {printed(lines.quantity[i])} units of {keys[lines.item[i]]}, "
        "which comes in whole units."
        for i in odd.tolist()
    ]
    for x in plan.purchases:
        item = int(problem.suppliers.item[x.supplier])
        if whole[item] and not is_whole(x.quantity):
            told.append(f"Purchase {x.key} buys {printed(x.quantity)} units of {keys[item]}, which come whole.")
    for c in plan.cohorts:
        if not is_whole(c.persons):
            name = f"Cohort {problem.courses.keys[c.course]} for {problem.requirements.keys[c.requirement]}"
            told.append(f"{name} on {problem.date(c.start)} has {printed(c.persons)} persons, who come whole.")
    return told


def has_fractions(problem: Problem, plan: Ledger) -> bool:
    """Whether a line has a fraction of what comes in whole units."""
    whole, lines = problem.items.whole, plan.lines
    if (whole[lines.item] & fractional(lines.quantity)).any():
        return True
    bought = any(whole[problem.suppliers.item[x.supplier]] and not is_whole(x.quantity) for x in plan.purchases)
    return bought or not all(is_whole(c.persons) for c in plan.cohorts)


def deliveries_fit_requirements(problem: Problem, plan: Ledger) -> list[str]:
    """A delivery or cohort brings something that its requirement wants, and states what its source holds."""
    serving, q, items = Serving.of(problem).units, problem.requirements, problem.items.keys
    told = []
    for d in _chosen(plan, np.flatnonzero(misfits(problem, plan))):
        if d.stated_item != items[d.item]:
            told.append(f"Delivery {d.key} states item {d.stated_item!r}; its source holds {items[d.item]}.")
        if d.quantity <= 0:
            told.append(f"Delivery {d.key} delivers nothing.")
        if differs(d.tonnes, d.weight, 2):
            told.append(f"Delivery {d.key} states {printed(d.tonnes)} tonnes; its units weigh {printed(d.weight)}.")
        wanted = wanted_item(problem, d.requirement)
        if wanted is None and (False, d.item) not in _parts(problem, d.requirement):
            told.append(f"Delivery {d.key} brings {items[d.item]}, no part of the package of {q.keys[d.requirement]}.")
        if wanted is not None and (wanted, d.item) not in serving:
            told.append(f"Delivery {d.key} brings {items[d.item]}, which does not serve {q.keys[d.requirement]}.")
    return told + [
        f"Cohort {problem.courses.keys[c.course]} on {problem.date(c.start)}: requirement "
        f"{q.keys[c.requirement]} asks for no package with this course."
        for c in plan.cohorts
        if (True, c.course) not in _parts(problem, c.requirement)
    ]


def itineraries_connect(problem: Problem, plan: Ledger) -> list[str]:
    """The movements of a delivery lead from its source's node, day by day, to the requirement's node."""
    told = []
    for d in _chosen(plan, np.flatnonzero(torn(problem, plan))):
        told += _itinerary_faults(problem, plan, d)
    return told


def days_lie_in_the_horizon(problem: Problem, plan: Ledger) -> list[str]:
    """Everything happens on a day of the horizon."""
    days: list[tuple[str, tuple[int, ...]]] = [(f"Purchase {x.key}", (x.order, x.ready)) for x in plan.purchases]
    lines, most = plan.lines, problem.days
    odd = (lines.depart < 0) | (lines.depart >= most) | (lines.arrive < 0) | (lines.arrive >= most)
    odd[lines.of_move[(lines.leave < 0) | (lines.leave >= most) | (lines.come < 0) | (lines.come >= most)]] = True
    for d in _chosen(plan, np.flatnonzero(odd)):
        days.append((f"Delivery {d.key}", (d.depart, d.arrive)))
        days += [(f"Delivery {d.key} step {move.step}", (move.depart, move.arrive)) for move in d.moves]
    days += [(f"Cohort {problem.courses.keys[c.course]}", (c.start, c.ready)) for c in plan.cohorts]
    days += [(f"Requirement {problem.requirements.keys[r]} in served.csv", (day,)) for r, day in plan.served]
    return [
        f"{name} names {problem.date(day)}, which lies outside the horizon."
        for name, named in days
        for day in named
        if not 0 <= day < problem.days
    ]


RULES: tuple[Rule, ...] = (
    offers_are_not_exceeded,
    offers_leave_in_their_window,
    caveats_are_kept,
    requirements_are_not_exceeded,
    legs_carry_what_they_can,
    nodes_handle_what_they_can,
    packages_are_whole,
    courses_have_seats,
    trainees_are_released,
    funds_are_not_overdrawn,
    pins_are_kept,
    whole_units_stay_whole,
    deliveries_fit_requirements,
    itineraries_connect,
    days_lie_in_the_horizon,
)


def _chosen(plan: Ledger, places: Ints) -> Iterator[Delivery]:
    """The deliveries at some places: those that have something to be told."""
    return (plan.deliveries[i] for i in places.tolist())


def _purchase_faults(problem: Problem, x: Purchase) -> list[str]:
    """What is wrong with one purchase by itself."""
    f, s = problem.funds, problem.suppliers
    told, ordered = [], f"Purchase {x.key} is ordered on {problem.date(x.order)},"
    if x.order % 7:
        told.append(f"{ordered} which is not the first day of a week.")
    if not f.first[x.fund] <= x.order <= f.until[x.fund]:
        told.append(f"{ordered} outside the window of fund {f.keys[x.fund]}.")
    if x.order < s.first[x.supplier]:
        told.append(f"{ordered} before supplier {s.keys[x.supplier]} takes orders.")
    if x.ready != x.order + s.lead[x.supplier]:
        told.append(
            f"Purchase {x.key} is ready on {problem.date(x.ready)}, not {s.lead[x.supplier]} days after its order."
        )
    if x.quantity <= 0:
        told.append(f"Purchase {x.key} buys nothing.")
    cost = x.quantity * float(s.price[x.supplier])
    if differs(x.cost, cost, 1):
        told.append(f"Purchase {x.key} states a cost of {printed(x.cost)}; quantity times price is {printed(cost)}.")
    return told


def _bought_goods_faults(problem: Problem, plan: Ledger) -> list[str]:
    """Where deliveries take more than was bought, before it is ready, or for others than the fund's coalition."""
    told: list[str] = []
    lines, funds = plan.lines, problem.funds
    bought = np.flatnonzero(~lines.from_offer)
    source = lines.source[bought]
    ready = np.array([x.ready for x in plan.purchases], np.int64)
    bound = np.array([funds.coalition[x.fund] for x in plan.purchases], np.int64)
    coalitions = problem.requirements.coalition[lines.requirement[bought]]
    odd = (lines.depart[bought] < ready[source]) | ((bound[source] != NO_ONE) & (bound[source] != coalitions))
    for d in _chosen(plan, bought[odd]):
        x = plan.purchases[d.source]
        if d.depart < x.ready:
            told.append(f"Delivery {d.key} leaves on {problem.date(d.depart)}, before purchase {x.key} is ready.")
        coalition = int(funds.coalition[x.fund])
        if coalition not in (NO_ONE, int(problem.requirements.coalition[d.requirement])):
            told.append(
                f"Delivery {d.key} serves requirement {problem.requirements.keys[d.requirement]}, but fund "
                f"{funds.keys[x.fund]} is for coalition {problem.coalitions[coalition]} only."
            )
    number = np.bincount(source, minlength=len(plan.purchases)).tolist()
    for (i,), quantity in totals(lines.quantity[bought], source).items():
        x = plan.purchases[i]
        if over(quantity, x.quantity, 1 + number[i]):
            told.append(f"Purchase {x.key} gives {printed(quantity)} units, more than its {printed(x.quantity)}.")
    return told


def _itinerary_faults(problem: Problem, plan: Ledger, d: Delivery) -> list[str]:
    """What is wrong with the movements of one delivery."""
    nodes, legs = problem.nodes.keys, problem.legs
    at = problem.offers.node[d.source] if d.from_offer else problem.suppliers.node[plan.purchases[d.source].supplier]
    target, now, told = problem.requirements.node[d.requirement], d.depart, []
    if not d.moves and d.depart != d.arrive:
        told.append(f"Delivery {d.key} has no movements but leaves and arrives on different days.")
    if [move.step for move in d.moves] != list(range(1, len(d.moves) + 1)):
        told.append(f"The steps of delivery {d.key} are not 1, 2, 3 and so on.")
    for place, move in enumerate(d.moves):
        name, leg = f"Delivery {d.key} step {move.step}", legs.keys[move.leg]
        if legs.origin[move.leg] != at:
            told.append(f"{name} leaves from {nodes[legs.origin[move.leg]]}, but the goods are at {nodes[at]}.")
        if move.depart < now or (place == 0 and move.depart != d.depart):
            told.append(
                f"{name} leaves on {problem.date(move.depart)}, not when the goods are there and the delivery says."
            )
        if move.arrive != move.depart + legs.days[move.leg]:
            told.append(f"{name} arrives on {problem.date(move.arrive)}; leg {leg} takes {legs.days[move.leg]} days.")
        if differs(move.tonnes, d.weight, 2):
            told.append(f"{name} states {printed(move.tonnes)} tonnes; the delivery weighs {printed(d.weight)}.")
        at, now = legs.destination[move.leg], move.arrive
    if at != target:
        told.append(f"Delivery {d.key} ends at {nodes[at]}, not at {nodes[target]}.")
    if d.moves and now != d.arrive:
        told.append(
            f"Delivery {d.key} states {problem.date(d.arrive)} as its arrival; "
            f"its last step arrives on {problem.date(now)}."
        )
    return told


def _stated_days(problem: Problem, column: str, empty: int) -> list[int]:
    """A date column of the offers as days, as the problem states it."""
    rows = problem.tables.rows["offers"]
    return [problem.day(row[column]) if row[column] else empty for row in rows]


def _heaviest(problem: Problem) -> float:
    """Tonnes of the heaviest unit, at least 1: what one printed quantity may hide."""
    return float(max(1.0, problem.items.tonnes.max(initial=1.0)))


def _is_package(problem: Problem, requirement: int) -> bool:
    """Whether the requirement asks for a package."""
    return wanted_item(problem, requirement) is None


def _parts(problem: Problem, requirement: int) -> set[tuple[bool, int]]:
    """The parts that a requirement for a package needs; none for an item."""
    if not _is_package(problem, requirement):
        return set()
    parts = problem.packages.parts[problem.requirements.package[requirement]]
    return {(part.is_course, part.what) for part in parts}
