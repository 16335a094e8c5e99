"""Fewer and larger deliveries: what a plan in fractions spreads over many columns is drawn together.

Method: goods of one line (pair, order and pin) and the tight limits on their ways are the two sides of a graph whose
edges are the columns in use. Round a cycle of it tonnes can be shifted so that every line brings and every tight limit
carries what it did, until an edge is empty: as in the transportation problem, a solution without cycles is basic
(Dantzig, "Application of the simplex method to a transportation problem", 1951). The first-order method ends far from
a basic solution, since columns that differ by a week alone earn the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from oneroof.planning.columns import Packed, spans
from oneroof.planning.pool import Pool, name_columns
from oneroof.planning.problem import NO_ONE, Bools, Floats, Ints

TIGHT = 0.01  # share of a limit that may be left where it counts as tight: others rarely get in the way of a shift
PASSES = 4  # each finds limits that the one before has made tight
NEGLIGIBLE = 1e-9  # tonnes that a row takes more for a tonne shifted: rounding


class _Edges(NamedTuple):
    """Columns in use: each joins a line with a node for the tight limits on its way."""

    column: Ints
    line: Ints
    way: Ints  # numbered after the lines
    tonnes: Floats  # a unit of the column


class _Forest(NamedTuple):
    """Trees over lines and ways, made of edges."""

    parent: Ints  # (nodes,) -1 at a root
    edge: Ints  # (nodes,) to the parent
    tree: Ints  # (nodes,) another node of the same tree, in the end one that stands for it
    size: Ints  # (nodes,) of the tree that it stands for
    seen: Ints  # (nodes,) the last search that came by


class _Shift(NamedTuple):
    """Room for a cycle and what it changes."""

    edge: Ints
    sign: Floats
    row: Ints
    change: Floats  # (rows,) per tonne shifted
    seen: Ints  # (rows,) the last cycle that uses it


def consolidated(pool: Pool, quantity: Floats, passes: int = PASSES) -> Floats:
    """(columns,) quantities of fewer columns that bring as much of every line, keep every limit and earn no less."""
    amount, packed, columns = pool.limits.amount, pool.packed, pool.columns
    x = quantity.copy()
    deliveries = np.flatnonzero((x > 0) & ~columns.is_package)
    if not len(deliveries):
        return x
    trips, trip = columns.trips, columns.trip_first[deliveries]
    line, tonnes = np.zeros(len(x), np.int64), np.zeros(len(x))
    same, orders, pins = trips.pair[trip], trips.order[trip] - NO_ONE, trips.pin[trip] - NO_ONE
    same = (same * (orders.max() + 1) + orders) * (pins.max() + 1) + pins
    line[deliveries] = np.unique(same, return_inverse=True)[1]
    tonnes[deliveries] = pool.matching.sources.tonnes[pool.matching.pairs.source[trips.pair[trip]]]
    places = packed.places()
    for _ in range(passes):
        used = deliveries[x[deliveries] > 0]
        used = used[np.lexsort((used, -x[used] * tonnes[used]))]
        use = packed.used(x, len(amount))
        edges = _Edges(used, line[used], _ways(packed, used, _tight(pool, use), int(line.max()) + 1), tonnes[used])
        forest, room = _forest(int(edges.way.max()) + 1), _room(packed, edges, len(amount))
        if not _draw_together(edges, forest, room, *places, packed.values, packed.gain, amount, use, x):
            break
    return x


def _tight(pool: Pool, use: Floats) -> Bools:
    """(rows,) limits of legs and nodes with hardly anything left."""
    lim = pool.limits
    tight = np.isfinite(lim.amount) & (lim.amount - use <= TIGHT * lim.amount)
    tight[: lim.leg] = tight[lim.pin :] = False
    return tight


def _ways(packed: Packed, used: Ints, tight: Bools, lines: int) -> Ints:
    """For every column in use a number after those of the lines, the same where the same tight limits are used.

    Where names are the same by chance, a shift is only forbidden: limits hold by themselves.
    """
    entries, first = spans(packed.first, used)
    kept = tight[packed.rows[entries]]
    first, rows = np.append(0, np.cumsum(kept))[first], packed.rows[entries][kept]
    names, same = np.zeros(len(used), np.uint64), np.zeros(len(used), np.int64)
    name_columns(same, same, first, rows, np.zeros(len(rows), np.uint64), names)
    return np.asarray(lines + np.unique(names, return_inverse=True)[1], np.int64)


def _forest(nodes: int) -> _Forest:
    """Every node a tree of its own."""
    return _Forest(
        np.full(nodes, -1), np.full(nodes, -1), np.arange(nodes), np.ones(nodes, np.int64), np.zeros(nodes, np.int64)
    )


def _room(packed: Packed, edges: _Edges, rows: int) -> _Shift:
    """Room for the longest cycle there may be."""
    longest = len(edges.column) + 2
    return _Shift(
        np.zeros(longest, np.int64), np.zeros(longest), np.zeros(rows, np.int64), np.zeros(rows),
        np.zeros(rows, np.int64),
    )  # fmt: skip


@njit(cache=True)
def _root(forest, node):  # type: ignore[no-untyped-def]
    """Make a node the root of its tree."""
    above, edge = np.int64(-1), np.int64(-1)
    while node >= 0:
        node_above, node_edge = forest.parent[node], forest.edge[node]
        forest.parent[node], forest.edge[node] = above, edge
        above, edge, node = node, node_edge, node_above


@njit(cache=True)
def _tree(forest, node):  # type: ignore[no-untyped-def]
    """The node that stands for a node's tree."""
    while forest.tree[node] != node:
        forest.tree[node] = forest.tree[forest.tree[node]]
        node = forest.tree[node]
    return node


@njit(cache=True)
def _join(forest, k, line, way):  # type: ignore[no-untyped-def]
    """Join two trees by edge ``k``; False where line and way are in one tree already."""
    a, b = _tree(forest, line), _tree(forest, way)
    if a == b:
        return False
    inner, outer, small, large = (way, line, b, a) if forest.size[a] > forest.size[b] else (line, way, a, b)
    _root(forest, inner)
    forest.parent[inner], forest.edge[inner] = outer, k
    forest.tree[small] = large
    forest.size[large] += forest.size[small]
    return True


@njit(cache=True)
def _meeting(forest, a, b, mark):  # type: ignore[no-untyped-def]
    """Where the ways up from two nodes of a tree meet; they are climbed in turn, since the root may be far.

    Nodes on the way are marked with ``mark`` or the next number.
    """
    mine, theirs = mark, mark + 1
    forest.seen[a], forest.seen[b] = mine, theirs
    while True:
        if a >= 0:
            a = forest.parent[a]
        if a >= 0:
            if forest.seen[a] == theirs:
                return a
            forest.seen[a] = mine
        a, b, mine, theirs = b, a, theirs, mine


@njit(cache=True)
def _cycle(forest, shift, k, line, way, search):  # type: ignore[no-untyped-def]
    """The cycle that edge ``k`` closes, from its way up and down to its line; its length, and that of the way up.

    Signs alternate: what is shifted to an edge comes from the next.
    """
    top = _meeting(forest, line, way, 2 * search)
    shift.edge[0], count, node = k, 1, way
    while node != top:
        shift.edge[count] = forest.edge[node]
        count, node = count + 1, forest.parent[node]
    up, node = count, line
    while node != top:
        shift.edge[count] = forest.edge[node]
        count, node = count + 1, forest.parent[node]
    shift.edge[up:count] = shift.edge[up:count][::-1].copy()
    for i in range(count):
        shift.sign[i] = 1.0 if i % 2 == 0 else -1.0
    return count, up


@njit(cache=True)
def _most(edges, shift, count, cycle, first, rows, values, gain, amount, use, x):  # type: ignore[no-untyped-def]
    """The tonnes that may be shifted round a cycle the way that earns no less, the edge that empties, and the rows.

    The edge is -1 where a limit is in the way before.
    """
    worth, found = 0.0, 0
    for i in range(count):
        worth += shift.sign[i] * gain[edges.column[shift.edge[i]]] / edges.tonnes[shift.edge[i]]
    if worth < 0.0:
        shift.sign[:count] *= -1.0
    most, empty = np.inf, -1
    for i in range(count):
        k = shift.edge[i]
        if shift.sign[i] < 0.0 and x[edges.column[k]] * edges.tonnes[k] < most:
            most, empty = x[edges.column[k]] * edges.tonnes[k], i
        for e in range(first[edges.column[k]], first[edges.column[k] + 1]):
            row = rows[e]
            if shift.seen[row] != cycle:
                shift.seen[row], shift.change[row], shift.row[found] = cycle, 0.0, row
                found += 1
            shift.change[row] += shift.sign[i] * values[e] / edges.tonnes[k]
    for i in range(found):
        row = shift.row[i]
        if shift.change[row] > NEGLIGIBLE:
            room = max(amount[row] - use[row], 0.0) / shift.change[row]
            if room < most:
                most, empty = room * (1.0 - 1e-9), -1
    return most, empty, found


@njit(cache=True)
def _swap(forest, edges, shift, k, empty, up):  # type: ignore[no-untyped-def]
    """Let edge ``k`` take the place of the cycle's edge that is empty now."""
    line, way = edges.line[k], edges.way[k]
    inner, outer = (way, line) if empty < up else (line, way)
    gone, node = shift.edge[empty], inner
    while forest.edge[node] != gone:
        node = forest.parent[node]
    forest.parent[node] = forest.edge[node] = -1
    _root(forest, inner)
    forest.parent[inner], forest.edge[inner] = outer, k


@njit(cache=True)
def _draw_together(edges, forest, shift, first, rows, values, gain, amount, use, x):  # type: ignore[no-untyped-def]
    """Close cycles one after another and shift round each; how many shifts there were. Changes ``use`` and ``x``."""
    shifts = 0
    for k in range(len(edges.column)):
        line, way = edges.line[k], edges.way[k]
        if _join(forest, k, line, way):
            continue
        count, up = _cycle(forest, shift, k, line, way, k + 1)
        most, empty, found = _most(edges, shift, count, k + 1, first, rows, values, gain, amount, use, x)
        if most <= 0.0:
            continue
        shifts += 1
        for i in range(count):
            j, tonnes = edges.column[shift.edge[i]], edges.tonnes[shift.edge[i]]
            x[j] = 0.0 if i == empty else max(x[j] + shift.sign[i] * most / tonnes, 0.0)
        for i in range(found):
            use[shift.row[i]] += shift.change[shift.row[i]] * most
        if empty > 0:
            _swap(forest, edges, shift, k, empty, up)
    return shifts
