"""A first-order method for the master program, warm started and never run to the end: reflected Halpern PDHG.

Method: primal-dual hybrid gradient with reflected Halpern steps and restarts (Lu and Yang, "Restarted Halpern PDHG for
linear programming", 2024), diagonal steps after Pock and Chambolle (2011). Scaling by the worth of every row decides
its speed; see docs/planning-model.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from oneroof.planning.columns import Packed
from oneroof.planning.problem import Floats

NAP = 30  # iterations between two looks at all columns
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
def _awake(first, rows, values, q, y, x, x0, new_x, next_x, awake):  # type: ignore[no-untyped-def]
    """Note the columns that the next steps may change: those in use, and those that prices do not put far off."""
    count = 0
    for j in range(len(q)):
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
            new_x[j] = next_x[j] = 0.0
    return count


@njit(cache=True, nogil=True)
def _columns_step(awake, first, rows, values, q, tau, omega, y, x, x0, a, next_x, new_x, ax):  # type: ignore[no-untyped-def]
    """The step of some columns (the others are at zero and stay there), in one pass over their entries.

    Fills ``new_x`` with the plain step, ``next_x`` with the reflected Halpern step, ``ax`` with A new_x; returns what
    the plain step adds to the residual.
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
        next_x[j] = a * (2.0 * step - x[j]) + (1.0 - a) * x0[j]
        if step != 0.0:
            for i in range(first[j], first[j + 1]):
                ax[rows[i]] += values[i] * step
    return residual * omega


@njit(cache=True, nogil=True)
def _run(first, rows, values, q, h, x, y, omega, iterations):  # type: ignore[no-untyped-def]
    """Iterate on: maximise q'x, A x <= h, 0 <= x <= q. Changes x and y; returns the weight.

    A x is kept by the same linear steps as x itself and set anew at every restart.
    """
    n, m = len(q), len(h)
    column_sum, row_sum = np.zeros(n), np.zeros(m)
    _sums(first, rows, values, column_sum, row_sum)
    tau, sigma = 1.0 / column_sum, 1.0 / row_sum
    x0, y0, new_x, new_y, next_x = x.copy(), y.copy(), np.zeros(n), np.zeros(m), np.zeros(n)
    ax, ax0, new_ax = np.zeros(m), np.zeros(m), np.zeros(m)
    for j in range(n):
        for i in range(first[j], first[j + 1]):
            ax[rows[i]] += values[i] * x[j]
    ax0[:] = ax
    awake, count = np.zeros(n, np.int64), 0
    best, before, k = np.inf, np.inf, 0
    for step in range(iterations):
        if step % NAP == 0:
            count = _awake(first, rows, values, q, y, x, x0, new_x, next_x, awake)
        a = (k + 1.0) / (k + 2.0)
        residual = _columns_step(awake[:count], first, rows, values, q, tau, omega, y, x, x0, a, next_x, new_x, new_ax)
        for i in range(m):
            new_y[i] = max(y[i] + sigma[i] * omega * (2.0 * new_ax[i] - ax[i] - h[i]), 0.0)
            residual += (new_y[i] - y[i]) ** 2 * row_sum[i] / omega
        if k == 0:
            best = residual
        restart = residual < 0.04 * best or (residual < 0.49 * best and residual > before)
        restart = (restart and k > 0) or k >= 0.36 * iterations + 300 or step == iterations - 1
        before = residual
        if restart:
            dx = dy = 0.0
            for j in range(n):
                dx += (new_x[j] - x0[j]) ** 2 * column_sum[j]
            for i in range(m):
                dy += (new_y[i] - y0[i]) ** 2 * row_sum[i]
            if dx > 1e-20 and dy > 1e-20:
                omega = np.sqrt(omega * np.sqrt(dy / dx))
            x[:], y[:], ax[:] = new_x, new_y, new_ax
            x0[:], y0[:], ax0[:] = new_x, new_y, new_ax
            best, before, k = np.inf, np.inf, 0
            continue
        x[:] = next_x
        for i in range(m):
            y[i] = a * (2.0 * new_y[i] - y[i]) + (1.0 - a) * y0[i]
            ax[i] = a * (2.0 * new_ax[i] - ax[i]) + (1.0 - a) * ax0[i]
        k += 1
    return omega


def improve(packed: Packed, amount: Floats, worth: Floats, at: Iterate, iterations: int) -> Iterate:
    """Run some iterations from an iterate; ``worth`` is the objective per unit of each row, for scaling."""
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
    omega = _run(packed.first, local.astype(np.int32), values, root_c, root_v, x, y, at.omega, iterations)
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
    use = _shrink(packed.first, packed.rows, packed.values, amount, x)
    order = np.argsort(-(packed.gain - packed.charge(at.price)) / packed.gain, kind="stable")
    _fill(packed.first, packed.rows, packed.values, amount, use, x, order)
    return float(packed.gain @ x), x
