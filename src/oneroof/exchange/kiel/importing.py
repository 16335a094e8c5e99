"""``oneroof import kiel``: from a release of the tracker to a problem folder, whole or not at all."""

from __future__ import annotations

import csv
import errno
import io
import json
import shutil
import tempfile
from pathlib import Path

from oneroof import reference
from oneroof.exchange.kiel.charts import read_folder
from oneroof.exchange.kiel.donors import Network
from oneroof.exchange.kiel.judging import Judged, judge
from oneroof.exchange.kiel.making import Made, make
from oneroof.exchange.kiel.readings import printed
from oneroof.exchange.kiel.release import Release, TrackerFault
from oneroof.exchange.kiel.report import Report
from oneroof.exchange.kiel.sheets import read_workbook
from oneroof.planning import tables
from oneroof.planning.faults import ProblemError
from oneroof.planning.schema import TABLES

ORIGIN = "origin"  # the folder for what the tables have no column for
COLUMNS = [
    "file",
    "row",
    "activity",
    "taken",
    "reason",
    "note",
    "offer",
    "requirement",
    "item",
    "category",
    "donor",
    "nation",
    "node",
    "announced",
    "aid",
    "item_text",
    "item_type",
    "item_sub_type",
    "units_text",
    "delivered_text",
    "promised",
    "delivered",
    "outstanding",
    "stage",
    "asked",
    "importance",
    "stated_value",
    "stated_currency",
    "activity_value_eur",
    "unit_price_usd",
    "unit_value_eur",
    "value_basis",
    "official_source",
    "source_1",
    "source_2",
    "source_3",
    "source_4",
    "delivery_source",
    "explanation",
]


def import_kiel(source: Path, out: Path, force: bool = False, network: Path | None = None) -> Report:
    """Writes the problem of a release's outstanding deliveries to the folder ``out`` and says what was taken.

    ``source`` is a workbook or a folder of CSV files; ``network`` a folder with nations, nodes and legs (default: the
    reference scenario). Raises ProblemError where the source is no release, FileExistsError where ``out`` is there
    already (with ``force`` an empty folder or a problem folder is replaced).
    """
    source, out = Path(source), Path(out)
    _refuse(out, force)
    release = _release(source)
    judged = judge(release)
    made = make(release, judged, Network(network or reference.folder()))
    report = Report(release, tuple(judged), made)
    _write(report, out, force)
    return report


def _release(source: Path) -> Release:
    """The release that a path holds."""
    if source.is_dir():
        return read_folder(source)
    if source.is_file() and source.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"):
        return read_workbook(source)
    cure = "Give the tracker's workbook (.xlsx), or the folder of CSV files behind its charts."
    reason = "is neither a workbook nor a folder" if source.exists() else "does not exist"
    raise ProblemError([TrackerFault(str(source), 0, "", "", reason, cure)], workbook=True)


def _refuse(out: Path, force: bool) -> None:
    """Raises where ``out`` may not be written."""
    if out.suffix.lower() == ".xlsx":
        cure = "Give a folder; oneroof convert makes a workbook of it."
        raise ProblemError(
            [TrackerFault(str(out), 0, "", "", "is a workbook; the origin files need a folder", cure)], True
        )
    if not out.exists():
        return
    if not force:
        raise FileExistsError(
            errno.EEXIST, "is there already; give another name, or say that it may be replaced", str(out)
        )
    if not out.is_dir() or (any(out.iterdir()) and not (out / "problem.toml").is_file()):
        raise FileExistsError(errno.EEXIST, "is no problem folder and is not replaced; give another name", str(out))


def _write(report: Report, out: Path, force: bool) -> None:
    """Makes the folder aside, reads it back without a fault, then renames it into place."""
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        fresh = aside / "fresh"
        tables.write(report.made.tables, fresh)
        _write_origin(report, fresh / ORIGIN)
        tables.read(fresh)
        _put(fresh, out, aside / "replaced", force)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _put(fresh: Path, out: Path, replaced: Path, force: bool) -> None:
    """Renames the fresh folder into place; the one that was there comes back if that fails.

    What is neither a table nor of an earlier import moves from the old folder to the new one.
    """
    _refuse(out, force)
    if not out.exists():
        fresh.rename(out)
        return
    out.rename(replaced)
    try:
        fresh.rename(out)
    except BaseException:
        replaced.rename(out)
        raise
    ours = {"problem.toml", ORIGIN} | {f"{table.name}.csv" for table in TABLES}
    for left in sorted(replaced.iterdir()):
        if left.name not in ours:
            left.rename(out / left.name)


def _write_origin(report: Report, folder: Path) -> None:
    """Writes every row of the release, the grounds of the requirements and the report."""
    folder.mkdir()
    wanted = {each.offer: want.key for want in report.made.wanted for each in want.rows}
    rows = [_origin_row(each, report.made, wanted.get(each.offer, "")) for each in report.judged]
    (folder / "rows.csv").write_bytes(_csv(COLUMNS, rows))
    (folder / "requirements.csv").write_bytes(_csv(_REQUIREMENT_COLUMNS, _requirement_rows(report.made)))
    whole = json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n"
    (folder / "report.json").write_text(whole, encoding="utf-8", newline="\n")
    (folder / "report.md").write_text(report.as_markdown(), encoding="utf-8", newline="\n")


_REQUIREMENT_COLUMNS = [
    "requirement",
    "item",
    "asked_for",
    "quantity",
    "priority",
    "due",
    "node",
    "offers",
    "value_per_unit_eur",
    "value_basis",
]


def _requirement_rows(made: Made) -> list[list[str]]:
    """The grounds of every requirement."""
    return [
        [
            want.key,
            want.item,
            "yes" if want.asked else "no",
            printed(want.quantity),
            str(want.priority),
            want.due.isoformat(),
            want.node,
            ";".join(each.offer for each in want.rows),
            printed(made.values[want.item][0]),
            made.values[want.item][1],
        ]
        for want in made.wanted
    ]


def _origin_row(each: Judged, made: Made, requirement: str) -> list[str]:
    """A row of the release as found, with what became of it."""
    entry, donor = each.entry, each.donor
    price = printed(each.price) if each.price is not None else ""
    basis = each.basis or ("category (illustrative)" if each.taken else "")
    quantities = [printed(q) if each.taken else "" for q in (each.promised, each.delivered, each.outstanding)]
    node = made.nodes[donor.nation][0] if each.taken and donor else ""
    return [
        entry.file,
        str(entry.row),
        entry.word("activity"),
        "yes" if each.taken else "no",
        each.reason,
        each.note,
        each.offer,
        requirement,
        each.item,
        each.category.name if each.category else "",
        entry.word("donor"),
        donor.nation if donor else "",
        node,
        *(entry.word(name) for name in ("announced", "aid", "item", "type", "sub_type")),
        entry.number("promised").text,
        entry.number("delivered").text,
        *quantities,
        each.stage,
        entry.word("asked"),
        entry.word("importance"),
        *(entry.word(name) for name in ("stated", "currency", "total_eur", "price_usd")),
        price,
        basis,
        *(entry.word(name) for name in ("official", "source_1", "source_2", "source_3", "source_4")),
        entry.word("delivery_source"),
        entry.word("explanation"),
    ]


def _csv(header: list[str], rows: list[list[str]]) -> bytes:
    """The bytes of a CSV file; a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue().encode()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet runs; numbers stay as they are."""
    if cell[:1] not in ("=", "+", "-", "@"):
        return cell
    try:
        float(cell)
    except ValueError:
        return "'" + cell
    return cell
