"""A first-order method for the master program, warm started and never run to the end: reflected Halpern PDHG.

Method: primal-dual hybrid gradient with reflected Halpern steps and restarts (Lu and Yang, "Restarted Halpern PDHG for
linear programming", 2024), diagonal steps after Pock and Chambolle (2011). Scaling by the worth of every row decides
its speed; see docs/planning-model.md.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from oneroof.planning.columns import Packed, Places
from oneroof.planning.meeting import tell, wait_for
from oneroof.planning.problem import Floats

NAP = 30  # iterations between two looks at all columns
WIDE = 200_000  # entries from which on columns are stepped in two spans, which two threads may share
ASLEEP = 0.05  # share of its gain that a column's limits must charge beyond it to be left out between them


@dataclass
class Iterate:
    """Where the method stands: shares of every column, prices of every row, and the weight between the two."""

    share: Floats  # (columns,) x / most
    price: Floats  # (rows,) objective per unit of the limit
    omega: float = 1.0


@njit(cache=True, nogil=True)
def _sums(first, rows, values, column_sum, row_sum):  # type: ignore[no-untyped-def]
    """Sums of the entries of every column and row (all are positive)."""
    for j in range(len(first) - 1):
        for i in range(first[j], first[j + 1]):
            column_sum[j] += values[i]
            row_sum[rows[i]] += values[i]


@njit(cache=True, nogil=True)
def _awake(begin, end, first, rows, values, q, y, x, x0, new_x, awake):  # type: ignore[no-untyped-def]
    """Note the columns of a span that the next steps may change: those in use, and those that prices leave near."""
    count = begin
    for j in range(np.uint64(begin), np.uint64(end)):
        near = x[j] != 0.0 or x0[j] != 0.0
        if not near:
            total = 0.0
            for i in range(first[j], first[j + 1]):
                total += values[i] * y[rows[i]]
            near = total < (1.0 + ASLEEP) * q[j]
        if near:
            awake[count] = j
            count += 1
        else:
            new_x[j] = 0.0
    return count


@njit(cache=True, nogil=True)
def _columns_step(awake, first, rows, values, q, tau, omega, y, x, x0, a, new_x, ax):  # type: ignore[no-untyped-def]
    """The step of some columns (the others are at zero and stay there), in one pass over their entries.

    Fills ``new_x`` with the plain step, ``x`` with the reflected Halpern step, ``ax`` with A new_x; returns what the
    plain step adds to the residual.
    """
    ax[:] = 0.0
    residual = 0.0
    for j in awake:
        total = 0.0
        for i in range(first[j], first[j + 1]):
            total += values[i] * y[rows[i]]
        step = min(max(x[j] + tau[j] / omega * (q[j] - total), 0.0), q[j])
        residual += (step - x[j]) ** 2 / tau[j]
        new_x[j] = step
        x[j] = a * (2.0 * step - x[j]) + (1.0 - a) * x0[j]
        if step != 0.0:
            for i in range(first[j], first[j + 1]):
                ax[rows[i]] += values[i] * step
    return residual * omega


class _State(NamedTuple):
    """Where the iterations are: plain steps are ``new``, the last restart is ``0``; A x goes along with x."""

    x: Floats
    y: Floats
    ax: Floats
    x0: Floats
    y0: Floats
    ax0: Floats
    new_x: Floats
    new_y: Floats
    new_ax: Floats  # (2 spans of columns, rows)
    column_sum: Floats
    row_sum: Floats
    tau: Floats
    awake: Places


@njit(cache=True, nogil=True)
def _state(first, rows, values, x, y):  # type: ignore[no-untyped-def]
    """The state at the begin of the iterations."""
    n, m = len(x), len(y)
    column_sum, row_sum, ax = np.zeros(n), np.zeros(m), np.zeros(m)
    _sums(first, rows, values, column_sum, row_sum)
    for j in range(n):
        for i in range(first[j], first[j + 1]):
            ax[rows[i]] += values[i] * x[j]
    return _State(
        x, y, ax, x.copy(), y.copy(), ax.copy(), np.zeros(n), np.zeros(m), np.zeros((2, m)),
        column_sum, row_sum, 1.0 / column_sum, np.zeros(n, np.uint32),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _rows_step(s, h, omega):  # type: ignore[no-untyped-def]
    """The step of the rows, after A x of all spans of columns is summed; what it adds to the residual."""
    residual = 0.0
    s.new_ax[0] += s.new_ax[1]
    new_ax = s.new_ax[0]
    for i in range(len(h)):
        s.new_y[i] = max(s.y[i] + omega / s.row_sum[i] * (2.0 * new_ax[i] - s.ax[i] - h[i]), 0.0)
        residual += (s.new_y[i] - s.y[i]) ** 2 * s.row_sum[i] / omega
    return residual


@njit(cache=True, nogil=True)
def _restart(s, omega):  # type: ignore[no-untyped-def]
    """Begin anew from the plain step; the new weight."""
    dx = dy = 0.0
    for j in range(len(s.x)):
        dx += (s.new_x[j] - s.x0[j]) ** 2 * s.column_sum[j]
    for i in range(len(s.y)):
        dy += (s.new_y[i] - s.y0[i]) ** 2 * s.row_sum[i]
    s.x[:], s.y[:], s.ax[:] = s.new_x, s.new_y, s.new_ax[0]
    s.x0[:], s.y0[:], s.ax0[:] = s.new_x, s.new_y, s.new_ax[0]
    return np.sqrt(omega * np.sqrt(dy / dx)) if dx > 1e-20 and dy > 1e-20 else omega


@njit(cache=True, nogil=True)
def _rest(s, h, omega, residual, place, iterations):  # type: ignore[no-untyped-def]
    """What follows the step of the columns; the weight, and the place where the iterations are.

    The place is the step, steps since the restart, and the first and the last residual since then.
    """
    step, k, best, before = place
    residual += _rows_step(s, h, omega)
    if k == 0:
        best = residual
    restart = residual < 0.04 * best or (residual < 0.49 * best and residual > before)
    if (restart and k > 0) or k >= 0.36 * iterations + 300 or step == iterations - 1:
        return _restart(s, omega), (step + 1, 0, np.inf, np.inf)
    a = (k + 1.0) / (k + 2.0)
    for i in range(len(h)):
        s.y[i] = a * (2.0 * s.new_y[i] - s.y[i]) + (1.0 - a) * s.y0[i]
        s.ax[i] = a * (2.0 * s.new_ax[0, i] - s.ax[i]) + (1.0 - a) * s.ax0[i]
    return omega, (step + 1, k + 1, best, residual)


@njit(cache=True, nogil=True)
def _span(s, begin, end, count, span, first, rows, values, q, omega, step, k):  # type: ignore[no-untyped-def]
    """The step of a span of columns: where those that are awake end, and what it adds to the residual."""
    if step % NAP == 0:
        count = _awake(begin, end, first, rows, values, q, s.y, s.x, s.x0, s.new_x, s.awake)
    a = (k + 1.0) / (k + 2.0)
    return count, _columns_step(
        s.awake[begin:count], first, rows, values, q, s.tau, omega, s.y, s.x, s.x0, a, s.new_x, s.new_ax[span]
    )


@njit(cache=True, nogil=True)
def _steps(me, s, middle, first, rows, values, q, h, omega, iterations, begun, done, note):  # type: ignore[no-untyped-def]
    """Iterate on: maximise q'x, A x <= h, 0 <= x <= q. Changes x and y of the state; returns the weight.

    A x is kept by the same linear steps as x itself and set anew at every restart. Columns are in two spans: thread 0
    steps the first one and all rows, thread 1 the second one; -1 does everything alone. ``begun`` and ``done`` count
    steps, ``note`` is what the threads tell each other: weight, steps since the restart, what the second span adds to
    the residual.
    """
    place, count, other, residual = (0, 0, np.inf, np.inf), 0, middle, 0.0
    for step in range(iterations):
        if me == 1:
            wait_for(begun, step + 1)
            omega, since = note[0], int(note[1])
        else:
            since = place[1]
            note[0], note[1] = omega, since
            tell(begun, step + 1)
            count, residual = _span(s, 0, middle, count, 0, first, rows, values, q, omega, step, since)
        if me != 0:
            other, note[2] = _span(s, middle, len(q), other, 1, first, rows, values, q, omega, step, since)
            tell(done, step + 1)
        if me != 1:
            wait_for(done, step + 1)
            omega, place = _rest(s, h, omega, residual + note[2], place, iterations)
    return omega


def _run(
    first: Places, rows: Places, values: Floats, q: Floats, h: Floats, x: Floats, y: Floats,
    omega: float, iterations: int, threads: int,
) -> float:  # fmt: skip
    """Iterate; many columns in two spans of equally many entries, side by side where there are threads."""
    wide = len(values) > WIDE
    middle = int(np.searchsorted(first, first[-1] // 2)) if wide else len(q)
    s, flags = _state(first, rows, values, x, y), np.zeros((2, 64), np.int64)  # no two flags in one cache line
    rest = s, middle, first, rows, values, q, h, omega, iterations, flags[0], flags[1], np.zeros(3)
    if threads == 1 or not wide:
        return float(_steps(-1, *rest))
    with ThreadPoolExecutor(1) as pool:
        try:
            other = pool.submit(_steps, 1, *rest)
            other.add_done_callback(lambda _: flags.fill(iterations))
            weight = float(_steps(0, *rest))
        finally:
            flags.fill(iterations)  # whatever broke off one of them, neither waits for ever
        other.result()
    return weight


def improve(packed: Packed, amount: Floats, worth: Floats, at: Iterate, iterations: int, threads: int = 1) -> Iterate:
    """Run some iterations from an iterate; ``worth`` is the objective per unit of each row, for scaling.

    The answer is the same for any number of threads.
    """
    used, local = packed.in_use(len(amount))
    b = amount[used]
    scaled_gain = packed.gain * packed.most
    mean = float(scaled_gain.mean())
    c = scaled_gain / mean
    v = np.maximum(b * worth[used] / mean, 1e-9)
    width = np.diff(packed.first)
    values = packed.values * np.repeat(packed.most / np.sqrt(c), width) * np.sqrt(v)[local] / b[local]
    root_c, root_v = np.sqrt(c), np.sqrt(v)
    x = at.share * root_c
    y = at.price[used] * b / (mean * root_v)
    first, rows = packed.first.astype(np.uint32), local.astype(np.uint32)
    omega = _run(first, rows, values, root_c, root_v, x, y, at.omega, iterations, threads)
    price = np.zeros_like(at.price)
    price[used] = np.maximum(y, 0.0) * mean * root_v / b
    return Iterate(np.clip(x / root_c, 0.0, 1.0), price, float(omega))


@njit(cache=True, nogil=True)
def _shrink(first, rows, values, amount, x):  # type: ignore[no-untyped-def]
    """Scale every column by the smallest amount / use of its rows, so that none is overdrawn; the use that is left."""
    use = np.zeros(len(amount))
    for j in range(len(first) - 1):
        for i in range(first[j], first[j + 1]):
            use[rows[i]] += values[i] * x[j]
    for j in range(len(first) - 1):
        scale = 1.0
        for i in range(first[j], first[j + 1]):
            if use[rows[i]] > amount[rows[i]]:
                scale = min(scale, amount[rows[i]] / use[rows[i]])
        x[j] *= scale
    use[:] = 0.0
    for j in range(len(first) - 1):
        for i in range(first[j], first[j + 1]):
            use[rows[i]] += values[i] * x[j]
    return use


@njit(cache=True, nogil=True)
def _fill(first, rows, values, amount, use, x, order):  # type: ignore[no-untyped-def]
    """Raise the columns one after another by what their rows have left."""
    for j in order:
        room = np.inf
        for i in range(first[j], first[j + 1]):
            room = min(room, (amount[rows[i]] - use[rows[i]]) / values[i])
        if room > 0.0:
            x[j] += room
            for i in range(first[j], first[j + 1]):
                use[rows[i]] += values[i] * room


def feasible(packed: Packed, amount: Floats, at: Iterate) -> tuple[float, Floats]:
    """A plan in fractions near the iterate that keeps every limit: its objective and its columns' quantities."""
    x = at.share * packed.most
    entries = *packed.places(), packed.values, amount
    use = _shrink(*entries, x)
    order = np.argsort(-(packed.gain - packed.charge(at.price)) / packed.gain, kind="stable")
    _fill(*entries, use, x, order.astype(np.uint32))
    return float(packed.gain @ x), x
