"""Reading a problem: every planted fault is found, alone and together, at its place; sound problems are read."""

import csv
import datetime as dt
import io
import pickle
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pycountry
import pytest

from oneroof.planning import schema, tables
from oneroof.planning.cells import flaw
from oneroof.planning.codes import CURRENCIES, ISO_NATIONS
from oneroof.planning.faults import Fault, ProblemError
from tests.planning.small import CSV, TOML, write_small
from tests.shared import SHARED, needs_shared

Place = tuple[str, int, str, str]


def faults_of(path: Path) -> tuple[Fault, ...]:
    """The faults of a problem, none where it is sound."""
    try:
        tables.read(path)
    except ProblemError as error:
        return error.faults
    return ()


def places(faults: tuple[Fault, ...]) -> list[Place]:
    """Where the faults are, with the value."""
    return [(fault.table, fault.row, fault.column, fault.value) for fault in faults]


@dataclass
class Draft:
    """A problem under change: text of the files, and rows of the plants."""

    toml: str = TOML
    csv: dict[str, str] = field(default_factory=lambda: dict(CSV))

    def append(self, table: str, line: str) -> int:
        """Adds a line and returns its row."""
        self.csv[table] += line + "\n"
        return len(self.csv[table].splitlines())

    def like_first(self, table: str, changes: dict[str, str]) -> int:
        """Adds a copy of the first row with other cells and returns its row."""
        header, first, *_ = csv.reader(io.StringIO(CSV[table]))
        row = {**dict(zip(header, first, strict=True)), **changes}
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow([row[name] for name in header])
        return self.append(table, out.getvalue().removesuffix("\n"))


# Each: table, column, text. Planted into a copy of the table's first row; what else changes keeps that row sound.
CELLS = [
    ("nations", "nation", "Poland"),
    ("nations", "nation", "pol"),
    ("nations", "nation", "XYZ"),
    ("nations", "nation", ""),
    ("nodes", "node", ""),
    ("nodes", "node", "N" * 65),
    ("nodes", "node", "two\nlines"),
    ("nodes", "nation", "FRA"),
    ("nodes", "nation", ""),
    ("nodes", "kind", "harbour"),
    ("nodes", "latitude", "90.01"),
    ("nodes", "latitude", "-91"),
    ("nodes", "latitude", "54°18'"),
    ("nodes", "longitude", "180.5"),
    ("nodes", "longitude", ""),
    ("nodes", "handling_tonnes_per_week", "-1"),
    ("nodes", "name", "bell\x07"),
    ("legs", "origin", "KIELL"),
    ("legs", "destination", "NOWHERE"),
    ("legs", "destination", "KIEL"),
    ("legs", "mode", "Rail"),
    ("legs", "days", "0"),
    ("legs", "days", "1.5"),
    ("legs", "days", "two"),
    ("legs", "days", "1e30"),
    ("legs", "tonnes_per_week", "unlimited"),
    ("legs", "cost_per_tonne", "-0.5"),
    ("legs", "cost_per_tonne", ""),
    ("legs", "explosives", "true"),
    ("legs", "opens", "01.02.2025"),
    ("items", "unit", ""),
    ("items", "tonnes_per_unit", "0"),
    ("items", "tonnes_per_unit", "1,8"),
    ("items", "tonnes_per_unit", "1_8"),
    ("items", "tonnes_per_unit", "0x10"),
    ("items", "value_per_unit", "21,000"),
    ("items", "value_per_unit", "21 000"),
    ("items", "value_per_unit", "inf"),
    ("items", "value_per_unit", "NaN"),
    ("items", "value_per_unit", "1e400"),
    ("items", "whole_units", "YES"),
    ("items", "nsn", "115013186302"),
    ("items", "nsn", "6115-01-318-6302"),
    ("substitutes", "substitute", "GEN3"),
    ("substitutes", "substitute", "GEN"),
    ("substitutes", "item", "GENX"),
    ("package_parts", "kind", "thing"),
    ("package_parts", "part", "KIEL"),
    ("package_parts", "quantity", "0"),
    ("package_parts", "package", "TEAMS"),
    ("coalitions", "leads", "DEU;FRA"),
    ("requirements", "item", ""),
    ("requirements", "item", "GENERATOR"),
    ("requirements", "package", "TEAM"),
    ("requirements", "quantity", "-3"),
    ("requirements", "quantity", ""),
    ("requirements", "node", "KYIW"),
    ("requirements", "due", "2025-02-30"),
    ("requirements", "due", "20250401"),
    ("requirements", "due", "2025-13-01"),
    ("requirements", "due", ""),
    ("requirements", "latest", "2025-04-01"),
    ("requirements", "latest", "2025-03-31"),
    ("requirements", "latest", "soon"),
    ("requirements", "priority", "0"),
    ("requirements", "priority", "6"),
    ("requirements", "priority", "high"),
    ("requirements", "coalition", "AIR"),
    ("requirements", "points_per_unit", "0"),
    ("offers", "donor", "Germany"),
    ("offers", "item", "gen"),
    ("offers", "node", "K"),
    ("offers", "available_until", "2025-01-05"),
    ("offers", "available_from", "2025-1-6"),
    ("offers", "stage", "promised"),
    ("offers", "stage", ""),
    ("offers", "consent_from", "2025-02-29"),
    ("offers", "coalition_only", "NAVY"),
    ("offers", "not_via", "HUN"),
    ("courses", "node", "WARSAW"),
    ("courses", "days", "0"),
    ("courses", "seats", "-1"),
    ("courses", "seats", "2.5"),
    ("courses", "last_start", "2025-01-12"),
    ("courses", "every_days", "0"),
    ("funds", "amount", "2.5 million"),
    ("funds", "available_until", "2025-01-05"),
    ("funds", "donor", "NATO"),
    ("suppliers", "item", "R1"),
    ("suppliers", "lead_days", "-1"),
    ("suppliers", "units_per_week", "∞"),
    ("suppliers", "unit_price", "1e16"),
    ("pins", "quantity", "0"),
    ("pins", "offer", "O9"),
    ("pins", "requirement", "R9"),
]
PAIRS = {  # rows told apart by pairs: the free column and sound other values
    "substitutes": {"item": "FUEL"},
    "package_parts": {"part": "GEN2"},
    "pins": {"offer": "O2"},
}


def plant_cell(draft: Draft, table: str, column: str, text: str, number: int) -> Place:
    """Adds a row with one wrong cell and returns where the fault is."""
    key = schema.TABLE[table].key
    changes = {}
    if len(key) == 1:
        changes[key[0]] = f"X{number}" if table != "nations" else "FIN"
    else:
        changes |= PAIRS[table]
        if (table, column, text) == ("substitutes", "substitute", "GEN"):
            changes = {}
    if column == "kind" and table == "package_parts":
        changes["part"] = "FUEL"
    changes[column] = text
    row = draft.like_first(table, changes)
    return table, row, column, text


def write_draft(folder: Path, draft: Draft) -> Path:
    """The draft as a folder."""
    return write_small(folder, draft.csv, draft.toml)


def test_the_small_problem_has_no_fault(tmp_path: Path) -> None:
    assert faults_of(write_small(tmp_path)) == ()


@pytest.mark.parametrize(("table", "column", "text"), CELLS)
def test_a_planted_cell_is_one_fault_at_its_place(tmp_path: Path, table: str, column: str, text: str) -> None:
    draft = Draft()
    place = plant_cell(draft, table, column, text, 1)
    # a row that spans lines is one row of a spreadsheet
    place = (place[0], place[1] - text.count("\n"), *place[2:])
    found = faults_of(write_draft(tmp_path, draft))
    assert places(found) == [place]
    assert found[0].reason
    assert found[0].cure.endswith(".")


def test_all_planted_cells_are_found_at_once(tmp_path: Path) -> None:
    draft, expected = Draft(), []
    pairs: set[tuple[str, ...]] = set()
    for number, (table, column, text) in enumerate(CELLS):
        lone = len(schema.TABLE[table].key) > 1 and (table,) in pairs  # one row for each pair, or they would repeat
        if lone or "\n" in text or (table == "nations" and text):
            continue
        pairs.add((table,))
        expected.append(plant_cell(draft, table, column, text, number))
    assert len(expected) > 80
    assert places(faults_of(write_draft(tmp_path, draft))) == sorted(expected)


def _replace(table: str, old: str, new: str, count: int = 1) -> Callable[[Draft], None]:
    """A change of a table's text."""

    def change(draft: Draft) -> None:
        assert old in draft.csv[table]
        draft.csv[table] = draft.csv[table].replace(old, new, count)

    return change


def _drop(table: str) -> Callable[[Draft], None]:
    """A table that is absent."""
    return lambda draft: draft.csv.pop(table) and None


def _append(table: str, line: str) -> Callable[[Draft], None]:
    """A line more."""
    return lambda draft: draft.append(table, line) and None


def _toml(old: str, new: str) -> Callable[[Draft], None]:
    """A change of problem.toml."""

    def change(draft: Draft) -> None:
        assert old in draft.toml
        draft.toml = draft.toml.replace(old, new)

    return change


def _without(table: str, column: str) -> Callable[[Draft], None]:
    """A column that is absent, cells and all."""

    def change(draft: Draft) -> None:
        rows = list(csv.reader(io.StringIO(draft.csv[table])))
        at = rows[0].index(column)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([row[:at] + row[at + 1 :] for row in rows])
        draft.csv[table] = out.getvalue()

    return change


def _more(table: str, column: str, text: str) -> Callable[[Draft], None]:
    """A column more."""

    def change(draft: Draft) -> None:
        lines = draft.csv[table].splitlines()
        draft.csv[table] = "\n".join([f"{lines[0]},{column}"] + [f"{line},{text}" for line in lines[1:]]) + "\n"

    return change


O1 = CSV["offers"].splitlines()[1]
SHAPES: list[tuple[str, Callable[[Draft], None], Place]] = [
    ("repeated key", _append("items", "GEN,Again,each,1,1,,,,"), ("items", 5, "item", "GEN")),
    ("repeated nation", _append("nations", "DEU,Deutschland"), ("nations", 6, "nation", "DEU")),
    ("repeated offer", _append("offers", O1), ("offers", 4, "offer", "O1")),
    ("repeated pair", _append("substitutes", "GEN,GEN2,1,1"), ("substitutes", 3, "substitute", "GEN2")),
    ("repeated part", _append("package_parts", "TEAM,item,GEN,1"), ("package_parts", 4, "part", "GEN")),
    ("repeated pin", _append("pins", "O1,R1,1"), ("pins", 3, "requirement", "R1")),
    ("package without parts", _append("packages", "EMPTY,"), ("packages", 3, "package", "EMPTY")),
    ("missing column", _without("offers", "quantity"), ("offers", 1, "quantity", "")),
    ("missing key column", _without("nodes", "node"), ("nodes", 1, "node", "")),
    ("missing date column", _without("requirements", "due"), ("requirements", 1, "due", "")),
    ("missing part column", _without("package_parts", "package"), ("package_parts", 1, "package", "")),
    ("missing kind column", _without("package_parts", "kind"), ("package_parts", 1, "kind", "")),
    ("missing item column", _without("requirements", "item"), ("requirements", 1, "item", "")),
    ("missing package column", _without("requirements", "package"), ("requirements", 1, "package", "")),
    ("unknown column", _more("legs", "colour", "red"), ("legs", 1, "colour", "colour")),
    ("column twice", _more("legs", "mode", "rail"), ("legs", 1, "mode", "mode")),
    ("nameless column", _more("legs", "", ""), ("legs", 1, "", "")),
    ("too many cells", _append("legs", "L3,KIEL,KYIV,sea,2,,1,,,,surplus"), ("legs", 4, "", "surplus")),
    ("an empty cell too many", _append("legs", "L3,KIEL,KYIV,sea,2,,1,,,,"), ("legs", 4, "", "")),
    ("too few cells", _append("legs", "L3,KIEL,KYIV,sea"), ("legs", 4, "", "")),
    ("short row with a key in use", _replace("items", "GEN2,Small generator,each", "GEN2,each"), ("items", 3, "", "")),
    (
        "unclosed quote",
        _replace("offers", "O2,DEU", 'O2,"DEU'),
        ("offers", 3, "", 'O2,"DEU,GEN2,10,KIEL,,,pledged,,,,,'),
    ),
    ("quote amid a cell", _append("coalitions", 'AIR,"Air" force,'), ("coalitions", 3, "", 'AIR,"Air" force,')),
    ("quote in the header", _replace("pins", "offer,", '"offer"s,'), ("pins", 1, "", '"offer"s,requirement,quantity')),
    ("empty file", _replace("coalitions", CSV["coalitions"], ""), ("coalitions", 1, "", "")),
    (
        "semicolons",
        _replace("pins", CSV["pins"], CSV["pins"].replace(",", ";")),
        ("pins", 1, "", "offer;requirement;quantity"),
    ),
    (
        "no header",
        _replace("courses", CSV["courses"].splitlines()[0] + "\n", ""),
        ("courses", 1, "", "C1, Repair, LODZ, 21, 16, 2025-01-13, 2025-04-07, 28, Ukrainian"),
    ),
    ("missing nodes", _drop("nodes"), ("nodes", 1, "", "")),
    ("missing items", _drop("items"), ("items", 1, "", "")),
    ("missing nations", _drop("nations"), ("nations", 1, "", "")),
    ("unknown table", lambda draft: draft.csv.update(offer="offer\n"), ("offer", 1, "", "offer.csv")),
    ("plan table", lambda draft: draft.csv.update(served="requirement\n"), ("served", 1, "", "served.csv")),
    ("opens after closes", _replace("legs", "2025-01-10,", "2025-05-02,"), ("legs", 3, "closes", "2025-05-01")),
    ("wrong consent", _replace("offers", "granted", "given"), ("offers", 2, "consent", "given")),
    ("no name", _toml('name = "Small"\n', ""), ("problem", 1, "name", "")),
    ("empty name", _toml('"Small"', '""'), ("problem", 1, "name", "")),
    ("name no text", _toml('"Small"', "5"), ("problem", 1, "name", "5")),
    ("no start", _toml("start = 2025-01-06\n", ""), ("problem", 1, "start", "")),
    ("start no date", _toml("2025-01-06", '"soon"'), ("problem", 2, "start", "soon")),
    ("start with time", _toml("2025-01-06", "2025-01-06T10:00:00"), ("problem", 2, "start", "2025-01-06T10:00:00")),
    ("start too late", _toml("2025-01-06", "9999-12-30"), ("problem", 2, "start", "9999-12-30")),
    ("no weeks", _toml("weeks = 26\n", ""), ("problem", 1, "weeks", "")),
    ("no week", _toml("= 26", "= 0"), ("problem", 3, "weeks", "0")),
    ("too many weeks", _toml("= 26", "= 521"), ("problem", 3, "weeks", "521")),
    ("weeks as text", _toml("= 26", '= "26"'), ("problem", 3, "weeks", "26")),
    ("weeks as truth", _toml("= 26", "= true"), ("problem", 3, "weeks", "true")),
    ("half a week", _toml("= 26", "= 26.5"), ("problem", 3, "weeks", "26.5")),
    ("trainees below 0", _toml("= 40", "= -1"), ("problem", 4, "trainees_per_week", "-1")),
    ("unknown currency", _toml("weeks", 'currency = "EURO"\nweeks'), ("problem", 3, "currency", "EURO")),
    ("unknown stage", _toml("weeks", 'min_stage = "any"\nweeks'), ("problem", 3, "min_stage", "any")),
    ("unknown key", _toml("weeks", "week = 3\nweeks"), ("problem", 3, "week", "3")),
    ("unknown section", lambda draft: setattr(draft, "toml", TOML + "[more]\n"), ("problem", 6, "more", "{}")),
    (
        "four factors",
        _toml("weeks", "priority_factors = [4, 3, 2, 1]\nweeks"),
        ("problem", 3, "priority_factors", "[4, 3, 2, 1]"),
    ),
    (
        "a factor below 0",
        _toml("weeks", "priority_factors = [4, 3, 2, 1, -1]\nweeks"),
        ("problem", 3, "priority_factors", "[4, 3, 2, 1, -1]"),
    ),
    ("no such table", _toml('["offers"]', '["offerings"]'), ("problem", 5, "illustrative", '["offerings"]')),
    ("no list", _toml('["offers"]', '"offers"'), ("problem", 5, "illustrative", "offers")),
    ("no TOML", _toml("weeks = 26", "weeks : 26"), ("problem", 3, "", "weeks : 26")),
    ("key twice", _toml("weeks = 26", "weeks = 26\nweeks = 27"), ("problem", 4, "", "weeks = 27")),
]


@pytest.mark.parametrize(("change", "place"), [shape[1:] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
def test_a_planted_shape_is_one_fault_at_its_place(
    tmp_path: Path, change: Callable[[Draft], None], place: Place
) -> None:
    draft = Draft()
    change(draft)
    assert places(faults_of(write_draft(tmp_path, draft))) == [place]


@pytest.mark.parametrize("consent", ["pending", "not_needed", ""])
def test_a_day_of_consent_may_stand_beside_any_consent(tmp_path: Path, consent: str) -> None:
    draft = Draft()
    _replace("offers", "granted", consent)(draft)

    assert tables.read(write_draft(tmp_path, draft)).rows["offers"][0]["consent"] == consent


def test_planted_shapes_that_go_together_are_found_at_once(tmp_path: Path) -> None:
    names = (
        "repeated key", "repeated offer", "repeated pair", "repeated part", "package without parts", "unknown column",
        "unclosed quote", "quote amid a cell", "unknown table", "plan table", "opens after closes",
        "no name", "semicolons",
    )  # fmt: skip
    draft, expected = Draft(), []
    for name, change, place in SHAPES:
        if name in names:
            change(draft)
            expected.append(place)
    assert len(expected) == len(names)
    assert places(faults_of(write_draft(tmp_path, draft))) == sorted(expected)


def test_bytes_that_are_not_utf8_are_one_fault_and_hide_references(tmp_path: Path) -> None:
    write_small(tmp_path)
    (tmp_path / "nodes.csv").write_bytes(CSV["nodes"].encode("cp1250"))
    assert places(faults_of(tmp_path)) == [("nodes", 3, "", r"RZE,Rzesz\xf3w,POL,hub,50.1,22,900")]


def test_a_missing_settings_file_is_one_fault(tmp_path: Path) -> None:
    write_small(tmp_path)
    (tmp_path / "problem.toml").unlink()
    assert places(faults_of(tmp_path)) == [("problem", 1, "", "")]


def test_a_path_that_is_not_there_is_one_fault(tmp_path: Path) -> None:
    assert places(faults_of(tmp_path / "none")) == [("problem", 1, "", str(tmp_path / "none"))]


def test_a_sentence_says_where_what_why_and_cure(tmp_path: Path) -> None:
    draft = Draft()
    draft.like_first("requirements", {"requirement": "R3", "node": "KYIW"})
    (fault,) = faults_of(write_draft(tmp_path, draft))
    assert fault.sentence() == "requirements.csv row 4, node: KYIW is not in nodes. Write KYIV, or add KYIW to nodes."
    assert fault.sentence(workbook=True).startswith("sheet requirements row 4, node: KYIW")


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("deu", "Write DEU, or add deu to nations."),
        ("Germany", "Write DEU, or add Germany to nations."),
        ("Atlantis", "Add Atlantis to nations, or write one of its keys."),
    ],
)
def test_a_reference_to_nothing_suggests_the_key_that_was_meant(tmp_path: Path, text: str, cure: str) -> None:
    draft = Draft()
    draft.like_first("offers", {"offer": "O3", "donor": text})
    assert [fault.cure for fault in faults_of(write_draft(tmp_path, draft))] == [cure]


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("21,000", "Write it without thousands separators: 21000."),
        ("21 000.5", "Write it without thousands separators: 21000.5."),
        ("1,8", "Write a decimal point: 1.8."),
        ("5 t", "Write digits with a decimal point, without separators and units, such as 1250.5."),
    ],
)
def test_a_number_in_another_custom_has_its_own_cure(tmp_path: Path, text: str, cure: str) -> None:
    draft = Draft()
    draft.like_first("items", {"item": "X", "value_per_unit": text})
    assert [fault.cure for fault in faults_of(write_draft(tmp_path, draft))] == [cure]


def test_faults_travel_between_processes(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        tables.read(tmp_path / "none.xlsx")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.faults, str(copy)) == (caught.value.faults, str(caught.value))


def test_a_wrong_day_of_consent_is_one_fault_whatever_the_consent(tmp_path: Path) -> None:
    draft = Draft()
    draft.like_first("offers", {"offer": "O3", "consent": "pending", "consent_from": "soon"})
    assert places(faults_of(write_draft(tmp_path, draft))) == [("offers", 4, "consent_from", "soon")]


def test_empty_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    draft = Draft()
    draft.append("coalitions", "")
    draft.append("coalitions", ",,")
    draft.append("coalitions", "AIR,Air,FRA")
    assert places(faults_of(write_draft(tmp_path, draft))) == [("coalitions", 5, "leads", "FRA")]


def test_bom_crlf_and_column_order_do_not_matter(tmp_path: Path) -> None:
    plain = tables.read(write_small(tmp_path / "plain"))
    rows = list(csv.reader(io.StringIO(CSV["items"])))
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([row[::-1] for row in rows])
    other = write_small(tmp_path / "other", {**CSV, "items": "\ufeff" + out.getvalue()}, "\ufeff" + TOML)
    assert tables.read(other) == plain


def test_defaults_of_settings_are_filled_in(tmp_path: Path) -> None:
    found = tables.read(write_small(tmp_path, toml='name = "Small"\nstart = 2025-01-06\nweeks = 26\n'))
    assert found.settings == {
        "name": "Small",
        "start": dt.date(2025, 1, 6),
        "weeks": 26,
        "currency": "EUR",
        "min_stage": "pledged",
        "trainees_per_week": None,
        "priority_factors": [16, 8, 4, 2, 1],
        "illustrative": [],
        "sources": [],
    }


def test_an_empty_text_in_the_settings_means_the_default(tmp_path: Path) -> None:
    found = tables.read(write_small(tmp_path, toml=TOML + 'currency = ""\nmin_stage = ""\n'))
    assert (found.settings["currency"], found.settings["min_stage"]) == ("EUR", "pledged")


def test_rows_have_every_column_and_are_sorted_by_key(tmp_path: Path) -> None:
    found = tables.read(write_small(tmp_path, {**CSV, "pins": "quantity,requirement,offer\n5,R1,O2\n5,R1,O1\n"}))
    assert list(found.rows) == [table.name for table in schema.TABLES]
    assert found.rows["pins"] == (
        {"offer": "O1", "requirement": "R1", "quantity": "5"},
        {"offer": "O2", "requirement": "R1", "quantity": "5"},
    )
    assert [row["item"] for row in found.rows["items"]] == ["FUEL", "GEN", "GEN2"]


def test_optional_tables_may_be_absent(tmp_path: Path) -> None:
    needed = ("nations", "nodes", "items")
    csvs = {name: CSV[name] for name in needed} | {"requirements": CSV["requirements"].splitlines()[0] + "\n"}
    found = tables.read(write_small(tmp_path, csvs))
    assert {name for name, rows in found.rows.items() if rows} == set(needed)


def test_permuted_rows_have_the_same_digest(tmp_path: Path) -> None:
    digest = tables.read(write_small(tmp_path / "plain")).digest
    for seed in range(10):
        shuffled = {}
        for name, text in CSV.items():
            header, *lines = text.splitlines()
            random.Random(seed).shuffle(lines)
            shuffled[name] = "\n".join([header, *lines]) + "\n"
        assert tables.read(write_small(tmp_path / str(seed), shuffled)).digest == digest


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("items", "21000", "2.1e4"),
        ("items", "0.9,9000,,,,", "0.9,9000.0,no,yes,,"),
        ("legs", "35,yes,,", "35,,2025-01-06,2025-07-06"),
        ("coalitions", "DEU;POL", "POL; DEU;POL;"),
        ("requirements", "2025-05-01,,2", "2025-05-01,2025-10-28,2"),
        ("offers", ",,,pledged,,,,,", ",2025-01-06,2025-07-06,pledged,not_needed,,,,"),
    ],
)
def test_another_spelling_of_the_question_has_the_same_digest(tmp_path: Path, table: str, old: str, new: str) -> None:
    draft = Draft()
    _replace(table, old, new)(draft)
    assert tables.read(write_draft(tmp_path / "b", draft)).digest == tables.read(write_small(tmp_path / "a")).digest


@pytest.mark.parametrize(("old", "new"), [("= 26", "= 27"), ("= 40", "= 41"), ("Small", "Tiny")])
def test_another_setting_is_another_digest(tmp_path: Path, old: str, new: str) -> None:
    draft = Draft()
    _toml(old, new)(draft)
    assert tables.read(write_draft(tmp_path / "b", draft)).digest != tables.read(write_small(tmp_path / "a")).digest


def test_another_cell_is_another_digest(tmp_path: Path) -> None:
    draft = Draft()
    _replace("offers", ",25,", ",26,")(draft)
    assert tables.read(write_draft(tmp_path / "b", draft)).digest != tables.read(write_small(tmp_path / "a")).digest


def test_what_is_written_reads_the_same(tmp_path: Path) -> None:
    first = tables.read(write_small(tmp_path / "a"))
    tables.write(first, tmp_path / "b")
    assert tables.read(tmp_path / "b") == first
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a", "b"]  # nothing temporary is left


def test_writing_refuses_to_replace_without_force(tmp_path: Path) -> None:
    found = tables.read(write_small(tmp_path / "a"))
    for name in ("b", "b.xlsx"):
        tables.write(found, tmp_path / name)
        with pytest.raises(FileExistsError, match="is there already"):
            tables.write(found, tmp_path / name)
        tables.write(found, tmp_path / name, force=True)
        assert tables.read(tmp_path / name) == found


def test_force_keeps_files_that_are_no_tables_and_spares_other_folders(tmp_path: Path) -> None:
    found = tables.read(write_small(tmp_path / "a"))
    (tmp_path / "a" / "notes.md").write_text("mine")
    tables.write(found, tmp_path / "a", force=True)
    assert (tmp_path / "a" / "notes.md").read_text() == "mine"
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="folder without problem"):
        tables.write(found, tmp_path / "home", force=True)


def test_codes_are_those_of_the_standards() -> None:
    assert {country.alpha_3 for country in pycountry.countries} == ISO_NATIONS
    assert {currency.alpha_3 for currency in pycountry.currencies} <= CURRENCIES


def test_field_reference_is_current() -> None:
    path = Path(__file__).parents[2] / "docs" / "fields.md"
    assert path.read_text(encoding="utf-8") == schema.as_markdown()


def test_examples_of_the_schema_are_sound_cells() -> None:
    for table in schema.TABLES:
        for column in table.columns:
            assert not column.example or flaw(column, column.example) is None, (table.name, column.name)


@needs_shared
def test_a_large_problem_is_read_quickly(tmp_path: Path) -> None:
    maker = SHARED / "bench" / "make_instance.py"
    subprocess.run([sys.executable, str(maker), str(tmp_path), "--size", "L", "--seed", "1"], check=True)
    seconds = []
    for _ in range(5):
        began = time.process_time()
        tables.read(tmp_path)
        seconds.append(time.process_time() - began)
    assert min(seconds) < 0.35
