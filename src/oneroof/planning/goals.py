"""What makes a plan better: points for units served in time, less the cost of transport."""

from __future__ import annotations

import numpy as np

from oneroof.planning.problem import Floats, Ints, Problem


def timeliness(due: Ints | int, latest: Ints | int, day: Ints | int) -> Floats:
    """1 up to ``due``, falling linearly to 0 at ``latest``, 0 from there on (all in days, broadcast together)."""
    share = (np.asarray(latest, float) - day) / (np.asarray(latest, float) - due)
    clipped: Floats = np.clip(share, 0.0, 1.0)
    return clipped


def timeliness_on(due: int, latest: int, day: int) -> float:
    """``timeliness`` of a single day, without arrays: it is asked for every column."""
    if day <= due:
        return 1.0
    return 0.0 if day >= latest else (latest - day) / (latest - due)


def last_useful_day(problem: Problem) -> Ints:
    """The last day inside the horizon on which each requirement still earns something; -1 where there is none."""
    last: Ints = np.maximum(np.minimum(problem.requirements.latest, problem.days) - 1, -1)
    return last
