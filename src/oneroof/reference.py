"""Where the reference scenario lies, beside the installed package or in the repository; and its Ukrainian names.

The scenario's tables are a planning problem, which knows one name a thing. Names in Ukrainian stand in
``reference_names.csv``: translations by hand, places as Ukrainian atlases spell them.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import oneroof
from oneroof.planning.tables import as_csv

NAME = "washington-2024"


def folder() -> Path:
    """The folder of the reference scenario; raises FileNotFoundError when the installation lacks it."""
    package = Path(oneroof.__file__).resolve().parent
    places = (package / "examples" / NAME, package.parents[1] / "examples" / NAME)
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(2, f"the reference scenario {NAME} is missing; install the package again", str(places[0]))


def tables(*names: str) -> list[tuple[str, bytes]]:
    """Tables of the reference scenario as files, with a column of names in Ukrainian where there are some.

    Raises FileNotFoundError as `folder` does.
    """
    place, words = folder(), names_in_ukrainian()
    return [(f"{name}.csv", _with_names((place / f"{name}.csv").read_bytes(), words.get(name, {}))) for name in names]


def names_in_ukrainian() -> dict[str, dict[str, str]]:
    """By table and key."""
    found: dict[str, dict[str, str]] = {}
    with (Path(oneroof.__file__).parent / "reference_names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["table"], {})[row["key"]] = row["name_uk"]
    return found


def _with_names(table: bytes, words: dict[str, str]) -> bytes:
    """A table with the column ``name_uk`` at its end; its first column is the key."""
    if not words:
        return table
    rows = csv.DictReader(io.StringIO(table.decode()))
    key, *more = rows.fieldnames or ()
    return as_csv((key, *more, "name_uk"), [row | {"name_uk": words.get(row[key], "")} for row in rows])
