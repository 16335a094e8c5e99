"""Nodes and legs from tables and back; the same tables twice change nothing."""

import csv
import io
import time

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import PUBLIC, looking, tell
from oneroof.journal.models import Event
from oneroof.logistics import reference
from oneroof.logistics.importing import export_network, import_network
from oneroof.logistics.models import Leg, LegDetail, Node, NodeDetail
from oneroof.nations.models import Party
from oneroof.planning.faults import ProblemError
from oneroof.reference import folder, names_in_ukrainian

NODES = "node,nation,kind,latitude,longitude\nA,DNK,port,55.7,12.6\nB,UKR,site,,\n"
LEGS = "leg,origin,destination,mode,days,cost_per_tonne\nL,A,B,gauge,2,35\n"


@pytest.fixture
def denmark(viewer):
    by = viewer("DNK")
    with looking(by):
        yield by


def send(by, **tables):
    sent = [(f"{name}.csv", text.encode()) for name, text in tables.items()]
    return import_network(by, sent, to=release_set(), detail_to=release_set())


def faults(by, **tables):
    with pytest.raises(ProblemError) as wrong:
        send(by, **tables)
    return [(fault.table, fault.row, fault.column) for fault in wrong.value.faults]


def test_tables_become_nodes_and_legs_and_the_same_again_changes_nothing(denmark):
    assert send(denmark, nodes=NODES, legs=LEGS).added == {"nodes": 2, "legs": 1}
    before = Event.objects.count()
    assert send(denmark, nodes=NODES, legs=LEGS).unchanged == {"nodes": 2, "legs": 1}

    assert Event.objects.count() == before == 5
    assert [(n.code, n.latitude_about) for n in Node.objects.visible_to(denmark)] == [("A", 56), ("B", None)]
    assert [str(d.longitude) for d in NodeDetail.objects.visible_to(denmark)] == ["12.600000"]
    assert [(leg.mode, leg.days) for leg in Leg.objects.visible_to(denmark)] == [("gauge", 2)]
    assert [(str(d.cost_per_tonne), d.currency) for d in LegDetail.objects.visible_to(denmark)] == [("35.00", "EUR")]
    assert export_network(denmark)["legs"][0]["mode"] == "rail"


@pytest.mark.parametrize(
    ("tables", "places"),
    [
        ({"nodes": NODES.replace("DNK", "XYZ")}, [("nodes", 2, "nation")]),
        ({"nodes": NODES.replace("55.7", "95.7")}, [("nodes", 2, "latitude")]),
        ({"nodes": NODES.replace("55.7", "")}, [("nodes", 2, "latitude")]),
        ({"nodes": NODES.replace("port", "castle")}, [("nodes", 2, "kind")]),
        ({"nodes": NODES, "legs": LEGS.replace("A,B", "A,A")}, [("legs", 2, "destination")]),
        ({"nodes": NODES, "legs": LEGS.replace("A,B", "X,Y")}, [("legs", 2, "destination"), ("legs", 2, "origin")]),
        (
            {"nodes": NODES, "legs": LEGS.replace(",2,35", ",0,-1")},
            [("legs", 2, "cost_per_tonne"), ("legs", 2, "days")],
        ),
    ],
)
def test_every_fault_is_told_by_its_cell_and_nothing_is_written(denmark, tables, places):
    assert faults(denmark, **tables) == places
    assert not Node.objects.visible_to(denmark).exists()


def test_a_hidden_node_is_as_unknown_as_one_that_never_was(denmark, node):
    node("NLD", code="SECRET")
    tell(denmark)
    with pytest.raises(ProblemError) as hidden:
        send(denmark, nodes=NODES, legs=LEGS.replace(",A,", ",SECRET,"))
    with pytest.raises(ProblemError) as never:
        send(denmark, nodes=NODES, legs=LEGS.replace(",A,", ",NEVER,"))

    assert str(hidden.value).replace("SECRET", "NEVER") == str(never.value)


def test_an_export_has_no_hidden_place_cost_or_end(node, leg, parties, viewer):
    some = release_set([parties["NLD"]])
    a, b, hidden = node(code="A", to=some), node(code="B", to=some, detail_to=some), node(code="C")
    leg(a, b, code="AB", to=some)
    leg(a, hidden, code="AC", to=some)
    with looking(viewer("NLD")):
        tables = export_network(viewer("NLD"))

    assert [(row["node"], row["latitude"]) for row in tables["nodes"]] == [("A", ""), ("B", "50.110049")]
    assert [(row["leg"], row["cost_per_tonne"]) for row in tables["legs"]] == [("AB", "")]


def test_an_export_has_no_hidden_leg_between_nodes_that_are_shown(node, leg, parties, viewer):
    a, b = (node(code=code, to=release_set([parties["NLD"]])) for code in "AB")
    leg(a, b, code="AB")

    told = []
    for by in (viewer("DNK"), viewer("NLD")):
        with looking(by):
            told.append([row["leg"] for row in export_network(by)["legs"]])
    assert told == [["AB"], []]


def test_tables_are_read_alike_whatever_another_party_hides_under_the_same_codes(denmark, viewer):
    netherlands = viewer("NLD")
    with looking(netherlands):
        send(netherlands, nodes=NODES, legs=LEGS)

    assert send(denmark, nodes=NODES, legs=LEGS).added == {"nodes": 2, "legs": 1}
    assert send(denmark, nodes=NODES, legs=LEGS).unchanged == {"nodes": 2, "legs": 1}
    with looking(netherlands):
        assert send(netherlands, nodes=NODES, legs=LEGS).unchanged == {"nodes": 2, "legs": 1}


def test_two_nodes_of_one_code_are_told_apart_by_their_owners(node, parties, viewer):
    node("DNK", code="HUB", to=release_set([parties["NLD"]]))
    node("NLD", code="HUB")
    with looking(viewer("NLD")):
        assert [row["node"] for row in export_network(viewer("NLD"))["nodes"]] == ["HUB@DNK", "HUB@NLD"]


def test_the_reference_network_comes_back_as_it_is_and_quickly(viewer):
    nodes, legs = ((folder() / f"{name}.csv").read_text(encoding="utf-8") for name in ("nodes", "legs"))
    for code in {row["nation"] for row in csv.DictReader(io.StringIO(nodes))} - {"DNK", "NLD", "USA", "UKR"}:
        Party.objects.create(code=code, name=code)
    by = viewer("HQ")
    with looking(by):
        started = time.process_time()
        first = reference.fill(by)
        spent = time.process_time() - started
        again = reference.fill(by)
        assert (first.count_added, again.count_added, again.count_unchanged) == (283, 0, 283)
        assert spent < 10
    with looking(PUBLIC):
        tables = export_network(PUBLIC)
        assert {node.code: node.name_uk for node in Node.objects.visible_to(PUBLIC)} == names_in_ukrainian()["nodes"]
    for name, content in (("nodes", nodes), ("legs", legs)):
        for told, row in zip(tables[name], csv.DictReader(io.StringIO(content)), strict=True):
            for column in ("latitude", "longitude"):
                row[column] = str(float(row[column])).removesuffix(".0") if column in row else None
            assert {key: value for key, value in told.items() if key in row} == {
                k: v for k, v in row.items() if v is not None
            }
