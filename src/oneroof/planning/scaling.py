"""About what one unit of every limit is worth: it scales the master program, nothing else."""

from __future__ import annotations

import numpy as np

from oneroof.planning.limits import Limits
from oneroof.planning.matching import Matching
from oneroof.planning.problem import NO_ONE, Floats, Problem


def points_of_pairs(problem: Problem, matching: Matching) -> Floats:
    """(pairs,) points that a unit of the source brings; of a part, the share of the package's points by weight."""
    p, pairs, s = problem, matching.pairs, matching.sources
    points = pairs.gain.copy()
    tonnes = {
        k: sum(part.quantity * float(p.items.tonnes[part.what]) for part in p.packages.parts[k] if not part.is_course)
        for k in set(p.requirements.package.tolist()) - {NO_ONE}
    }
    parts = np.flatnonzero(pairs.part >= 0)
    r = pairs.requirement[parts]
    total = np.array([tonnes[k] for k in p.requirements.package[r].tolist()], np.float64)
    points[parts] = p.requirements.points[r] * s.tonnes[pairs.source[parts]] / total
    return points


def worth_of_rows(problem: Problem, matching: Matching, limits: Limits) -> tuple[Floats, float]:
    """(rows,) objective per unit of each limit, and the points of a typical tonne."""
    p, lim, pairs, s = problem, limits, matching.pairs, matching.sources
    worth = np.zeros(lim.end)
    worth[lim.requirement : lim.fund] = p.requirements.points
    points = points_of_pairs(problem, matching)
    offered = s.is_offer[pairs.source]
    np.maximum.at(worth, lim.offer + s.what[pairs.source[offered]], points[offered])
    per_tonne = points / s.tonnes[pairs.source]
    typical = float(np.median(per_tonne[per_tonne > 0])) if (per_tonne > 0).any() else 1.0
    worth[lim.fund : lim.supplier] = 4.0
    worth[lim.supplier : lim.course] = np.repeat(4.0 * np.maximum(p.suppliers.price, 1e-9), lim.weeks)
    packages = p.requirements.points[p.requirements.package != NO_ONE]
    worth[lim.course : lim.leg] = float(packages.mean()) / 10 if len(packages) else 1.0
    worth[lim.leg : lim.pin] = typical
    worth[lim.kept :] = typical
    return worth, typical
