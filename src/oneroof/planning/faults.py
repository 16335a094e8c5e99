"""What is wrong with a problem, told cell by cell and all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_VALUE = 80  # characters of a cell that a sentence repeats


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: where (table, row, column), what (value), why (reason) and the way out (cure).

    ``row`` is the row that a spreadsheet shows: the header is 1, the first data row 2. ``column`` and ``value`` are ''
    where there is none. ``reason`` continues the value ("is no date") or, without a value, stands alone.
    """

    table: str
    row: int
    column: str
    value: str
    reason: str
    cure: str

    def sentence(self, workbook: bool = False) -> str:
        """Where, what, why and cure in one line; a workbook has sheets in place of files."""
        if workbook:
            place = f"sheet {self.table}"
        else:
            place = "problem.toml" if self.table == "problem" else f"{self.table}.csv"
        column = f", {self.column}" if self.column else ""
        value = " ".join(self.value.split())
        if len(value) > LONGEST_VALUE:
            value = value[: LONGEST_VALUE - 1] + "…"
        return f"{place} row {self.row}{column}: {value + ' ' if value else ''}{self.reason}. {self.cure}"


class ProblemError(Exception):
    """The question contradicts itself or its tables; ``faults`` holds everything found, sorted by place."""

    def __init__(self, faults: Iterable[Fault], workbook: bool = False) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(faults))
        self.workbook = workbook
        super().__init__("\n".join(self.sentences()))

    def sentences(self) -> list[str]:
        """One line a fault."""
        return [fault.sentence(self.workbook) for fault in self.faults]

    def __reduce__(self) -> tuple[type[ProblemError], tuple[tuple[Fault, ...], bool]]:
        return (type(self), (self.faults, self.workbook))
