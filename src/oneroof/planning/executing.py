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
from dataclasses import dataclass

import numpy as np
from numba import njit

from oneroof.planning.futures import Futures
from oneroof.planning.itineraries import Itineraries, Network, itineraries_of, network_of
from oneroof.planning.ledger import PRINTED, TOLERANCE, Ledger
from oneroof.planning.problem import Bools, Floats, Ints, Problem
from oneroof.planning.tables import Row
from oneroof.planning.workers import spread

HAIR = 1e-9
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

    list(spread(some, range(0, count, CHUNK), threads))
    found.arrive[:, ways.order] = last
    slack = TOLERANCE * np.maximum(1.0, np.abs(found.in_time)) + PRINTED * (1 + net.lines)
    np.less_equal(net.wanted, found.in_time + slack, out=found.met)
    return found


@njit(cache=True, nogil=True)
def _carry_out(ways, net, late, closed, paused, in_time, points, last):  # type: ignore[no-untyped-def]
    """One future: fills units in time and points by requirement and returns the transport cost."""
    count = len(ways.quantity)
    size = 2 * count + 16
    who = np.empty(size, np.int64)  # lots: the delivery, units, step, day from which it may leave, next of the delivery
    units = np.empty(size, np.float64)
    step = np.empty(size, np.int64)
    ready = np.empty(size, np.int64)
    sibling = np.full(size, -1, np.int64)
    follower = np.full(size, -1, np.int64)  # next lot that arrives on the same day
    head = np.arange(count)
    for i in range(count):
        who[i], units[i], step[i], ready[i] = i, ways.quantity[i], ways.first_step[i], 0
    lots = count
    last[:] = 0
    arriving = np.full(net.last_day + 1, -1, np.int64)
    waiting = np.empty(size, np.int64)
    queue = 0
    leg_taken, node_taken = ways.leg_booked.copy(), ways.node_booked.copy()
    stock = net.graduated.copy()
    cost = 0.0
    for day in range(net.last_day):
        week = day // 7
        for e in range(ways.event_first[day], ways.event_first[day + 1]):
            i, k = ways.event_delivery[e], ways.event_step[e]
            lot = head[i]
            while lot >= 0:
                there = (k < 0 or step[lot] == k) and ready[lot] <= day
                first = k < 0 or k == ways.first_step[i]
                shut = (first and paused[ways.donor[i], week]) or (k >= 0 and closed[net.origin[ways.leg[k]], week])
                if there and not shut:
                    cost += _leave(lot, day, ways, net, late, who, units, step, ready, follower, arriving, stock, in_time, points, last)
                else:
                    if k >= 0:
                        tonnes = units[lot] * ways.weight[i]
                        leg_taken[ways.leg[k], week] -= tonnes
                        node_taken[net.origin[ways.leg[k]], week] -= tonnes
                    if there:
                        queue = _join(waiting, queue, lot, who)
                lot = sibling[lot]
        lot = arriving[day]
        while lot >= 0:
            queue = _join(waiting, queue, lot, who)
            lot = follower[lot]
        left = 0
        for place in range(queue):
            lot = waiting[place]
            i = who[lot]
            if lots + 1 >= size:  # room for one more lot that is split off
                who, units, step, ready = _longer(who), _longer_floats(units), _longer(step), _longer(ready)
                sibling, follower = _longer(sibling), _longer(follower)
                waiting = _longer(waiting)
                size = len(who)
            most = _fits(i, step[lot], units[lot], day, ways, net, closed, paused, leg_taken, node_taken)
            if most <= 0.0:
                waiting[left] = lot
                left += 1
                continue
            going = lot
            if most < units[lot]:
                going = lots
                lots += 1
                who[going], units[going], step[going], ready[going] = i, most, step[lot], ready[lot]
                sibling[going], head[i] = head[i], going
                units[lot] -= most
                waiting[left] = lot
                left += 1
            if ways.first_step[i] < ways.first_step[i + 1]:
                leg = ways.leg[step[going]]
                leg_taken[leg, week] += most * ways.weight[i]
                node_taken[net.origin[leg], week] += most * ways.weight[i]
            cost += _leave(going, day, ways, net, late, who, units, step, ready, follower, arriving, stock, in_time, points, last)
        queue = left
    for lot in range(lots):
        if step[lot] < max(ways.first_step[who[lot] + 1], ways.first_step[who[lot]] + 1):
            last[who[lot]] = net.last_day
    _complete(net, stock, in_time, points)
    return cost


@njit(cache=True, nogil=True)
def _longer(array):  # type: ignore[no-untyped-def]
    """A copy with twice the room; what is new is -1."""
    more = np.full(2 * len(array), -1, np.int64)
    more[: len(array)] = array
    return more


@njit(cache=True, nogil=True)
def _longer_floats(array):  # type: ignore[no-untyped-def]
    """A copy with twice the room."""
    more = np.zeros(2 * len(array), np.float64)
    more[: len(array)] = array
    return more


@njit(cache=True, nogil=True)
def _join(waiting, queue, lot, who):  # type: ignore[no-untyped-def]
    """Put a lot in its place among those that wait: by delivery, the most points a tonne first."""
    place = queue
    while place > 0 and (who[waiting[place - 1]], waiting[place - 1]) > (who[lot], lot):
        waiting[place] = waiting[place - 1]
        place -= 1
    waiting[place] = lot
    return queue + 1


@njit(cache=True, nogil=True)
def _fits(i, k, units, day, ways, net, closed, paused, leg_taken, node_taken):  # type: ignore[no-untyped-def]
    """How many units of a lot that waits may leave today."""
    week = day // 7
    if k == ways.first_step[i] and paused[ways.donor[i], week]:
        return 0.0
    if ways.first_step[i] == ways.first_step[i + 1]:
        return units
    leg = ways.leg[k]
    node = net.origin[leg]
    if closed[node, week] or day < net.opens[leg] or day > net.closes[leg]:
        return 0.0
    room = min(net.leg_room[leg] - leg_taken[leg, week], net.node_room[node] - node_taken[node, week])
    if room + HAIR >= units * ways.weight[i]:
        return units
    most = room / ways.weight[i]
    return np.floor(most + HAIR) if ways.whole[i] else (most if most > 1e-3 else 0.0)


@njit(cache=True, nogil=True)
def _leave(lot, day, ways, net, late, who, units, step, ready, follower, arriving, stock, in_time, points, last):  # type: ignore[no-untyped-def]
    """A lot leaves its node, or is handed over where it lies; returns the transport cost."""
    i = who[lot]
    k = step[lot]
    arrive = day
    cost = 0.0
    if ways.first_step[i] < ways.first_step[i + 1]:
        leg = ways.leg[k]
        arrive = day + net.days[leg] + late[leg, day // 7]
        cost = units[lot] * ways.weight[i] * net.cost[leg]
    step[lot] = k + 1
    ready[lot] = arrive
    if arrive >= net.last_day:
        last[i] = net.last_day
        return cost
    if k + 1 < ways.first_step[i + 1]:
        if arrive > ways.depart[k + 1]:
            follower[lot] = arriving[arrive]
            arriving[arrive] = lot
        return cost
    last[i] = max(last[i], arrive)
    r = ways.requirement[i]
    if ways.slot[i] >= 0:
        stock[ways.slot[i], arrive] += units[lot]
    else:
        served = units[lot] * ways.units[i]
        points[r] += served * ways.preference[i] * net.points[r] * _timeliness(net.due[r], net.latest[r], arrive)
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
