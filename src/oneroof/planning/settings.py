"""The settings of a problem: problem.toml or the sheet ``problem``, checked and with defaults filled in."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Sequence

from oneroof.planning.cells import CONTROL, NUMBER, flaw, nearest
from oneroof.planning.faults import Fault
from oneroof.planning.schema import SETTINGS, TABLES, Column

Settings = dict[str, object]
BY_NAME: dict[str, Column] = {column.name: column for column in SETTINGS}
PRIORITY_FACTORS: tuple[int, ...] = (16, 8, 4, 2, 1)
_NO_FILE = (
    "there is no problem.toml",
    "Write one with name, start and weeks, or give the folder in which it lies.",
)


def from_toml(content: bytes | None) -> tuple[Settings, list[Fault]]:
    """Settings from the bytes of problem.toml (None: no such file) and every fault of them."""
    if content is None:
        return {}, [Fault("problem", 1, "", "", *_NO_FILE)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = 1 + content[: error.start].count(b"\n")
        return {}, [Fault("problem", row, "", "", "the file is not UTF-8", "Save it as UTF-8.")]
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [_syntax_fault(text, str(error))]
    lines = text.splitlines()
    return _checked(found, lambda key: _line_of(key, lines))


def from_rows(records: Sequence[tuple[int, list[str]]]) -> tuple[Settings, list[Fault]]:
    """Settings from the rows of the sheet ``problem``: a key, then its value, or several values to the right.

    A list may also take several rows of the same key, or one cell written as a TOML list.
    """
    found: Settings = {}
    rows: dict[str, int] = {}
    faults: list[Fault] = []
    for row, cells in records:
        key, values = cells[0], [cell for cell in cells[1:] if cell]
        if row == 1 and key.lower() == "key":
            continue
        column = BY_NAME.get(key)
        many = column is not None and column.kind in ("numbers", "texts")
        if not key:
            faults.append(
                Fault("problem", row, "", " ".join(values), "has no key", "Write the key into the first column.")
            )
        elif key in rows and not many:
            faults.append(Fault("problem", row, key, " ".join(values), "is given a second time", "Keep one row."))
        elif many and values:
            listed = found.setdefault(key, [])
            assert isinstance(listed, list)
            listed += _list_value(column, values)
        elif len(values) > 1:
            faults.append(Fault("problem", row, key, " ".join(values), "is more than one value", "Keep one value."))
        elif values or column is None:
            found[key] = _value(column, values[0]) if values else ""
        rows.setdefault(key, row)
    settings, more = _checked(found, lambda key: rows.get(key, 1))
    said = {fault.column for fault in faults}
    return settings, faults + [fault for fault in more if fault.column not in said]


def _list_value(column: Column | None, values: list[str]) -> list[object]:
    """The entries of a list that cells hold."""
    if len(values) == 1 and values[0].startswith("["):
        try:
            listed = tomllib.loads("x = " + values[0])["x"]
        except tomllib.TOMLDecodeError:
            return list(values)
        return list(listed) if isinstance(listed, list) else list(values)
    if column is not None and column.name != "sources":
        values = [part for value in values for part in re.split(r"[;,]\s*|\s+", value) if part]
    return [_value(column, value) for value in values]


def _value(column: Column | None, text: str) -> object:
    """The text of a cell as the type that the key wants, or as it is where that fails."""
    if column is not None and column.kind in ("integer", "numbers") and NUMBER.fullmatch(text):
        value = float(text)
        return int(value) if value.is_integer() else value
    if column is not None and column.kind == "date" and flaw(column, text) is None:
        return dt.date.fromisoformat(text)
    return text


def _syntax_fault(text: str, message: str) -> Fault:
    """The fault of a file that is no TOML, at the line that the parser names."""
    at = re.search(r"\(at line (\d+), column \d+\)", message)
    lines = text.splitlines()
    row = int(at.group(1)) if at else max(1, len(lines))
    line = lines[row - 1].strip() if row <= len(lines) else ""
    why = re.sub(r" \(at .*\)$", "", message)
    reason = f"is not TOML: {why[:1].lower()}{why[1:]}" if line else f"the file is not TOML: {why}"
    cure = 'Write key = value, text in quotation marks: name = "Winter energy", start = 2025-01-06, weeks = 52.'
    return Fault("problem", row, "", line, reason, cure)


def _line_of(key: str, lines: list[str]) -> int:
    """The line of a key in problem.toml, 1 where it can't be found."""
    pattern = re.compile(r"\s*(?:\[\[?\s*)?[\"']?" + re.escape(key) + r"[\"']?\s*(?:[=.\]])")
    for number, line in enumerate(lines, start=1):
        if pattern.match(line):
            return number
    return 1


def _checked(found: dict[str, object], row_of: Callable[[str], int]) -> tuple[Settings, list[Fault]]:
    """Settings with defaults, and the faults of what was found."""
    faults: list[Fault] = []
    settings: Settings = {
        "currency": "EUR",
        "min_stage": "pledged",
        "trainees_per_week": None,
        "priority_factors": list(PRIORITY_FACTORS),
        "illustrative": [],
        "sources": [],
    }
    for key in found.keys() - BY_NAME.keys():
        near = nearest(key, BY_NAME)
        cure = f"Write {near}, or remove it." if near else f"Remove it; known are {', '.join(BY_NAME)}."
        faults.append(Fault("problem", row_of(key), key, _shown(found[key]), "is under a key that is not known", cure))
    for key, column in BY_NAME.items():
        if key not in found:
            if column.required:
                cure = f"Add {key} = {_shown_example(column)}"
                faults.append(Fault("problem", row_of(key), key, "", "the key is missing", f"{cure}."))
            continue
        if found[key] == "" and not column.required:
            continue
        value, wrong = _sound(column, found[key])
        if wrong:
            faults.append(Fault("problem", row_of(key), key, _shown(found[key]), *wrong))
        settings[key] = value
    if not any(fault.column in ("start", "weeks") for fault in faults):
        start, weeks = settings["start"], settings["weeks"]
        assert isinstance(start, dt.date)
        assert isinstance(weeks, int)
        if (dt.date.max - start).days < 7 * weeks:
            wrong = ("lets the horizon end after the year 9999", "Bring start forward.")
            faults.append(Fault("problem", row_of("start"), "start", start.isoformat(), *wrong))
    return {key: settings[key] for key in BY_NAME if key in settings}, faults


def _sound(column: Column, value: object) -> tuple[object, tuple[str, str] | None]:
    """The value in its type, and what is wrong with it."""
    if column.kind in ("numbers", "texts"):
        return _sound_list(column, value)
    if column.kind == "date":
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value, None
        if isinstance(value, str) and value.strip() and flaw(column, value.strip()) is None:
            return dt.date.fromisoformat(value.strip()), None
        return value, ("is no date", f"Write a date without time, such as {column.name} = {column.example}.")
    if column.kind == "integer":
        if isinstance(value, bool) or not isinstance(value, int):
            return value, ("is no whole number", f"Write a whole number ({column.range}) without quotation marks.")
        return value, flaw(column, str(value))
    if not isinstance(value, str):
        return value, ("is no text", f'Write text in quotation marks: {column.name} = "{column.example}".')
    return value.strip(), flaw(column, value.strip())


def _sound_list(column: Column, value: object) -> tuple[object, tuple[str, str] | None]:
    """A list in its type, and what is wrong with it."""
    if not isinstance(value, list):
        return value, ("is no list", f"Write a list: {column.name} = {_shown_example(column)}.")
    if column.kind == "numbers":
        numbers = [v for v in value if isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v <= 1e15]
        if len(value) != len(PRIORITY_FACTORS) or len(numbers) != len(value):
            return value, ("is not five numbers of at least 0", "Write five numbers, such as [16, 8, 4, 2, 1].")
        return [int(v) if v == int(v) else v for v in numbers], None
    texts = [text.strip() for text in value if isinstance(text, str)]
    if len(texts) != len(value) or any(CONTROL.search(text) for text in texts):
        return value, ("is no list of text", "Write every entry as plain text in quotation marks.")
    known = [table.name for table in TABLES]
    strangers = [text for text in texts if column.choices and text not in column.choices]
    if strangers:
        near = nearest(strangers[0], known)
        cure = f"Write {near}." if near else f"Name tables only: {', '.join(known)}."
        return value, (f"names {strangers[0]}, which is no table", cure)
    return [text for text in texts if text], None


def _shown_example(column: Column) -> str:
    """How an example of a setting is written in problem.toml."""
    if column.kind == "numbers":
        return "[16, 8, 4, 2, 1]"
    if column.kind == "texts":
        return f'["{column.example}"]'
    return f'"{column.example}"' if column.kind in ("text", "choice") else column.example


def _shown(value: object) -> str:
    """A value as text for a fault."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(_quoted(entry) for entry in value) + "]"
    return str(value)


def _quoted(value: object) -> str:
    """A value as problem.toml writes it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _shown(value)


def as_toml(settings: Settings) -> str:
    """problem.toml of checked settings, keys in the order of the schema."""
    rows = [(key, settings.get(key)) for key in BY_NAME]
    return "".join(f"{key} = {_quoted(value)}\n" for key, value in rows if value is not None)
