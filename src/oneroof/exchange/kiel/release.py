"""A release of the tracker as it was found: its rows, its last day, its own totals."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

from oneroof.exchange.kiel.readings import Reading, date, number, word
from oneroof.planning.faults import Fault

FIRST_DAY = dt.date(2022, 1, 24)  # the tracker counts from here
LONGEST_STRETCH = dt.timedelta(days=5 * 366)  # a date this far behind the middle one is a slip of the pen


class TrackerFault(Fault):
    """A fault of a release: ``table`` is the file or sheet as its publisher named it."""

    def sentence(self, workbook: bool = False) -> str:
        """Where, what, why and cure in one line."""
        row = f" row {self.row}" if self.row else ""
        column = f", {self.column}" if self.column else ""
        value = f"{self.value} " if self.value else ""
        return f"{self.table}{row}{column}: {value}{self.reason}. {self.cure}"


@dataclass(frozen=True)
class Entry:
    """One row of the release; ``cells`` holds the recognised fields as found."""

    file: str  # the sheet or file
    row: int  # as a spreadsheet shows it
    cells: dict[str, object]
    refused: str = ""  # why rows of this file are never taken; '' where each is judged by itself

    def word(self, name: str) -> str:
        """A field as text, '' where it is missing."""
        return word(self.cells.get(name))

    def number(self, name: str) -> Reading:
        """A field as a number."""
        return number(self.cells.get(name))


@dataclass(frozen=True)
class Agreement:
    """A sum over the rows beside the figure that the release states itself."""

    what: str
    unit: str
    ours: float
    stated: float
    where: str  # the sheet or file that states it
    tolerance: float

    @property
    def agrees(self) -> bool:
        """Whether both figures are the same up to the tolerance."""
        return abs(self.ours - self.stated) <= self.tolerance


@dataclass
class Release:
    """A release: what was read, from where, and what was understood."""

    title: str
    names: dict[str, str]  # file -> SHA-256 of its bytes
    entries: list[Entry] = field(default_factory=list)
    last_day: dt.date = FIRST_DAY
    last_day_from: str = ""
    recognised: list[tuple[str, str, str]] = field(default_factory=list)  # sheet or file, field, title
    unknown: list[tuple[str, str]] = field(default_factory=list)  # sheet or file, title
    unread: list[tuple[str, int]] = field(default_factory=list)  # sheets of aid that are not read, rows
    usd_per_eur: float | None = None
    rate_from: str = ""
    agreements: list[Agreement] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def latest(announced: Iterable[object]) -> dt.date | None:
    """The last announcement that is a real date; dates years behind the middle one are slips and do not count."""
    days = sorted(day for cell in announced if isinstance(cell, dt.date) for day in [date(cell)] if day)
    days = [day for day in days if day >= FIRST_DAY]
    if not days:
        return None
    middle = statistics.median_low([day.toordinal() for day in days])
    return max(day for day in days if day.toordinal() <= middle + LONGEST_STRETCH.days)
