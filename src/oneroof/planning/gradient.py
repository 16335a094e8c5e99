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


@dataclass
class Iterate:
    """Where the method stands: shares of every column, prices of every row, and the weight between the two."""

    share: Floats  # (columns,) x / most
    price: Floats  # (rows,) objective per unit of the limit
    omega: float = 1.0


@njit(cache=True, nogil=True)
def _products(first, rows, values, y, x, out_columns, out_rows):  # type: ignore[no-untyped-def]
    """out_columns = A' y and out_rows = A x, in one pass over the entries."""
    out_rows[:] = 0.0
    for j in range(len(first) - 1):
        total, xj = 0.0, x[j]
        for i in range(first[j], first[j + 1]):
            total += values[i] * y[rows[i]]
            out_rows[rows[i]] += values[i] * xj
        out_columns[j] = total


@njit(cache=True, nogil=True)
def _run(first, rows, values, q, top, h, x, y, omega, iterations):  # type: ignore[no-untyped-def]
    """Iterate on: maximise q'x, A x <= h, 0 <= x <= top. Returns x, y and the weight."""
    n, m = len(q), len(h)
    tau, sigma = np.zeros(n), np.zeros(m)
    for j in range(n):
        for i in range(first[j], first[j + 1]):
            tau[j] += abs(values[i])
            sigma[rows[i]] += abs(values[i])
    column_sum, row_sum = tau.copy(), sigma.copy()
    for j in range(n):
        tau[j] = 1.0 / tau[j] if tau[j] > 0 else 0.0
    for i in range(m):
        sigma[i] = 1.0 / sigma[i] if sigma[i] > 0 else 0.0
    x0, y0 = x.copy(), y.copy()
    aty, ax, at_new, ax_new = np.zeros(n), np.zeros(m), np.zeros(n), np.zeros(m)
    new_x, new_y = np.zeros(n), np.zeros(m)
    best, before, k = np.inf, np.inf, 0
    for step in range(iterations):
        _products(first, rows, values, y, x, aty, ax)
        for j in range(n):
            new_x[j] = min(max(x[j] + tau[j] / omega * (q[j] - aty[j]), 0.0), top[j])
        _products(first, rows, values, y, new_x, at_new, ax_new)
        residual = 0.0
        for i in range(m):
            new_y[i] = max(y[i] + sigma[i] * omega * (2.0 * ax_new[i] - ax[i] - h[i]), 0.0)
            residual += (new_y[i] - y[i]) ** 2 * row_sum[i] / omega
        for j in range(n):
            residual += (new_x[j] - x[j]) ** 2 * column_sum[j] * omega
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
            x[:], y[:] = new_x, new_y
            x0[:], y0[:] = new_x, new_y
            best, before, k = np.inf, np.inf, 0
            continue
        a = (k + 1.0) / (k + 2.0)
        for j in range(n):
            x[j] = a * (2.0 * new_x[j] - x[j]) + (1.0 - a) * x0[j]
        for i in range(m):
            y[i] = a * (2.0 * new_y[i] - y[i]) + (1.0 - a) * y0[i]
        k += 1
    return omega


def improve(packed: Packed, amount: Floats, worth: Floats, at: Iterate, iterations: int) -> Iterate:
    """Run some iterations from an iterate; ``worth`` is the objective per unit of each row, for scaling."""
    used, local = np.unique(packed.rows, return_inverse=True)
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
    omega = _run(packed.first, local.astype(np.int64), values, root_c, root_c, root_v, x, y, at.omega, iterations)
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
    charge = np.add.reduceat(packed.values * at.price[packed.rows], packed.first[:-1])
    order = np.argsort(-(packed.gain - charge) / packed.gain, kind="stable")
    _fill(packed.first, packed.rows, packed.values, amount, use, x, order)
    return float(packed.gain @ x), x
