"""The sentences of explanations: what stands in the way of a requirement, and the one change that would cure it."""

from __future__ import annotations

import math
from dataclasses import replace

from oneroof.planning.blame import Cause
from oneroof.planning.causes import Candidate
from oneroof.planning.passing import HAIR, NEVER
from oneroof.planning.plan import printed
from oneroof.planning.problem import NO_ONE, STAGES
from oneroof.planning.wording import Words, listed, named


class Sentences(Words):
    """A clause and a cure for every kind of limit, by methods of their names."""

    def tell(self, cause: Cause) -> tuple[str, str]:
        """The clause that names a cause, and the sentence of its cure."""
        told: tuple[str, str] = getattr(self, f"_{cause.limit}")(cause)
        return told

    def _offer(self, cause: Cause) -> tuple[str, str]:
        want, p = cause.want, self.problem
        item = self.item(want.item)
        rivals = self.rivals_of(cause).units
        number = self.units(want, cause.units + rivals)
        if cause.by:
            total = sum(float(p.offers.quantity[c.what]) * c.share for c in cause.by)
            asked = want.units if want.is_part else float(p.requirements.quantity[want.requirement])
            if total < asked - HAIR:
                clause = f"only {self.units_down(want, total)} of {item} are offered that can come in time"
            else:
                clause = f"all {self.units_down(want, total)} of {item} that are offered in time are used"
        else:
            offered = any(self.sourcing.offers[i] or self.sourcing.suppliers[i] for i, _, _ in want.serves)
            clause = f"nobody offers {item} or a substitute, and no supplier with a fund sells it"
            if offered:
                clause = f"nothing more of {item} is offered or can be bought that could come in time"
        node, day = self._place(cause, cause.units + rivals)
        extra = f" ({self.units(want, rivals)} of them for requirements that earn as much)" if rivals > HAIR else ""
        cure = (
            f"{number} more{extra}, ready at {self.node(node)} by {self.date(day)}, {self.closing(cause, cause.units)}."
        )
        return clause, cure

    def _place(self, cause: Cause, units: float) -> tuple[int, int]:
        """Where and by when units would have to be ready: where others of their kind are, or at the requirement."""
        best: tuple[int, int] | None = None
        for node in sorted({c.node for c in cause.by})[:3]:
            c = next(c for c in cause.by if c.node == node)
            day, comes = self.ready_by(cause.want, c, units)
            if comes >= units - HAIR and (best is None or day > best[1]):
                best = node, day
        return best or (cause.want.node, max(cause.want.by, 0))

    def _source(self, c: Candidate) -> str:
        """A source with its quantity and donor."""
        p = self.problem
        if not c.is_offer:
            return self.supplier(c.what)
        o = c.what
        donor = p.nations.get(p.offers.donors[o], p.offers.donors[o])
        return f"offer {p.offers.keys[o]} ({printed(p.offers.quantity[o])} of {p.items.names[c.item]}, {donor})"

    def _freed(self, cause: Cause) -> float:
        """Units that sources of a cause could bring if they were free to."""
        comes = 0.0
        with self.room.trial() as room:
            for c in cause.by:
                units = min(c.units, cause.want.units - comes)
                if units > HAIR:
                    comes += self.can_bring(cause.want, c, units, c.first, c.until, room)
        return comes

    def _more(self, cause: Cause, one: str = "is", many: str = "are") -> str:
        """Further sources with the same obstacle, after a verb."""
        others = len(cause.by) - 1
        return f", and so {f'{one} one other' if others == 1 else f'{many} {others} others'}" if others > 0 else ""

    def _stage(self, cause: Cause) -> tuple[str, str]:
        c, p = cause.by[0], self.problem
        stage, least = STAGES[p.offers.stage[c.what]], STAGES[p.min_stage]
        clause = f"{self._source(c)} is only {stage}{self._more(cause)}, and the plan uses what is {least} at least"
        keys = listed([p.offers.keys[x.what] for x in cause.by])
        return clause, f"Raising {keys} to {least} {self.closing(cause, self._freed(cause))}."

    def _consent(self, cause: Cause) -> tuple[str, str]:
        c, p, want = cause.by[0], self.problem, cause.want
        keys = listed([p.offers.keys[x.what] for x in cause.by])
        if c.note == "consent_from":
            day, comes = self.ready_by(want, c, min(c.units, want.units))
            clause = f"consent to {self._source(c)} holds only from {self.date(c.first)}"
            if day < 0:
                return clause, f"Earlier consent to {keys} is the first thing it needs."
            return clause, f"Consent from {self.date(day)} {self.closing(cause, comes)}."
        clause = f"{self._source(c)} waits for third-party transfer consent{self._more(cause, 'does', 'do')}"
        comes = self._freed(cause)
        day, _ = self.ready_by(want, c, min(c.units, want.units))
        by = f" by {self.date(min(day, c.until))}" if day >= c.first and len(cause.by) == 1 else ""
        return clause, f"Consent to {keys}{by} {self.closing(cause, comes)}."

    def _caveat(self, cause: Cause) -> tuple[str, str]:
        c, p, want = cause.by[0], self.problem, cause.want
        if c.note == "fund":
            clause = f"the funds that could pay {self.supplier(c.what)} are for other coalitions only"
            return clause, "A fund that is free for this requirement would bring it."
        name = p.offers.keys[c.what]
        if c.note == "coalition" or p.offers.coalition[c.what] not in (NO_ONE, want.coalition):
            coalition = p.coalitions[p.offers.coalition[c.what]]
            clause = f"{self._source(c)} is for coalition {coalition} only{self._more(cause)}"
            keys = listed([p.offers.keys[x.what] for x in cause.by])
            return clause, f"Without that caveat on {keys} the offer {self.closing(cause, self._freed(cause))}."
        nations = listed([named(p.nations.get(n, n), n) for n in p.offers.not_via[c.what]])
        clause = f"{self._source(c)} may not pass {nations}, and no other way arrives in time"
        free = replace(c, kind=(c.kind[0], ()))
        comes = self.can_bring(want, free, min(c.units, want.units), c.first, c.until)
        return clause, f"Passage of {name} through {nations} {self.closing(cause, comes)}."

    def _time(self, cause: Cause) -> tuple[str, str]:
        if not cause.by:
            return self._too_soon(cause)
        c, p, want = cause.by[0], self.problem, cause.want
        arrive = self.sourcing.arrival(want, c)
        due = int(p.requirements.due[want.requirement])
        if c.first > c.until:
            clause = f"{self._source(c)} has no day on which it may leave"
        elif arrive >= NEVER:
            window = f"from {self.date(c.first)} to {self.date(c.until)}"
            clause = f"{self._source(c)} may leave only {window}, when no way is open"
        else:
            when = f"on {self.date(arrive)} at the earliest, {arrive - due} days after it is due"
            clause = f"{self._source(c)} can arrive {when}"
        units = min(cause.units, want.units)
        day, comes = self.ready_by(want, c, units)
        if day >= 0 and comes >= units - HAIR:
            here = f"{self.units(want, units)} ready at {self.node(c.node)} by {self.date(day)}"
            cure = f"{here} {self.closing(cause, comes)}."
        elif want.by >= 0:
            here = f"{self.units(want, units)} ready at {self.node(want.node)} by {self.date(want.by)}"
            cure = f"{here} {self.closing(cause, units)}."
        elif arrive < NEVER:
            cure = (
                f"A due date of {self.date(arrive)} or later, or goods nearer to {self.node(want.node)}, would help it."
            )
        else:
            here = f"{self.units(want, want.units)} ready at {self.node(want.node)} by {self.date(max(want.by, 0))}"
            cure = f"{here} would close it."
        return clause, cure

    def _too_soon(self, cause: Cause) -> tuple[str, str]:
        """A course that lasts longer than there is time."""
        c = self.problem.courses
        i = c.keys.index(cause.what)
        name = f"course {named(c.names[i], cause.what)}"
        clause = f"{name} lasts {int(c.days[i])} days, longer than from the start to the day when it is due"
        first = c.starts[i][0] + c.days[i] if len(c.starts[i]) else c.days[i]
        return clause, f"A due date of {self.date(int(first))} or later is what it needs."

    def _route(self, cause: Cause) -> tuple[str, str]:
        c, want = cause.by[0], cause.want
        for_ = " for explosives" if c.note == "explosives" else ""
        when = " while legs are open" if c.note == "closed" else ""
        ends = f"from {self.node(c.node)}, where {self._source(c)} is, to {self.node(want.node)}"
        clause = f"no route{for_} leads {ends} in time{when}"
        cure = (
            f"A leg that connects them{for_}, or {self.units(want, cause.units)} ready at {self.node(want.node)} by "
            f"{self.date(max(want.by, 0))}, {self.closing(cause, cause.units)}."
        )
        return clause, cure

    def _worth(self, cause: Cause) -> tuple[str, str]:
        if not cause.by:
            points = float(self.problem.requirements.points[cause.want.requirement])
            parts = self.money(cause.amount)
            clause = f"a package earns {printed(round(points, 2))} points and its parts cost {parts} to bring"
            return clause, f"points_per_unit above {printed(math.ceil(cause.amount))} would close it."
        c, p, want = cause.by[0], self.problem, cause.want
        tonnes = float(p.items.tonnes[c.item])
        if cause.journey is not None:
            cost = cause.journey.price * tonnes / c.share
        else:
            cost = float(self.sourcing.roads.costs(c.kind, want.node)[c.node]) * tonnes / c.share
        earns = c.gain / c.share
        gain = printed(round(earns, 2))
        clause = f"a unit from {self._source(c)} earns {gain} points and costs {self.money(cost)} to bring"
        points = float(p.requirements.points[want.requirement]) * cost / max(earns, 1e-12) if earns > 0 else cost
        cure = f"points_per_unit above {printed(math.ceil(points))} {self.closing(cause, self._freed(cause))}."
        if c.node != want.node:
            cheap = earns * c.share / tonnes
            cure = cure[:-1] + f", and so would a way for less than {printed(round(cheap, 2))} a tonne."
        return clause, cure

    def _lead_time(self, cause: Cause) -> tuple[str, str]:
        c, p, want = cause.by[0], self.problem, cause.want
        s, funds = c.what, self.problem.funds
        lead = int(p.suppliers.lead[s])
        opens = [int(funds.first[f]) for f in range(len(funds.keys)) if funds.coalition[f] in (NO_ONE, want.coalition)]
        order = -(-max(min(opens, default=0), int(p.suppliers.first[s]), 0) // 7) * 7
        ready = f"an order of {self.date(order)} is ready on {self.date(order + lead)}"
        clause = f"{self.supplier(s)} needs {lead} days, so that {ready}"
        last = (
            want.by
            if c.node == want.node
            else int(self.sourcing.roads.last_departures(c.kind, want.node, want.by)[c.node])
        )
        days = last - order
        if days < 0:
            return clause, f"Goods nearer to {self.node(want.node)}, or a later due date, are the way to close it."
        return clause, f"Goods ready within {days} days of that order {self.closing(cause, want.units)}."

    def _fund(self, cause: Cause) -> tuple[str, str]:
        c, p, want = cause.by[0], self.problem, cause.want
        funds, s = p.funds, c.what
        f = c.fund if c.fund != NO_ONE else 0
        name = f"fund {funds.keys[f]}"
        price = float(p.suppliers.price[s])
        if c.obstacles:
            window = f"from {self.date(funds.first[f])} to {self.date(funds.until[f])}"
            clause = f"{name} pays orders {window} only, none of which is ready in time from {self.supplier(s)}"
            last = int(self.sourcing.roads.last_departures(c.kind, want.node, want.by)[c.node])
            last = want.by if c.node == want.node else last
            order = (last - int(p.suppliers.lead[s])) // 7 * 7
            money = self.money(price * want.units / c.share)
            return clause, f"{money} for an order by {self.date(order)} {self.closing(cause, want.units)}."
        left = float(self.room.left[self.blame.limits.fund + f])
        clause = (
            f"{name} has {self.money(left)} left of {self.money(funds.amount[f])}, "
            f"and a unit of {self.supplier(s)} costs {self.money(price)}"
        )
        rivals = self.rivals_of(cause).money
        source = math.ceil(cause.units / c.share - HAIR) if self.sourcing.whole(c.item) else cause.units / c.share
        more = max(source * price + rivals - (left % price if price > 0 else 0.0), 0.0)
        extra = f" ({self.money(rivals)} of it for requirements that earn as much)" if rivals > 0 else ""
        return clause, f"{self.money(more)} more in {funds.keys[f]}{extra} {self.closing(cause, cause.units)}."

    def _supplier(self, cause: Cause) -> tuple[str, str]:
        c, p, want = cause.by[0], self.problem, cause.want
        s = c.what
        lead, first = int(p.suppliers.lead[s]), int(p.suppliers.first[s])
        if c.obstacles:
            clause = f"{self.supplier(s)} takes orders only from {self.date(first)}, too late to be ready in time"
            return clause, f"Earlier orders at {p.suppliers.keys[s]} {self.closing(cause, want.units)}."
        weeks = max((min(c.until, p.days - 1) - c.first) // 7 + 1, 1)
        rate = float(p.suppliers.per_week[s])
        clause = f"{self.supplier(s)} sells {printed(rate)} a week, and all that is ready in time is sold"
        rivals = self.rivals_of(cause).source
        more = (cause.units / c.share + rivals) / weeks
        more = math.ceil(more - HAIR) if self.sourcing.whole(c.item) else math.ceil(more * 1000) / 1000
        begin = (c.first - lead) // 7
        return clause, (
            f"{printed(more)} more a week {self.weeks((begin, begin + weeks - 1))} {self.closing(cause, cause.units)}."
        )

    def _leg(self, cause: Cause) -> tuple[str, str]:
        percent = f" ({round(100 * cause.share)} % of the price)" if cause.share < 1 - HAIR else ""
        clause = f"{self.thing(cause)} is full {self.weeks(cause.weeks)}{percent}"
        if cause.amount <= 0:
            clause = f"{self.thing(cause)} carries nothing"
        added, units = self._added(cause)
        told = [f"{printed(more)} more tonnes a week {place}" for place, more in added]
        return clause, f"{listed(told)}{self._earlier(cause)} {self.closing(cause, units)}."

    _node = _leg

    def _added(self, cause: Cause) -> tuple[list[tuple[str, float]], float]:
        """Tonnes a week to add to each limit that is used up on the way, and the units that then come."""
        c, p, lim = cause.by[0], self.problem, self.blame.limits
        tonnes = float(p.items.tonnes[c.item])
        units = cause.behind
        assert cause.weeks is not None
        span = cause.weeks[1] - cause.weeks[0] + 1
        rivals = self.rivals_of(cause)
        source = units / c.share
        if self.sourcing.whole(c.item) and rivals.tonnes <= 0:
            more = math.ceil(source / span - HAIR) * tonnes - cause.spare
        else:
            more = (source * tonnes + rivals.tonnes) / span + rivals.heaviest
        more = math.ceil(more * 100 - HAIR) / 100 if more < 10 else float(math.ceil(more - HAIR))
        told: list[tuple[str, float]] = []
        parts = []
        for row in cause.rows:
            first = lim.leg if row < lim.node else lim.node
            thing = (row - first) // lim.weeks
            parts.append(slice(first + thing * lim.weeks, first + (thing + 1) * lim.weeks))
            key = (p.legs.keys if row < lim.node else p.nodes.keys)[thing]
            place = (
                "there" if key == cause.what else f"on leg {key}" if row < lim.node else f"at node {self.node(thing)}"
            )
            if (place, more) not in told:
                told.append((place, more))
        with self.room.widened(parts, more) as room:
            comes = self.can_bring(cause.want, c, units, c.first, c.until, room)
        return sorted(told, key=lambda x: x[0] != "there"), comes

    def _earlier(self, cause: Cause) -> str:
        """The other way out: units ready earlier at the same node, before the limit is used up."""
        c, want = cause.by[0], cause.want
        units = cause.behind
        if cause.weeks is None:
            return ""
        for day in range(7 * cause.weeks[0] - 1, max(7 * cause.weeks[0] - 7 * self.tries, -1), -7):
            if self.can_bring(want, c, units, max(day, 0), self.problem.days - 1) >= units - HAIR:
                return f", or {self.units(want, units)} ready at {self.node(c.node)} by {self.date(day)},"
        return ""

    def _whole_units(self, cause: Cause) -> tuple[str, str]:
        c, p, want = cause.by[0] if cause.by else None, self.problem, cause.want
        if cause.weeks is not None and c is not None:
            tonnes = float(p.items.tonnes[c.item])
            clause = (
                f"a whole {p.items.names[c.item]} weighs {printed(tonnes)} t, and {self.thing(cause)} has less than "
                f"that left {self.weeks(cause.weeks)}"
            )
            added, units = self._added(cause)
            told = [f"{printed(more)} more tonnes a week {place}" for place, more in added]
            return clause, f"{listed(told)} {self.closing(cause, units)}."
        if cause.journey is not None or want.item < 0:
            clause = "nothing stands in its way; the plan leaves it out within the gap to its bound"
            return clause, "A smaller --gap, or --exact, would bring more of it."
        if want.units < 1 - HAIR:
            clause = f"it lacks less than one whole {p.items.names[want.item]}"
            return clause, "A requirement for a whole number of units would close it."
        clause = f"what is left of {self.item(want.item)} are fractions, and it comes in whole units"
        return clause, f"{self.units(want, want.units)} more whole units would close it."

    def _pin(self, cause: Cause) -> tuple[str, str]:
        offer, other = cause.what.split("/", 1)
        clause = f"a pin gives {printed(cause.amount)} of offer {offer} to {other}, where it earns less"
        return (
            clause,
            f"Releasing {self.units(cause.want, cause.units)} of that pin {self.closing(cause, cause.units)}.",
        )

    def _course(self, cause: Cause) -> tuple[str, str]:
        c = self.problem.courses
        i = c.keys.index(cause.what)
        name = f"course {named(c.names[i], cause.what)}"
        if cause.weeks is None:
            days = c.starts[i]
            when = f"; the first ends on {self.date(int(days[0] + c.days[i]))}" if len(days) else ""
            clause = f"no start of {name} ends in time{when}"
            start = self.date(max(cause.want.by - int(c.days[i]), 0))
            return clause, f"A start by {start} {self.closing(cause, cause.want.units)}."
        starts = max(int(cause.amount), 1)
        clause = f"{name} has {printed(cause.spare)} free seats in its {starts} starts that end in time"
        rivals = self.rivals_of(cause).units
        seats = math.ceil((cause.units + rivals) / starts - HAIR)
        where = "in that start" if starts == 1 else f"in each of the {starts} starts"
        return clause, f"{seats} more seats {where} {self.closing(cause, cause.units)}."

    def _trainees(self, cause: Cause) -> tuple[str, str]:
        c, weeks = self.problem.courses, cause.weeks or (0, 0)
        name = f"course {named(c.names[c.keys.index(cause.what)], cause.what)}"
        clause = (
            f"no more than {printed(self.problem.trainees)} persons a week can be released {self.weeks(weeks)}, "
            f"when {name} starts"
        )
        rivals = self.rivals_of(cause).units
        more = math.ceil((cause.units + rivals) / max(int(cause.amount), 1) - HAIR)
        return clause, f"{more} more persons a week {self.closing(cause, cause.units)}."
