"""Packages and their parts."""

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_package, change_package
from oneroof.catalogue.models import Package, PackagePart
from oneroof.journal.errors import Refused
from oneroof.journal.models import Event


@pytest.fixture
def battery(denmark, item):
    def make(to=None, parts=None):
        parts = parts or [{"item": item(), "quantity": 2}, {"kind": "course", "course": "GUNNER", "quantity": 30}]
        with looking(denmark):
            return add_package(denmark, to=to or release_set(), code="BATTERY", name="Battery", parts=parts)

    return make


def test_a_package_without_parts_is_refused(denmark, battery):
    made = battery()

    with looking(denmark):
        with pytest.raises(Refused, match="at least one part"):
            add_package(denmark, to=release_set(), code="EMPTY", name="Empty", parts=[])
        with pytest.raises(Refused, match="at least one part"):
            change_package(denmark, made, parts=[])
        assert Package.objects.visible_to(denmark).count() == 1


def test_faults_of_parts_are_told_by_their_rows(denmark, item):
    rows = [
        {"item": item(), "quantity": 0},
        {"kind": "course", "quantity": 1},
        {"kind": "course", "course": "A", "quantity": 1},
        {"kind": "course", "course": "A", "quantity": 2},
    ]
    with looking(denmark), pytest.raises(Refused) as refused:
        add_package(denmark, to=release_set(), code="X", name="", parts=rows)

    assert set(refused.value.faults) == {"name", "parts-0-quantity", "parts-1-course", "parts-3-item"}


def test_parts_are_replaced_as_a_whole_and_raise_the_version(denmark, battery):
    made = battery()
    with looking(denmark):
        change_package(denmark, made, parts=[{"kind": "course", "course": "GUNNER", "quantity": 25}])
        parts = PackagePart.objects.visible_to(denmark)

        assert [(part.course, int(part.quantity)) for part in parts] == [("GUNNER", 25)]
        assert made.version == 2
        verbs = Event.objects.filter(kind="package_part").order_by("position").values_list("verb", "after")
        assert [(verb, after.get("quantity")) for verb, after in verbs][2:] == [
            ("change", "25"),
            ("change", None),
        ]


def test_the_same_parts_again_change_nothing(denmark, battery, item):
    made = battery()
    with looking(denmark):
        before = Event.objects.count()
        part = PackagePart.objects.visible_to(denmark).get(kind="item").item
        rows = [{"item": part, "quantity": "2.0"}, {"kind": "course", "course": " GUNNER ", "quantity": 30}]
        change_package(denmark, made, parts=rows)

        assert (Event.objects.count(), made.version) == (before, 1)


def test_a_part_that_is_not_released_is_named_to_nobody(battery, parties, viewer):
    battery(to=release_set([parties["NLD"]]))
    other = viewer("NLD")

    with looking(other):
        parts = list(PackagePart.objects.visible_to(other))
        assert [(part.kind, part.item, int(part.quantity)) for part in parts if part.kind == "item"] == [
            ("item", None, 2)
        ]
        assert {part.package.code for part in parts} == {"BATTERY"}
    with looking(viewer("USA")):
        assert not PackagePart.objects.visible_to(viewer("USA")).exists()


def test_a_package_names_only_items_that_its_writer_sees(item, viewer):
    hidden, other = item("DNK"), viewer("NLD")

    with looking(other), pytest.raises(Refused, match=r"no such|does not exist|не існує"):
        add_package(other, to=release_set(), code="X", name="X", parts=[{"item": hidden, "quantity": 1}])


def test_details_of_a_new_record_go_to_no_more_parties_than_the_record(denmark, parties):
    wider = {"to": release_set(), "detail_to": release_set([parties["NLD"]])}
    part = {"kind": "course", "course": "GUNNER", "quantity": 1}

    with looking(denmark), pytest.raises(Refused, match="some of the parties"):
        add_package(denmark, **wider, code="X", name="X", parts=[part])


def test_parts_stand_on_the_page_in_the_order_of_their_names(denmark, item, battery, signed_in):
    named = [item(code=f"PART-{name}", name=name) for name in ("Echo", "Alpha", "Delta", "Bravo", "Charlie", "Foxtrot")]
    made = battery(parts=[{"item": part, "quantity": 1} for part in named])
    page = signed_in("DNK").get(made.get_absolute_url()).content.decode()
    story = page[page.index('id="parts"') :]

    found = sorted((part.name for part in named), key=lambda name: story.index(f">{name}</a>"))
    assert found == ["Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot"]
