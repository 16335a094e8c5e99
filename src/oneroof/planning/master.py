"""The master program solved to the end by HiGHS; the only module that knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from oneroof.planning.columns import Packed
from oneroof.planning.problem import Bools, Floats, Ints

WIDE = 1000  # columns from which the interior point method is the quicker one at the root of a search tree


@dataclass(frozen=True)
class Solved:
    """A solved program: objective, quantities of columns, prices of rows (0 for rows that nothing uses)."""

    objective: float
    quantity: Floats
    price: Floats
    bound: float  # no solution can pass it; the objective where the program is linear
    finished: bool
    work: int = 0  # iterations of the simplex method: a measure of effort that is the same on every machine


def solver_name() -> str:
    """Name and version of the solver."""
    return f"HiGHS {highspy.Highs().version()}"  # type: ignore[no-untyped-call]


def solve(
    packed: Packed,
    amount: Floats,
    *,
    floor: tuple[Ints, Floats] | None = None,
    whole: Bools | None = None,
    start: Floats | None = None,
    nodes: int = 0,
    time_limit: float = 0.0,
    gap: float = 0.0,
    stop: Callable[[], bool] | None = None,
) -> Solved:
    """Maximise ``gain @ x`` over columns whose rows may use at most ``amount``.

    ``floor`` gives rows that must use at least an amount; ``whole`` marks columns that take whole numbers, ``start`` is
    a plan to begin with, ``nodes`` and ``time_limit`` (seconds) end a search early (0: never), ``gap`` is relative;
    ``stop`` is asked now and then whether to end.
    """
    used, local = packed.in_use(len(amount))
    columns, rows = len(packed.gain), len(used)
    lower = np.full(rows, -np.inf)
    if floor is not None:
        place = np.searchsorted(used, floor[0])
        here = (place < rows) & (used[np.minimum(place, rows - 1)] == floor[0]) if rows else np.zeros(len(place), bool)
        if (floor[1][~here] > 0).any():  # nothing in the program could keep it
            return Solved(-np.inf, np.zeros(columns), np.zeros(len(amount)), -np.inf, finished=True)
        lower[place[here]] = floor[1][here]
    scale = max(float(np.abs(packed.gain).max()), 1e-12) if columns else 1.0
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, rows
    lp.col_cost_ = -packed.gain / scale
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.full(columns, np.inf) if whole is None else packed.most
    lp.row_lower_, lp.row_upper_ = lower, amount[used]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = packed.first.astype(np.int32), local.astype(np.int32)
    lp.a_matrix_.value_ = packed.values
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 1)
    if time_limit:
        highs.setOptionValue("time_limit", time_limit)
    if whole is not None:
        if columns > WIDE:
            highs.setOptionValue("mip_lp_solver", "ipm")
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(flag)] for flag in whole]
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("mip_abs_gap", 1e-9)
        highs.setOptionValue("mip_allow_restart", not nodes)
        highs.setOptionValue("mip_detect_symmetry", False)
        if nodes:  # a quick search: this heuristic takes a third of the time and finds little
            highs.setOptionValue("mip_heuristic_run_root_reduced_cost", False)
        if nodes:
            highs.setOptionValue("mip_max_nodes", nodes)
    highs.passModel(lp)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start
        highs.setSolution(solution)
    if stop is not None:
        ask = stop
        highs.cbMipInterrupt.subscribe(lambda event: event.interrupt(ask()))
    highs.run()
    info, status = highs.getInfo(), highs.getModelStatus()
    finished = status == highspy.HighsModelStatus.kOptimal
    x = np.array(highs.getSolution().col_value)
    price = np.zeros(len(amount))
    if len(x) != columns or info.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
        nothing = status == highspy.HighsModelStatus.kInfeasible
        bound = -np.inf if nothing else np.inf
        return Solved(-np.inf, np.zeros(columns), price, bound, nothing, info.simplex_iteration_count)
    if whole is None:
        price[used] = -np.array(highs.getSolution().row_dual) * scale
        return Solved(float(packed.gain @ x), x, price, float(packed.gain @ x), finished)
    bound = -info.mip_dual_bound * scale
    return Solved(float(packed.gain @ x), x, price, bound, finished, info.simplex_iteration_count)
