"""Filters that may be taken out unnoticed, since another wall stands behind them, and the test that shows that one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SecondWall:
    """Why nothing is told without the filter, and the test, which reaches it, of what stands behind it."""

    why: str
    test: str


SECOND_WALLS: dict[str, SecondWall] = {}
