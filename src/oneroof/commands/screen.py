"""What people see: plain sentences, tables that fit 80 columns, and JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from oneroof.planning.faults import Fault, ProblemError

NARROW = 100  # below this many columns, a cure stands under its reason instead of beside it


def out() -> Console:
    """Standard output: colours only on a terminal, NO_COLOR respected, nothing coloured by guess."""
    return Console(highlight=False, markup=False, emoji=False)


def err() -> Console:
    """Standard error, for progress and what went wrong."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(text: str | Text, style: str = "", to: Console | None = None, indent: int = 0) -> None:
    """A sentence, ``indent`` columns from the left; it wraps on a terminal and stays one line in a pipe."""
    console = to or out()
    told = text if isinstance(text, Text) else Text(text, style=style)
    if console.is_terminal:
        console.print(Padding(told, (0, 0, 0, indent)))
    else:
        console.print(Text(" " * indent) + told, soft_wrap=True)


def say_json(value: object) -> None:
    """A value as JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def table(headers: Sequence[str], rows: Iterable[Sequence[str | Text]], right: Iterable[int] = ()) -> Table:
    """A table without a frame; the columns in ``right`` hold numbers. Keys fold, they are never cut."""
    numbers = set(right)
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for place, header in enumerate(headers):
        made.add_column(header, justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return made


def say_facts(rows: Sequence[tuple[str, str]]) -> None:
    """Names and what they are, one a line."""
    width = max(len(name) for name, _ in rows) + 2
    for name, what in rows:
        say(Text.assemble((name.ljust(width), "bold"), what))


def faults(error: ProblemError, console: Console) -> None:
    """All faults at once: a table for each table of the problem; those of a whole folder or file as sentences."""
    of_tables = [fault for fault in error.faults if fault.row > 0]
    if len(error.faults) == 1 or not of_tables:
        for fault in error.faults:
            say(fault.sentence(error.workbook), to=console)
        return
    for fault in error.faults:
        if fault.row == 0:
            say(fault.sentence(error.workbook), to=console)
    wide = console.width >= NARROW
    headers = ["row", "column", "value", *(["reason", "cure"] if wide else ["reason, and the cure"])]
    for name in dict.fromkeys(fault.table for fault in of_tables):
        console.print(Text(place(name, error.workbook), style="bold"))
        rows = [_fault(fault, wide) for fault in of_tables if fault.table == name]
        console.print(table(headers, rows, right=[0]))
        console.print()
    say(f"{counted(len(error.faults), 'fault')}, all at once. Nothing was done.", to=console)


def _fault(fault: Fault, wide: bool) -> list[str | Text]:
    """A fault as a row of its table."""
    told: list[str | Text] = [fault.reason, fault.cure]
    if not wide:
        told = [Text.assemble(fault.reason, "\n", (fault.cure, "dim"))]
    return [str(fault.row), fault.column, shortened(fault.value), *told]


def place(table_name: str, workbook: bool) -> str:
    """A table as its file or sheet is called."""
    if workbook:
        return f"sheet {table_name}"
    return "problem.toml" if table_name == "problem" else f"{table_name}.csv"


def shortened(text: str, longest: int = 40) -> str:
    """One line of at most ``longest`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 fault``, ``2 faults``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def amount(text: str | float) -> str:
    """A number for reading: thousands apart, two decimals below a hundred, none above."""
    number = float(text or 0)
    if number == round(number) or abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A share as a percentage: ``0.3 %``; small ones keep two digits that count."""
    value = 100 * share
    if abs(value) >= 10:
        return f"{value:.0f} %"
    if abs(value) >= 1:
        return f"{value:.1f} %"
    return f"{value:.2f} %" if abs(value) >= 0.01 or value == 0 else "under 0.01 %"


def short(value: float, digits: int = 2) -> str:
    """A number in few characters: 1.23 bn, 12.34 m, else thousands apart."""
    for size, word in ((1e9, "bn"), (1e6, "m")):
        if abs(value) >= size:
            return f"{value / size:,.{digits}f} {word}"
    return amount(round(value, 2))
