"""The import of the Ukraine Support Tracker: real releases, made-up layouts, traps, wrong inputs."""

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
import xlsxwriter

from oneroof import reference
from oneroof.exchange.kiel import Report, import_kiel
from oneroof.exchange.kiel.categories import category_of, slug
from oneroof.exchange.kiel.donors import Network, donor_of, spellings
from oneroof.exchange.kiel.readings import date, dates, number
from oneroof.planning import tables
from oneroof.planning.faults import ProblemError
from tests.shared import SHARED, needs_shared

R07 = SHARED / "data/kiel/Ukraine_Support_Tracker_R07_2022-10.xlsx"
R29 = SHARED / "data/kiel/official_csv_R29"

NODES = """node,name,nation,kind,latitude,longitude,handling_tonnes_per_week
DEU-ERFURT,Erfurt,DEU,depot,51,11,
ITA-LIVORNO,Livorno,ITA,port,43.5,10.3,
POL-RZESZOW,Rzeszow,POL,hub,50,22,
UKR-KYIV,Kyiv,UKR,site,50.4,30.5,
"""
LEGS = """leg,origin,destination,mode,days,tonnes_per_week,cost_per_tonne,explosives,opens,closes
a,DEU-ERFURT,POL-RZESZOW,road,1,100,10,yes,,
b,ITA-LIVORNO,POL-RZESZOW,road,3,100,10,yes,,
c,POL-RZESZOW,UKR-KYIV,road,1,100,10,yes,,
"""
HEADER = {
    "id": "ID",
    "donor": "countries",
    "date": "Announcement Date",
    "aid": "Type of Aid General",
    "item": "Item",
    "type": "Type of item",
    "sub": "Sub-type of item",
    "units": "No. of Units",
    "delivered": "No. of Units delivered (in-kind military aid)",
    "price": "Unit Price in USD",
    "asked": "Ukraine Asked for it dummy (=1)",
    "importance": "Relative importance(2=very imporant, 1=important, 0=less important)",
    "source": "Source of Aid 1",
}
MAIN = "Bilateral assistance, MAIN DATA"


def a_row(**cells: object) -> dict[str, object]:
    """A row of the tracker that is taken: eight tanks of Germany."""
    given: dict[str, object] = {
        "id": "DEM1",
        "donor": "Germany",
        "date": dt.date(2022, 6, 1),
        "aid": "Military",
        "item": "T-55 tank",
        "type": "Heavy weapon",
        "sub": "Main Battle Tank (MBT)",
        "units": 10.0,
        "delivered": 2.0,
        "price": 1000.0,
        "asked": 1.0,
        "importance": 2.0,
        "source": "https://example.org/tanks",
    }
    return given | cells


def a_workbook(
    path: Path,
    rows: list[dict[str, object]],
    header: dict[str, str] | None = None,
    sheet: str = MAIN,
    first_row: int = 0,
    said: str = "covering January 24 to October 3, 2022",
    summary: bool = False,
) -> Path:
    """A small workbook in the tracker's manner."""
    header = HEADER if header is None else header
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        book.add_worksheet("ReadMe").write_string(2, 0, f"Ukraine Support Tracker – 7th release ({said})")
        rates = book.add_worksheet("Exchange rates")
        rates.write_row(1, 0, ["Currency", "1 EUR"])
        rates.write_row(2, 0, ["USD", 0.5])
        if summary:
            kinds = ["Financial allocations", "Humanitarian allocations", "Military allocations"]
            totals = book.add_worksheet("Country Summary (€)")
            totals.write_row(7, 1, ["Country", "EU member", *kinds, "Total bilateral allocations"])
            totals.write_row(9, 1, ["Germany", 1, 0, 0, 2, 2])
            totals.write_row(10, 1, ["Italy", 1, 0, 1, 0, 1])
            totals.write_row(11, 1, ["Total", ".", 0, 1, 2.5, 3])
        main = book.add_worksheet(sheet)
        main.write_row(first_row, 0, list(header.values()))
        for at, row in enumerate(rows, start=first_row + 1):
            for column, name in enumerate(header):
                main.write(at, column, row[name])
    return path


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network of four nodes."""
    folder = tmp_path / "network"
    folder.mkdir()
    (folder / "nations.csv").write_text("nation,name\nDEU,Germany\nITA,Italy\nPOL,Poland\nUKR,Ukraine\n")
    (folder / "nodes.csv").write_text(NODES)
    (folder / "legs.csv").write_text(LEGS)
    return folder


def origin(folder: Path) -> list[dict[str, str]]:
    """Every row of the release, as the import wrote it."""
    with (folder / "origin/rows.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def importing(tmp_path: Path, network: Path, rows: list[dict[str, object]], **layout: object) -> tuple[Report, Path]:
    """The report and the folder of a made-up workbook."""
    source = a_workbook(tmp_path / "tracker.xlsx", rows, **layout)  # type: ignore[arg-type]
    out = tmp_path / "out"
    return import_kiel(source, out, network=network), out


@pytest.fixture(scope="module")
def r07(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    """Release 7, imported once."""
    out = tmp_path_factory.mktemp("kiel") / "r07"
    return import_kiel(R07, out), out


@pytest.fixture(scope="module")
def r29(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    """The charts of release 29, imported once."""
    out = tmp_path_factory.mktemp("kiel") / "r29"
    return import_kiel(R29, out), out


@needs_shared
def test_release_7_has_265_offers_of_33_donors_and_every_row_is_accounted_for(r07: tuple[Report, Path]) -> None:
    report, out = r07
    assert report.as_json()["rows"] == {"all": 1032, "taken": 265, "left_out": 767}
    assert report.donors == 33
    rows = origin(out)
    assert [int(row["row"]) for row in rows] == list(range(2, 1034))
    assert sum(row["taken"] == "yes" for row in rows) == 265
    assert all(row["reason"] for row in rows if row["taken"] == "no")
    assert sum(cause["rows"] for cause in report.as_json()["left_out"]) == 767


@needs_shared
def test_release_7_sums_are_the_same_as_its_own(r07: tuple[Report, Path]) -> None:
    sums = {line["what"]: line for line in r07[0].as_json()["sums"]}
    total = sums["all donors of the summary, total commitments"]
    assert (round(total["from_rows"], 3), round(total["stated"], 3)) == (89.440, 89.440)
    assert [what for what, line in sums.items() if not line["agrees"]] == []
    assert sum(line["unit"] == "units" for line in sums.values()) == 77
    assert any("89.440059" in line and "the same" in line for line in r07[0].lines())


@needs_shared
def test_release_7_folder_is_a_problem_of_outstanding_units(r07: tuple[Report, Path]) -> None:
    _, out = r07
    problem = tables.read(out)
    assert problem.settings["start"] == dt.date(2022, 10, 4)
    assert problem.settings["weeks"] == 52
    assert len(problem.rows["offers"]) == 265
    quantities = {row["offer"]: row["quantity"] for row in problem.rows["offers"]}
    for row in origin(out):
        if row["taken"] == "yes":
            assert float(row["promised"]) - float(row["delivered"]) == pytest.approx(float(row["outstanding"]))
            assert quantities[row["offer"]] == row["outstanding"]
            assert row["source_1"].strip() or row["source_2"].strip()
    wanted: dict[str, float] = {}
    for row in problem.rows["offers"]:
        wanted[row["item"]] = wanted.get(row["item"], 0.0) + float(row["quantity"])
    required: dict[str, float] = {}
    for row in problem.rows["requirements"]:
        required[row["item"]] = required.get(row["item"], 0.0) + float(row["quantity"])
    assert required == pytest.approx(wanted)


@needs_shared
def test_release_7_priorities_come_from_what_was_asked_for(r07: tuple[Report, Path]) -> None:
    needs = {row["requirement"]: row for row in tables.read(r07[1]).rows["requirements"]}
    assert needs["asked-himars-142-multiple-rocket-launcher"]["priority"] == "1"
    assert needs["asked-m777-howitzer"]["priority"] == "2"
    assert needs["asked-m113-armored-personnel-carrier"]["priority"] == "3"
    assert needs["asked-m113-armored-personnel-carrier"]["quantity"] == "111"
    assert needs["asked-t-55-tank"]["priority"] == "4"
    assert needs["illustrative-ambulance"]["quantity"] == "153"
    assert sum(key.startswith("asked-") for key in needs) == 22


@needs_shared
def test_every_donor_of_release_7_reaches_kyiv(r07: tuple[Report, Path]) -> None:
    problem = tables.read(r07[1])
    explosives = {row["item"]: row["explosives"] == "yes" for row in problem.rows["items"]}
    for origin_node, loud in {(row["node"], explosives[row["item"]]) for row in problem.rows["offers"]}:
        reached, edge = {origin_node}, [origin_node]
        while edge:
            here = edge.pop()
            for leg in problem.rows["legs"]:
                open_to = not loud or leg["explosives"] != "no"
                if leg["origin"] == here and open_to and leg["destination"] not in reached:
                    reached.add(leg["destination"])
                    edge.append(leg["destination"])
        assert "UKR-KYIV" in reached, (origin_node, loud)


@needs_shared
def test_two_imports_of_release_7_are_the_same_bytes(r07: tuple[Report, Path], tmp_path: Path) -> None:
    import_kiel(R07, tmp_path / "again")
    assert bytes_of(tmp_path / "again") == bytes_of(r07[1])


@needs_shared
def test_the_charts_of_release_29_agree_and_make_no_offer(r29: tuple[Report, Path]) -> None:
    report, out = r29
    figures = report.as_json()
    assert figures["rows"] == {"all": 1272, "taken": 0, "left_out": 1272}
    total = figures["sums"][0]
    assert (total["from_rows"], total["stated"], total["agrees"]) == (358.399501, 358.399501, True)
    assert {key: figures["sums"][4][key] for key in ("what", "from_rows", "stated")} == {
        "what": "data_explorer.csv: rows whose parts sum to their total",
        "from_rows": 1079,
        "stated": 1079,
    }
    assert any("United Kingdom" in note and "90,750" in note for note in figures["notes"])
    weapons = [row for row in origin(out) if row["file"] == "weapons.csv"]
    assert len(weapons) == 61
    assert all("how many of them were delivered" in row["reason"] for row in weapons)
    problem = tables.read(out)
    assert problem.rows["offers"] == ()
    assert problem.settings["start"] == dt.date(2026, 5, 1)


def test_a_row_becomes_an_offer_less_what_is_delivered(tmp_path: Path, network: Path) -> None:
    report, out = importing(tmp_path, network, [a_row()])
    problem = tables.read(out)
    (offer,) = problem.rows["offers"]
    assert (offer["offer"], offer["donor"], offer["quantity"], offer["stage"]) == ("DEM1-001", "DEU", "8", "committed")
    (item,) = problem.rows["items"]
    assert (item["name"], item["value_per_unit"]) == ("T-55 tank", "2000")
    (need,) = problem.rows["requirements"]
    assert (need["requirement"], need["quantity"], need["priority"]) == ("asked-t-55-tank", "8", "1")
    assert origin(out)[0]["source_1"] == "https://example.org/tanks"
    assert origin(out)[0]["announced"] == "2022-06-01"
    assert report.as_json()["usd_per_eur"] == 0.5


def test_columns_are_found_shuffled_renamed_lower_down_and_on_another_sheet(tmp_path: Path, network: Path) -> None:
    later = {
        "source": "source_of_aid_1",
        "units": "item_numb",
        "item": "item",
        "delivered": "item_numb_deliv",
        "aid": "aid_type_general",
        "donor": "donor",
        "price": "item_price_USD",
        "type": "item_type",
        "date": "announcement_date",
        "id": "activity_id",
    }
    report, out = importing(tmp_path, network, [a_row()], header=later, sheet="Aid by row", first_row=9)
    assert [row["row"] for row in origin(out)] == ["11"]
    assert tables.read(out).rows["offers"][0]["quantity"] == "8"
    titles = {line["field"]: line["title"] for line in report.as_json()["recognised"]}
    assert (titles["promised"], titles["delivered"]) == ("item_numb", "item_numb_deliv")


def test_the_item_is_found_where_its_column_has_no_title(tmp_path: Path, network: Path) -> None:
    _, out = importing(tmp_path, network, [a_row()], header=HEADER | {"item": ""})
    assert tables.read(out).rows["items"][0]["name"] == "T-55 tank"


def test_a_later_release_is_summed_by_allocation_and_set_beside_its_summary(tmp_path: Path, network: Path) -> None:
    header = HEADER | {"measure": "measure", "euros": "tot_sub_activity_value_EUR"}
    rows = [a_row(measure="Allocation", euros=2e9), a_row(measure="Commitment", euros=5e9, donor="Italy")]
    rows.append(a_row(measure="Allocation", euros=1e9, donor="Italy", aid="Humanitarian"))
    source = a_workbook(tmp_path / "tracker.xlsx", rows, header=header, summary=True)
    sums = import_kiel(source, tmp_path / "out", network=network).as_json()["sums"]
    figures = {line["what"]: (line["from_rows"], line["stated"], line["agrees"]) for line in sums}
    assert figures["all donors of the summary, total allocations"] == (3.0, 3.0, True)
    assert figures["all donors of the summary, military allocations"] == (2.0, 2.5, False)
    assert figures["Italy, total allocations"] == (1.0, 1.0, True)


def test_an_allocation_is_committed_and_a_commitment_pledged(tmp_path: Path, network: Path) -> None:
    rows = [a_row(measure="Allocation", delivered="."), a_row(measure="Commitment")]
    _, out = importing(tmp_path, network, rows, header=HEADER | {"measure": "measure"})
    assert [row["stage"] for row in tables.read(out).rows["offers"]] == ["committed", "pledged"]


@pytest.mark.parametrize(
    ("cells", "cause"),
    [
        ({"units": "undisclosed"}, "undisclosed"),
        ({"units": "."}, "no number"),
        ({"units": ".", "item": "."}, "nothing named"),
        ({"units": "1.000.00"}, "unclear number"),
        ({"units": "1.000"}, "unclear number"),
        ({"units": "about 20"}, "unclear number"),
        ({"units": 1e20}, "unclear number"),
        ({"units": 0.0}, "not positive"),
        ({"units": -3.0}, "not positive"),
        ({"units": 10.0, "delivered": 10.0}, "all delivered"),
        ({"units": 10.0, "delivered": 11.0}, "too many delivered"),
        ({"units": 10.0, "delivered": "1.000.00"}, "unclear delivery"),
        ({"aid": "Financial "}, "money"),
        ({"donor": " "}, "no donor"),
        ({"donor": "Atlantis"}, "unknown donor"),
        ({"item": "."}, "no item"),
    ],
)
def test_a_row_that_cannot_be_taken_is_left_out_with_its_cause(
    tmp_path: Path, network: Path, cells: dict[str, object], cause: str
) -> None:
    report, out = importing(tmp_path, network, [a_row(), a_row(**cells)])
    assert [each.cause for each in report.judged] == ["", cause]
    assert origin(out)[1]["reason"] == report.judged[1].reason != ""


@pytest.mark.parametrize(
    ("cells", "quantity"),
    [
        ({"units": "15,000", "delivered": "."}, "15000"),
        ({"units": " 1000 ", "delivered": "undisclosed"}, "1000"),
        ({"units": 6.0, "delivered": "partially"}, "6"),
        ({"units": 2.5, "delivered": ""}, "2.5"),
    ],
)
def test_numbers_as_text_and_words_for_deliveries_are_read(
    tmp_path: Path, network: Path, cells: dict[str, object], quantity: str
) -> None:
    report, out = importing(tmp_path, network, [a_row(**cells)])
    assert tables.read(out).rows["offers"][0]["quantity"] == quantity
    assert "the most it can be" in report.judged[0].note


def test_spellings_of_one_item_share_a_requirement_and_ids_may_repeat(tmp_path: Path, network: Path) -> None:
    names = (
        "155mm artillery round",
        "Round of ammunition for 155mm howitzer",
        "round of ammunition for  155mm howitzer ",
    )
    rows = [a_row(item=name, units=100.0, delivered=".", importance=".") for name in names] + [a_row(donor="Malta")]
    _, out = importing(tmp_path, network, rows)
    problem = tables.read(out)
    assert [row["offer"] for row in problem.rows["offers"]] == ["DEM1-001", "DEM1-002", "DEM1-003", "DEM1-004"]
    needs = {row["requirement"]: (row["quantity"], row["priority"]) for row in problem.rows["requirements"]}
    assert needs == {"asked-155-mm-artillery-round": ("300", "3"), "asked-t-55-tank": ("8", "1")}
    assert problem.rows["offers"][3]["node"] == "ITA-LIVORNO"
    assert {"nation": "MLT", "name": "Malta"} in problem.rows["nations"]


def test_the_start_falls_back_on_the_latest_announcement_and_forgives_slips(tmp_path: Path, network: Path) -> None:
    rows = [
        a_row(date=day) for day in (dt.date(2022, 6, 1), dt.date(2022, 7, 9), dt.date(2922, 2, 9), "until 4/6/2027")
    ]
    report, out = importing(tmp_path, network, rows, said="no date here")
    assert report.as_json()["last_day"] == "2022-07-09"
    assert tables.read(out).settings["start"] == dt.date(2022, 7, 10)


def test_a_text_that_looks_like_a_formula_is_made_harmless(tmp_path: Path, network: Path) -> None:
    _, out = importing(tmp_path, network, [a_row(source="@SUM(1+1)")])
    assert origin(out)[0]["source_1"] == "'@SUM(1+1)"


def test_empty_rows_and_footnotes_do_not_disturb(tmp_path: Path, network: Path) -> None:
    blank = dict.fromkeys(HEADER, "")
    report, out = importing(tmp_path, network, [a_row(), blank, blank | {"id": "Note: prices are upper bounds"}, blank])
    assert [(row["row"], row["taken"]) for row in origin(out)] == [("2", "yes"), ("4", "no")]
    assert report.judged[1].cause == "no donor"


def test_weapons_with_a_column_of_deliveries_become_offers(tmp_path: Path, network: Path) -> None:
    folder = tmp_path / "charts"
    folder.mkdir()
    (folder / "weapons.csv").write_text(
        '"donor","category","number_of_weapons","number_of_weapons_delivered","monetary_value_eur","weapons_list"\n'
        '"Germany","Tanks",10,4,1000,"Leopard-2A4 (10)"\n"Italy","Tanks",3,3,300,"Leopard-2A4 (3)"\n'
    )
    report = import_kiel(folder, tmp_path / "out", network=network)
    assert report.as_json()["rows"] == {"all": 2, "taken": 1, "left_out": 1}
    (offer,) = tables.read(tmp_path / "out").rows["offers"]
    assert (offer["donor"], offer["quantity"], offer["stage"]) == ("DEU", "6", "committed")


@pytest.mark.parametrize("wanted", ["donor", "units", "delivered"])
def test_a_missing_column_is_named_with_its_cure(tmp_path: Path, network: Path, wanted: str) -> None:
    header = {name: title for name, title in HEADER.items() if name != wanted}
    source = a_workbook(tmp_path / "tracker.xlsx", [a_row()], header=header)
    with pytest.raises(ProblemError) as caught:
        import_kiel(source, tmp_path / "out", network=network)
    (sentence,) = caught.value.sentences()
    assert {"donor": "no column holds the donor", "units": "promised", "delivered": "delivered"}[wanted] in sentence
    assert MAIN in sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == ["network", "tracker.xlsx"]


@pytest.mark.parametrize(
    "kind", ["corrupt", "other workbook", "text", "nothing", "empty folder", "other folder", "latin"]
)
def test_what_is_no_release_is_refused_and_nothing_is_written(tmp_path: Path, network: Path, kind: str) -> None:
    source = tmp_path / ("source.txt" if kind == "text" else "source.xlsx")
    if kind == "corrupt":
        source.write_bytes(b"PK\x03\x04 no workbook")
    elif kind == "other workbook":
        with xlsxwriter.Workbook(str(source)) as book:
            book.add_worksheet("Sales").write_row(0, 0, ["day", "shop", "price", "sum", "tax", "cash"])
    elif kind == "text":
        source.write_text("countries,No. of Units\n")
    elif kind != "nothing":
        source.mkdir()
        if kind == "other folder":
            (source / "sales.csv").write_text("day,shop\n1,2\n")
        if kind == "latin":
            (source / "weapons.csv").write_bytes("donor,number_of_weapons\nTürkiye,1\n".encode("latin-1"))
    with pytest.raises(ProblemError) as caught:
        import_kiel(source, tmp_path / "out", network=network)
    (fault,) = caught.value.faults
    assert fault.reason
    assert fault.cure
    assert not (tmp_path / "out").exists()


def test_an_existing_folder_is_replaced_only_by_force_and_only_if_it_is_a_problem(
    tmp_path: Path, network: Path
) -> None:
    source = a_workbook(tmp_path / "tracker.xlsx", [a_row()])
    out = tmp_path / "out"
    import_kiel(source, out, network=network)
    before = bytes_of(out)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        import_kiel(source, out, network=network)
    import_kiel(source, out, force=True, network=network)
    assert bytes_of(out) == before | {"notes.txt": b"mine"}
    other = tmp_path / "letters"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    with pytest.raises(FileExistsError):
        import_kiel(source, other, force=True, network=network)
    assert bytes_of(other) == {"letter.txt": b"dear"}


def test_the_report_is_written_beside_the_tables(tmp_path: Path, network: Path) -> None:
    report, out = importing(tmp_path, network, [a_row(), a_row(units="undisclosed")])
    assert json.loads((out / "origin/report.json").read_text(encoding="utf-8")) == report.as_json()
    text = (out / "origin/report.md").read_text(encoding="utf-8")
    assert "2 rows = 1 taken as offers of 1 donor + 1 left out." in text
    assert "Kiel Working Paper 2218" in text
    assert "| Bilateral assistance, MAIN DATA | 3 | Germany | T-55 tank | the number of units is undisclosed |" in text


def test_numbers_are_read_only_where_they_can_be_read_in_one_way() -> None:
    values = {
        text: number(text).value for text in ("1,000", "1 000", "12.5", "0.035", "1,5", "1.000", "-4", "1e3", "x")
    }
    assert values == {
        "1,000": 1000.0,
        "1 000": 1000.0,
        "12.5": 12.5,
        "0.035": 0.035,
        "1,5": None,
        "1.000": None,
        "-4": -4.0,
        "1e3": 1000.0,
        "x": None,
    }
    assert number(float("nan")).value is None


def test_dates_are_read_in_the_trackers_spellings() -> None:
    assert date("Until 4/4/2022") == dt.date(2022, 4, 4)
    assert date("between 3/4/22 & 3/11/22") == dt.date(2022, 3, 11)
    assert dates("covering January 24 to October 3, 2022") == [dt.date(2022, 10, 3)]
    assert date("unclear, 09/2022") is None
    assert date("2/30/2022") is None


def test_categories_tell_launchers_from_what_they_fire() -> None:
    named = {
        "ammunition for HIMARS": "rocket for MLRS",
        "HIMARS 142 multiple rocket launcher": "multiple rocket launcher",
        "replacement barrels for M777 howitzer": "replacement barrel",
        "National Advanced Surface-to-Air Missile System (NASAMS)": "air defence system",
        "Tactical vehicle to tow 155mm howitzer": "vehicle to tow a howitzer",
        "ton of medical equipment": "bulk medical",
        "MSI Seahawk A2 gun system": "naval gun",
        "something never heard of": "anything else",
    }
    assert {item: category_of(item, "").name for item in named} == named


def test_keys_of_long_and_foreign_names_stay_apart() -> None:
    long = "a very long name of an item that goes on and on without an end "
    assert slug(long + "A") != slug(long + "B")
    assert slug("танк") != slug("гармата")
    assert max(len(slug(name)) for name in (long, "x" * 300, "танк")) <= 48


def test_donors_are_known_in_every_spelling_and_ship_from_a_node_of_the_reference_network() -> None:
    assert [donor_of(name).nation for name in ("Türkiye", "EU (Commission and Council)", "EU", "Czech  Republic ")] == [  # type: ignore[union-attr]
        "TUR",
        "EUU",
        "EUU",
        "CZE",
    ]
    network = Network(reference.folder())
    known = {row["node"]: row["nation"] for row in network.nodes}
    for donor in spellings().values():
        node, reason = network.shipping_node(donor)
        assert known[node] == donor.nation or reason
