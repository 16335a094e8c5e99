"""What needs a viewer today: each feature gives cards, and each card leads to something to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from oneroof.access.viewer import Viewer

# Cards of one sort on a page.
MOST = 5


@dataclass(frozen=True)
class Need:
    """One thing to do: what, why or by when, and where; ``urgent`` is for what needs a person today."""

    words: Any
    more: Any
    action: Any
    address: str
    urgent: bool = False


# Functions of the viewer; a feature appends its own where its addresses are (`needs.append(...)` in its urls.py).
needs: list[Callable[[Viewer], Iterable[Need]]] = []


def needs_of(viewer: Viewer) -> list[Need]:
    """Everything that needs the viewer, urgent things first, else in the order of the features."""
    every = [need for feature in needs for need in feature(viewer)]
    return sorted(every, key=lambda need: not need.urgent)
