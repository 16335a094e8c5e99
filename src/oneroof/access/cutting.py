"""The first of many rows on the page of a record, and that there are more."""

from __future__ import annotations

from typing import Any

MOST_SHOWN = 200  # rows of each part of a page


class Cut:
    """Takes the first rows of each part of a page; ``at`` is how many where rows were left out, else 0."""

    def __init__(self) -> None:
        self.at = 0

    def __call__(self, rows: Any) -> list[Any]:
        """The first of these rows, by one query."""
        found = list(rows[: MOST_SHOWN + 1])
        if len(found) > MOST_SHOWN:
            self.at = MOST_SHOWN
        return found[:MOST_SHOWN]
