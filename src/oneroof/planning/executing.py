"""A plan carried out in many futures, with a plain rule for goods that miss their departure.

The rule of recourse: goods never leave before their planned day. Goods that are at their node on the planned day leave
as planned, in the room that is booked for them. Where the node is closed, the donor pauses or the goods are not there
yet, the booking is released and they wait for the same leg: they leave on the first day on which the leg is open and
has room beside what is booked, on leg and node, in that week; those with most points a tonne come first (then by the
key of their delivery), split into whole units where only a part fits. The way is never changed, nor what is bought or
taught. A donor's last day does not bind goods that are late. What arrives after the horizon counts as missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from oneroof.planning.futures import Futures
from oneroof.planning.itineraries import itineraries_of, network_of
from oneroof.planning.ledger import PRINTED, TOLERANCE, Ledger
from oneroof.planning.problem import Bools, Floats, Ints, Problem
from oneroof.planning.tables import Row

HAIR = 1e-9  # units
LEAST = 1e-3  # units of what need not be whole that are worth a lot of their own
CHUNK = 8  # futures that a thread takes at a time


@dataclass(frozen=True)
class Outcomes:
    """What became of a plan in each future."""

    in_time: Floats  # (futures, requirements) units by due
    points: Floats  # (futures, requirements)
    met: Bools  # (futures, requirements) all units by due
    cost: Floats  # (futures,) transport, of the legs that were ridden
    arrive: Ints  # (futures, deliveries of the ledger) day on which the last of it is there; the horizon's end if never

    @property
    def objective(self) -> Floats:
        """(futures,) points less transport cost."""
        total: Floats = self.points.sum(axis=1) - self.cost
        return total


def execute(problem: Problem, tables: Mapping[str, list[Row]], futures: Futures, threads: int = 1) -> Outcomes:
    """Carry a plan in whole units out in every future; ``threads`` never changes a figure."""
    ledger = Ledger.of(problem, tables)
    ways, net = itineraries_of(problem, ledger), network_of(problem, ledger)
    count, wanted = futures.count, len(problem.requirements.keys)
    found = Outcomes(
        np.zeros((count, wanted)), np.zeros((count, wanted)), np.zeros((count, wanted), np.bool_), np.zeros(count),
        np.zeros((count, len(ledger.deliveries)), np.int64),
    )  # fmt: skip
    last = np.empty_like(found.arrive)

    def some(first: int) -> None:
        for f in range(first, min(first + CHUNK, count)):
            found.cost[f] = _carry_out(
                ways, net, futures.late[f], futures.closed[f], futures.paused[f], found.in_time[f], found.points[f],
                last[f],
            )  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:  # the compiled loop lets go of the interpreter's lock
        list(pool.map(some, range(0, count, CHUNK)))
    found.arrive[:, ways.order] = last
    slack = TOLERANCE * np.maximum(1.0, np.abs(found.in_time)) + PRINTED * (1 + net.lines)
    np.less_equal(net.wanted, found.in_time + slack, out=found.met)
    return found


class _Lots(NamedTuple):
    """Goods under way: one lot a delivery at first, more where some of a lot leave before the rest."""

    who: Ints  # (size,) delivery
    units: Floats  # (size,)
    step: Ints  # (size,) the step that is next
    ready: Ints  # (size,) day from which it may take that step
    sibling: Ints  # (size,) next lot of the same delivery, -1 at the end
    follower: Ints  # (size,) next lot that arrives too late for its booking on the same day, -1 at the end
    head: Ints  # (deliveries,) first lot of each
    waiting: Ints  # (size,) lots that have missed a departure, the first to go first
    going: Ints  # (size,) lots that leave today
    counts: Ints  # (3,) lots, lots waiting, lots going


class _Taken(NamedTuple):
    """What is booked or used, and what has come about so far."""

    legs: Floats  # (legs, weeks) tonnes
    nodes: Floats  # (nodes, weeks) tonnes
    arriving: Ints  # (days + 1,) first lot that arrives on the day too late for its booking
    stock: Floats  # (slots, days) parts and persons that come on the day


@njit(cache=True, nogil=True)
def _carry_out(ways, net, late, closed, paused, in_time, points, last):  # type: ignore[no-untyped-def]
    """One future: fills units in time, points and last arrivals, and returns the transport cost."""
    count = len(ways.quantity)
    size = 2 * count + 16
    none = np.full(size, -1, np.int64)
    who, units = none.copy(), np.zeros(size)
    who[:count], units[:count] = np.arange(count), ways.quantity
    step = none.copy()
    step[:count] = ways.first_step[:count]
    lots = _Lots(
        who, units, step, np.zeros(size, np.int64), none.copy(), none.copy(), np.arange(count), none.copy(),
        none.copy(), np.array([count, 0, 0]),
    )  # fmt: skip
    taken = _Taken(
        ways.leg_booked.copy(), ways.node_booked.copy(), np.full(net.last_day + 1, -1, np.int64), net.graduated.copy()
    )
    last[:] = 0
    cost = 0.0
    for day in range(net.last_day):
        lots.counts[2] = 0
        _meet_bookings(day, ways, net, lots, taken, closed, paused)
        lot = taken.arriving[day]
        while lot >= 0:
            _join(lots, lot)
            lot = lots.follower[lot]
        if lots.counts[1]:
            if lots.counts[0] + lots.counts[1] > len(lots.who):  # each that waits may be split once today
                lots = _longer(lots)
            _serve_waiting(day, ways, net, lots, taken, closed, paused)
        cost += _ride(day, ways, net, lots, taken, late, in_time, points, last)
    for lot in range(lots.counts[0]):
        i = lots.who[lot]
        if lots.step[lot] < max(ways.first_step[i + 1], ways.first_step[i] + 1):
            last[i] = net.last_day
    _complete(net, taken.stock, in_time, points)
    return cost


@njit(cache=True, nogil=True)
def _longer(lots):  # type: ignore[no-untyped-def]
    """The same lots with twice the room."""
    none = np.full(len(lots.who), -1, np.int64)
    return _Lots(
        np.append(lots.who, none), np.append(lots.units, np.zeros(len(none))), np.append(lots.step, none),
        np.append(lots.ready, none), np.append(lots.sibling, none), np.append(lots.follower, none), lots.head,
        np.append(lots.waiting, none), np.append(lots.going, none), lots.counts,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _meet_bookings(day, ways, net, lots, taken, closed, paused):  # type: ignore[no-untyped-def]
    """Lots that are there and may leave go as booked; the bookings of the others are released."""
    units, step, ready, sibling, going = lots.units, lots.step, lots.ready, lots.sibling, lots.going
    legs, nodes, leg, origin = taken.legs, taken.nodes, ways.leg, net.origin
    deliveries, steps, first_step, weight, donor = (
        ways.event_delivery, ways.event_step, ways.first_step, ways.weight, ways.donor,
    )  # fmt: skip
    week, out = day // 7, lots.counts[2]
    for e in range(ways.event_first[day], ways.event_first[day + 1]):
        i, k = deliveries[e], steps[e]
        node = origin[leg[k]] if k >= 0 else 0
        shut = (k < 0 or k == first_step[i]) and paused[donor[i], week]
        shut = shut or (k >= 0 and closed[node, week])
        lot = lots.head[i]
        while lot >= 0:
            there = (k < 0 or step[lot] == k) and ready[lot] <= day
            if there and not shut:
                going[out] = lot
                out += 1
            else:
                if k >= 0:
                    legs[leg[k], week] -= units[lot] * weight[i]
                    nodes[node, week] -= units[lot] * weight[i]
                if there:
                    _join(lots, lot)
            lot = sibling[lot]
    lots.counts[2] = out


@njit(cache=True, nogil=True)
def _join(lots, lot):  # type: ignore[no-untyped-def]
    """Put a lot in its place among those that wait: by delivery, the most points a tonne first."""
    who, waiting, place = lots.who, lots.waiting, lots.counts[1]
    while place > 0 and (who[waiting[place - 1]], waiting[place - 1]) > (who[lot], lot):
        waiting[place] = waiting[place - 1]
        place -= 1
    waiting[place] = lot
    lots.counts[1] += 1


@njit(cache=True, nogil=True)
def _serve_waiting(day, ways, net, lots, taken, closed, paused):  # type: ignore[no-untyped-def]
    """Lots that wait leave in their order, as far as there is room beside what is booked."""
    who, units, step, waiting = lots.who, lots.units, lots.step, lots.waiting
    first_step, weight, whole, leg, origin = ways.first_step, ways.weight, ways.whole, ways.leg, net.origin
    week, left = day // 7, 0
    for place in range(lots.counts[1]):
        lot = waiting[place]
        i, k = who[lot], step[lot]
        most = units[lot]
        rides = first_step[i] < first_step[i + 1]
        if k == first_step[i] and paused[ways.donor[i], week]:
            most = 0.0
        elif rides:
            way, node = leg[k], origin[leg[k]]
            if closed[node, week] or day < net.opens[way] or day > net.closes[way]:
                most = 0.0
            else:
                room = net.leg_room[way] - taken.legs[way, week]
                room = min(room, net.node_room[node] - taken.nodes[node, week]) / weight[i]
                if room + HAIR < most:
                    most = np.floor(room + HAIR) if whole[i] else room
        if most < (1.0 if whole[i] else LEAST) and most < units[lot]:
            waiting[left] = lot
            left += 1
            continue
        if most < units[lot]:
            waiting[left] = lot
            left += 1
            lot = _split(lots, lot, most)
        if rides:
            taken.legs[way, week] += most * weight[i]
            taken.nodes[node, week] += most * weight[i]
        lots.going[lots.counts[2]] = lot
        lots.counts[2] += 1
    lots.counts[1] = left


@njit(cache=True, nogil=True)
def _split(lots, lot, units):  # type: ignore[no-untyped-def]
    """A new lot with some of the units of another."""
    new, i = lots.counts[0], lots.who[lot]
    lots.counts[0] += 1
    lots.who[new], lots.units[new], lots.step[new], lots.ready[new] = i, units, lots.step[lot], lots.ready[lot]
    lots.units[lot] -= units
    lots.sibling[new], lots.head[i] = lots.head[i], new
    return new


@njit(cache=True, nogil=True)
def _ride(day, ways, net, lots, taken, late, in_time, points, last):  # type: ignore[no-untyped-def]
    """Today's lots leave their nodes, or are handed over where they lie; returns the transport cost."""
    who, units, step, ready, follower = lots.who, lots.units, lots.step, lots.ready, lots.follower
    first_step, leg, depart, weight, slot = ways.first_step, ways.leg, ways.depart, ways.weight, ways.slot
    days, price, arriving = net.days, net.cost, taken.arriving
    week, cost = day // 7, 0.0
    for place in range(lots.counts[2]):
        lot = lots.going[place]
        i, k, arrive = who[lot], step[lot], day
        end = first_step[i + 1]
        if first_step[i] < end:
            way = leg[k]
            arrive = day + days[way] + late[way, week]
            cost += units[lot] * weight[i] * price[way]
        step[lot], ready[lot] = k + 1, arrive
        if arrive >= net.last_day:
            last[i] = net.last_day
        elif k + 1 < end:
            if arrive > depart[k + 1]:
                follower[lot], arriving[arrive] = arriving[arrive], lot
        else:
            last[i] = max(last[i], arrive)
            r = ways.requirement[i]
            if slot[i] >= 0:
                taken.stock[slot[i], arrive] += units[lot]
                continue
            served = units[lot] * ways.units[i]
            worth = net.points[r] * _timeliness(net.due[r], net.latest[r], arrive)
            points[r] += served * ways.preference[i] * worth
            if arrive <= net.due[r]:
                in_time[r] += served
    return cost


@njit(cache=True, nogil=True)
def _timeliness(due, latest, day):  # type: ignore[no-untyped-def]
    """As ``goals.timeliness_on``."""
    if day <= due:
        return 1.0
    return 0.0 if day >= latest else (latest - day) / (latest - due)


@njit(cache=True, nogil=True)
def _complete(net, stock, in_time, points):  # type: ignore[no-untyped-def]
    """Count packages on the day on which all their parts and persons are there, as ``tally`` does."""
    for r in range(len(net.wanted)):
        first, end = net.first_slot[r], net.first_slot[r + 1]
        if first == end:
            continue
        slack = TOLERANCE + PRINTED * (net.lines[r] + end - first)
        most, had = np.floor(net.wanted[r] + TOLERANCE), 0.0
        there = np.zeros(end - first)
        for day in range(net.last_day):
            complete = most
            for s in range(first, end):
                there[s - first] += stock[s, day]
                complete = min(complete, np.floor((there[s - first] + slack) / net.need[s] + TOLERANCE))
            if complete > had:
                points[r] += (complete - had) * net.points[r] * _timeliness(net.due[r], net.latest[r], day)
                if day <= net.due[r]:
                    in_time[r] += complete - had
                had = complete
