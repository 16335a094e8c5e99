"""Space and time as the compiled sweeps want them: legs, sources, pairs and parts of packages in plain arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oneroof.planning.goals import last_useful_day
from oneroof.planning.matching import Matching
from oneroof.planning.problem import NO_ONE, Floats, Ints, Problem

LANES = 8  # sources that one sweep carries side by side


class Terrain(NamedTuple):
    """What never changes while prices do (the compiled sweeps take named tuples, not dataclasses).

    A *need* is an item part of a package requirement; its cost is known by day, from the day on which the package is
    due to the last useful one.
    """

    leg_origin: Ints
    leg_destination: Ints
    leg_days: Ints
    leg_opens: Ints
    leg_closes: Ints
    out_first: Ints
    out_leg: Ints
    in_first: Ints
    in_leg: Ints
    stops: Ints  # nodes where a leg ends: nothing is ever brought to the others
    place: Ints  # (nodes,) where the labels of a node stand: among the stops, or behind them all where no leg ends
    node: Ints  # (sources,)
    first: Ints
    until: Ints
    last: Ints  # last useful day over the source's pairs
    tonnes: Floats
    legs: Ints
    bay: Ints  # row of the order prices by day, 0 for offers (see Market)
    pair_first: Ints  # (sources + 1,)
    pair_source: Ints
    pair_node: Ints
    pair_part: Ints
    pair_gain: Floats
    pair_due: Ints
    pair_latest: Ints
    pair_last: Ints
    pair_need: Ints  # the need that a part pair may fill, NO_ONE for items
    need_first: Ints  # (needs + 1,) where the days of each need begin
    need_begin: Ints  # (needs,) the first of its days


def terrain_of(problem: Problem, matching: Matching) -> Terrain:
    """Lay out a problem for the sweeps."""
    p, s, pairs, net = problem, matching.sources, matching.pairs, matching.network
    count = len(s.item)
    last = np.full(count, -1, np.int64)
    np.maximum.at(last, pairs.source, pairs.last)
    need, need_first, need_begin = _needs(p)
    is_part = pairs.part >= 0
    stops = np.unique(p.legs.destination).astype(np.int64)
    place = np.full(len(p.nodes.keys), len(stops), np.int64)
    place[stops] = np.arange(len(stops))
    return Terrain(
        leg_origin=p.legs.origin.copy(),  # copies: the sweeps are compiled for arrays that may be written
        leg_destination=p.legs.destination.copy(),
        leg_days=p.legs.days.copy(),
        leg_opens=p.legs.opens.copy(),
        leg_closes=p.legs.closes.copy(),
        out_first=net.out_first,
        out_leg=net.out_leg,
        in_first=net.in_first,
        in_leg=net.in_leg,
        stops=stops,
        place=place,
        node=s.node.copy(),
        first=s.first.copy(),
        until=s.until.copy(),
        last=last,
        tonnes=s.tonnes.copy(),
        legs=s.legs.copy(),
        bay=np.where(s.is_offer, 0, np.cumsum(~s.is_offer)).astype(np.int64),
        pair_first=np.searchsorted(pairs.source, np.arange(count + 1)).astype(np.int64),
        pair_source=pairs.source.copy(),
        pair_node=p.requirements.node[pairs.requirement],
        pair_part=pairs.part.copy(),
        pair_gain=pairs.gain.copy(),
        pair_due=p.requirements.due[pairs.requirement],
        pair_latest=p.requirements.latest[pairs.requirement],
        pair_last=pairs.last.copy(),
        pair_need=np.where(is_part, need[pairs.requirement] + pairs.part, NO_ONE),
        need_first=need_first,
        need_begin=need_begin,
    )


def first_needs(p: Problem) -> Ints:
    """(requirements + 1,) the first need of every requirement; each part has a place there, courses too."""
    count = [len(p.packages.parts[k]) if k != NO_ONE else 0 for k in p.requirements.package]
    return np.concatenate([[0], np.cumsum(count)]).astype(np.int64)


def _needs(p: Problem) -> tuple[Ints, Ints, Ints]:
    """The first need of every requirement, and the days that each covers: where they stand and the first of them."""
    places = first_needs(p)
    count = np.diff(places)
    last = np.repeat(last_useful_day(p), count)
    begin = np.maximum(np.minimum(np.repeat(p.requirements.due, count), last), 0).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(np.maximum(last - begin + 1, 0))]).astype(np.int64)
    return places[:-1], first, begin


def batches(terrain: Terrain, sources: Ints) -> Ints:
    """(batches, LANES) sources that may be swept together, those with the same legs; NO_ONE where a lane is empty.

    Sorted by first day, so that the lanes of a batch begin at about the same time.
    """
    order = sources[np.lexsort((sources, terrain.first[sources], terrain.legs[sources]))]
    return lanes_of(terrain.legs[order], order)


def lanes_of(kind: Ints, sources: Ints) -> Ints:
    """(batches, LANES) sources of the same kind side by side, in the order given; NO_ONE where a lane is empty."""
    order = np.argsort(kind, kind="stable")
    _, count = np.unique(kind, return_counts=True)
    full = -(-count // LANES)
    found = np.full((int(full.sum()), LANES), NO_ONE, np.int64)
    place = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    row = np.repeat(np.cumsum(full) - full, count) + place // LANES
    found[row, place % LANES] = sources[order]
    return found
