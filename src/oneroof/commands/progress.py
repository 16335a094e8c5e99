"""The progress of a long search: one line that renews itself on a terminal, sparse plain lines elsewhere."""

from __future__ import annotations

import time
from typing import Protocol

from rich.live import Live
from rich.text import Text

from oneroof.commands.screen import err, percent, short

QUIET_SECONDS = 5.0  # between two plain lines
SEARCH = "relaxation"  # the planner's word for the long part
DOING = {SEARCH: "searching", "explanations": "explaining the gaps", "next pledges": "trying next pledges"}


class Step(Protocol):
    """What the search tells as it goes (``oneroof.planning.planner.Progress``)."""

    @property
    def doing(self) -> str: ...  # noqa: D102 - the protocol's docstring says it
    @property
    def round(self) -> int: ...  # noqa: D102
    @property
    def bound(self) -> float: ...  # noqa: D102
    @property
    def best(self) -> float: ...  # noqa: D102
    @property
    def gap(self) -> float: ...  # noqa: D102
    @property
    def seconds(self) -> float: ...  # noqa: D102


def line(step: Step) -> str:
    """The step in at most 79 characters: what is done, gap and seconds; while searching also round, plan and bound."""
    parts = [DOING.get(step.doing, step.doing)]
    searching = step.doing == SEARCH
    if searching and step.round:
        parts.append(f"round {step.round}")
    if _told(step.gap) and step.gap < 1:
        parts.append(f"gap {percent(step.gap)}")
    if searching and _told(step.best):
        parts.append(f"best {short(step.best, 4)}")
    if searching and _told(step.bound):
        parts.append(f"bound {short(step.bound, 4)}")
    parts.append(f"{step.seconds:.0f} s")
    return " · ".join(parts)[:79]


def _told(value: float) -> bool:
    """Whether it is a finite number."""
    return abs(value) < float("inf")


class Shown:
    """Shows the steps of a search on standard error while it is open."""

    def __init__(self, quiet: bool = False) -> None:
        self.console = err()
        self.quiet = quiet
        self._last = -QUIET_SECONDS
        self._live: Live | None = None

    def __enter__(self) -> Shown:
        if self.console.is_terminal and not self.quiet:
            self._live = Live(Text(""), console=self.console, transient=True, auto_refresh=False)
            self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.__exit__(None, None, None)
            self._live = None

    def __call__(self, step: Step) -> None:
        """Show a step, as often as eyes or a log can bear."""
        now = time.monotonic()
        if self.quiet or now - self._last < (0.1 if self._live else QUIET_SECONDS):
            return
        self._last = now
        if self._live is not None:
            self._live.update(Text(line(step), overflow="ellipsis", no_wrap=True), refresh=True)
        else:
            self.note(line(step))

    def note(self, text: str) -> None:
        """A line that stays."""
        self.console.print(Text(text), soft_wrap=not self.console.is_terminal)
