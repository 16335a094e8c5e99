"""Tables become records whole or not at all; the same tables twice change nothing; records become tables again."""

import csv
import io
import time

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import PUBLIC, looking, tell
from oneroof.catalogue import reference
from oneroof.catalogue.actions import add_package, add_substitute
from oneroof.catalogue.importing import export_catalogue, import_catalogue
from oneroof.catalogue.models import Item, ItemDetail, Package, PackagePart, Substitute
from oneroof.journal.models import Event
from oneroof.planning import workbook
from oneroof.planning.faults import ProblemError
from oneroof.reference import folder, names_in_ukrainian

ITEMS = "item,name,unit,tonnes_per_unit,value_per_unit,nsn\nA,Alpha,each,1.5,10,1320-00-345-6789\nB,,each,2,,\n"
PACKAGES = "package,name\nP,Pair\n"
PARTS = "package,kind,part,quantity\nP,item,A,2\nP,course,C,30\n"
SUBSTITUTES = "item,substitute,units_per_unit,preference\nA,B,2,0.5\n"


def files(**tables):
    return [(f"{name}.csv", text.encode()) for name, text in tables.items()]


WHOLE = files(items=ITEMS, packages=PACKAGES, package_parts=PARTS, substitutes=SUBSTITUTES)


@pytest.fixture
def denmark(viewer):
    by = viewer("DNK")
    with looking(by):
        yield by


def send(by, sent, **more):
    return import_catalogue(by, sent, to=release_set(), detail_to=release_set(), **more)


def faults(by, sent):
    with pytest.raises(ProblemError) as wrong:
        send(by, sent)
    return [(fault.table, fault.row, fault.column) for fault in wrong.value.faults]


def test_tables_become_records_with_one_event_each(denmark):
    outcome = send(denmark, WHOLE)

    assert outcome.added == {"items": 2, "packages": 1, "package_parts": 2, "substitutes": 1}
    a = Item.objects.visible_to(denmark).get(code="A")
    assert (a.name, a.nsn, a.explosives, a.whole_units) == ("Alpha", "1320003456789", False, True)
    assert Item.objects.visible_to(denmark).get(code="B").name == "B"
    worth = [
        (d.record.code, str(d.value_per_unit), d.currency, d.basis) for d in ItemDetail.objects.visible_to(denmark)
    ]
    assert worth == [("A", "10.00", "EUR", "estimate")]
    assert Event.objects.filter(chain=denmark.party).count() == 7


def test_the_same_tables_again_change_nothing(denmark):
    send(denmark, WHOLE)
    before = Event.objects.count()
    outcome = send(denmark, WHOLE)

    assert (outcome.added["items"], outcome.changed["items"], Event.objects.count()) == (0, 0, before)
    assert outcome.unchanged == {"items": 2, "packages": 1, "package_parts": 2, "substitutes": 1}


def test_a_dry_run_says_the_same_and_writes_nothing(denmark):
    assert send(denmark, WHOLE, dry=True) == send(denmark, WHOLE)
    assert Item.objects.visible_to(denmark).count() == 2
    before = Event.objects.count()
    changed = files(items=ITEMS.replace("Alpha", "Aleph"))
    assert send(denmark, changed, dry=True).changed == {**send(denmark, changed, dry=True).changed, "items": 1}
    assert (Event.objects.count(), Item.objects.visible_to(denmark).filter(name="Aleph").exists()) == (before, False)


def test_rows_change_what_is_there_and_a_column_that_is_absent_leaves_it(denmark):
    send(denmark, WHOLE)
    outcome = send(denmark, files(items="item,unit,tonnes_per_unit\nA,box,1.500\n"))

    a = Item.objects.visible_to(denmark).get(code="A")
    assert (outcome.changed["items"], a.unit, a.name, a.nsn, a.version) == (1, "box", "Alpha", "1320003456789", 2)


def test_parts_that_are_not_named_any_more_go_and_raise_the_packages_version(denmark):
    send(denmark, WHOLE)
    send(denmark, files(package_parts="package,kind,part,quantity\nP,item,B,1\n"))

    assert [part.item.code for part in PackagePart.objects.visible_to(denmark)] == ["B"]
    assert Package.objects.visible_to(denmark).get().version == 2


@pytest.mark.parametrize(
    ("sent", "places"),
    [
        ({"items": "item,unit,tonnes_per_unit\nA,each,0\nA,each,1\n"}, [
            ("items", 2, "tonnes_per_unit"), ("items", 3, "item")]),
        ({"items": "item,unit,tonnes_per_unit,colour\nA,each,1,red\n"}, [("items", 1, "colour")]),
        ({"items": "item,unit\nA,each\n"}, [("items", 1, "tonnes_per_unit")]),
        ({"items": ITEMS.replace("1320-00", "0320-00")}, [("items", 2, "nsn")]),
        ({"items": "item,unit,tonnes_per_unit,hazard_division\nA,each,1,1.1\n"}, [
            ("items", 2, "compatibility_group"), ("items", 2, "hazard_division")]),
        ({"items": "item,unit,tonnes_per_unit,supply_class\nA,each,1,VII\n"}, [("items", 2, "supply_class")]),
        ({"items": ITEMS, "packages": PACKAGES}, [("packages", 2, "package")]),
        ({"items": ITEMS, "packages": PACKAGES, "package_parts": PARTS.replace(",A,", ",X,")}, [
            ("package_parts", 2, "part")]),
        ({"package_parts": PARTS}, [
            ("package_parts", 2, "package"), ("package_parts", 2, "part"), ("package_parts", 3, "package")]),
        ({"items": ITEMS, "substitutes": SUBSTITUTES + "B,A,1,1\n"}, [("substitutes", 3, "substitute")]),
        ({"items": ITEMS, "substitutes": SUBSTITUTES.replace("A,B", "A,A")}, [("substitutes", 2, "substitute")]),
        ({"items": ITEMS, "substitutes": SUBSTITUTES.replace("2,0.5", "0,2")}, [
            ("substitutes", 2, "preference"), ("substitutes", 2, "units_per_unit")]),
        ({"itmes": ITEMS}, [("itmes", 1, "")]),
        ({"requirements": "requirement\nR\n"}, [("problem", 1, "")]),
    ],
)  # fmt: skip
def test_every_fault_is_told_by_its_cell_and_nothing_is_written(denmark, sent, places):
    assert faults(denmark, files(**sent)) == places
    assert not Item.objects.visible_to(denmark).exists()
    assert not Event.objects.exists()


def test_a_hidden_item_is_as_unknown_as_one_that_never_was(denmark, item):
    item("NLD", code="SECRET")
    tell(denmark)
    with pytest.raises(ProblemError) as hidden:
        send(denmark, files(items=ITEMS, packages=PACKAGES, package_parts=PARTS.replace(",A,", ",SECRET,")))
    with pytest.raises(ProblemError) as never:
        send(denmark, files(items=ITEMS, packages=PACKAGES, package_parts=PARTS.replace(",A,", ",NEVER,")))

    assert str(hidden.value).replace("SECRET", "NEVER") == str(never.value)


def test_tables_are_read_alike_whatever_another_party_hides_under_the_same_codes(denmark, viewer):
    netherlands = viewer("NLD")
    with looking(netherlands):
        send(netherlands, WHOLE)
        theirs = Item.objects.visible_to(netherlands).count()

    assert send(denmark, WHOLE).added == {"items": 2, "packages": 1, "package_parts": 2, "substitutes": 1}
    assert send(denmark, WHOLE).unchanged == {"items": 2, "packages": 1, "package_parts": 2, "substitutes": 1}
    with looking(netherlands):
        assert (theirs, Item.objects.visible_to(netherlands).count()) == (2, 2)
        assert send(netherlands, WHOLE).unchanged["items"] == 2


def test_a_hidden_pair_closes_no_circle_for_whoever_imports(denmark, item, viewer):
    a, b = (item(code=code, to=release_set(public=True)) for code in "AB")
    netherlands = viewer("NLD")
    with looking(netherlands):
        add_substitute(netherlands, to=release_set(), item=b, substitute=a, units_per_unit=1)

    assert send(denmark, files(substitutes=SUBSTITUTES)).added == {
        "items": 0, "packages": 0, "package_parts": 0, "substitutes": 1,
    }  # fmt: skip


def test_an_export_has_no_hidden_pair_or_package_of_items_that_are_shown(denmark, item, parties, viewer):
    a, b = (item(code=code, to=release_set([parties["NLD"]])) for code in "AB")
    add_substitute(denmark, to=release_set(), item=a, substitute=b, units_per_unit=1)
    add_package(denmark, to=release_set(), code="P", name="Pair", parts=[{"kind": "item", "item": a, "quantity": "2"}])

    def told(by):
        with looking(by):
            return {name: len(rows) for name, rows in export_catalogue(by).items()}

    assert told(denmark) == {"items": 2, "packages": 1, "package_parts": 1, "substitutes": 1}
    assert told(viewer("NLD")) == {"items": 2, "packages": 0, "package_parts": 0, "substitutes": 0}


def test_anothers_item_may_be_a_part_where_it_is_seen(denmark, item, parties):
    item("NLD", code="OPEN", to=release_set([parties["DNK"]]))
    tell(denmark)
    send(denmark, files(packages=PACKAGES, package_parts="package,kind,part,quantity\nP,item,OPEN,1\n"))

    assert PackagePart.objects.visible_to(denmark).get().item.code == "OPEN"


def test_a_workbook_says_the_same_as_files(denmark, tmp_path):
    tables = {name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(text.decode()))) for name, text in WHOLE}
    filled = {
        name: [{column: row.get(column, "") for column in workbook.TABLE[name].names} for row in rows]
        for name, rows in tables.items()
    }
    for row in filled["items"]:
        row["nsn"] = row["nsn"].replace("-", "")
    workbook.write(tmp_path / "sent.xlsx", {"name": "x"}, filled)
    send(denmark, WHOLE)
    outcome = send(denmark, [("sent.xlsx", (tmp_path / "sent.xlsx").read_bytes())])

    assert (outcome.added["items"], outcome.changed["items"], outcome.unchanged["substitutes"]) == (0, 0, 1)


def test_what_is_no_table_is_refused(denmark):
    for name, content in (("a.pdf", b"%PDF"), ("a.xlsx", b"PK\x03\x04"), ("items.csv", b"\xff\xfe")):
        with pytest.raises(ProblemError):
            send(denmark, [(name, content)])


def test_the_reference_catalogue_comes_back_as_it_is_and_quickly(viewer):
    by = viewer("HQ")
    with looking(by):
        started = time.process_time()
        first = reference.fill(by)
        spent = time.process_time() - started
        again = reference.fill(by)
        assert (first.count_added, again.count_added, again.count_unchanged) == (138, 0, 138)
        assert spent < 10
        tables = export_catalogue(by)
    for name in ("items", "packages", "package_parts", "substitutes"):
        rows = list(csv.DictReader(io.StringIO((folder() / f"{name}.csv").read_text(encoding="utf-8"))))
        told = [{column: row[column] for column in rows[0]} for row in tables[name]]
        assert sorted(told, key=str) == sorted(rows, key=str)
    with looking(PUBLIC):
        assert all(item.illustrative for item in Item.objects.visible_to(PUBLIC))
        assert {item.code: item.name_uk for item in Item.objects.visible_to(PUBLIC)} == names_in_ukrainian()["items"]
        assert {x.code: x.name_uk for x in Package.objects.visible_to(PUBLIC)} == names_in_ukrainian()["packages"]
        assert Substitute.objects.visible_to(PUBLIC).count() == 8
