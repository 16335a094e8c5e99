"""A plan in fractions with its proof, and what was known round by round on the way to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from oneroof.planning.limits import Limits
from oneroof.planning.matching import Matching
from oneroof.planning.pool import Pool
from oneroof.planning.problem import Floats, Problem
from oneroof.planning.routes import Router


@dataclass(frozen=True)
class Round:
    """What is known after a round."""

    round: int
    bound: float
    best: float
    columns: int
    seconds: float

    @property
    def gap(self) -> float:
        """(bound - best) / max(|bound|, 1)."""
        return (self.bound - self.best) / max(abs(self.bound), 1.0)


@dataclass
class Relaxation:
    """A plan in fractions with its proof: columns and quantities, prices, bound."""

    problem: Problem
    matching: Matching
    limits: Limits
    router: Router
    pool: Pool
    quantity: Floats  # (columns of the pool,)
    objective: float
    bound: float
    price: Floats  # (rows,) at the best bound
    rounds: int
    status: str  # optimal, time_limit or interrupted
    history: list[Round] = field(default_factory=list)

    @property
    def gap(self) -> float:
        """(bound - objective) / max(|bound|, 1)."""
        return (self.bound - self.objective) / max(abs(self.bound), 1.0)
