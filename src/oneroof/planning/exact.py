"""The best plan in whole units, by branching."""

from __future__ import annotations

from collections.abc import Callable

from oneroof.planning.relaxation import Relaxation
from oneroof.planning.rounding import whole_units
from oneroof.planning.whole import Shipments


def exact(
    relaxation: Relaxation, stop: Callable[[], bool] | None = None, time_limit: float | None = None
) -> tuple[Shipments, float, bool]:
    """A plan in whole units, a bound that no such plan can pass, and whether the two meet."""
    return whole_units(relaxation, stop), relaxation.bound, False
