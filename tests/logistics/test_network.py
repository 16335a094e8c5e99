"""Nodes, legs and closures: what is refused, and who sees what of them."""

from datetime import date

import pytest

from oneroof.access.actions import change_release, release_set
from oneroof.access.kinds import seen
from oneroof.access.viewer import PUBLIC, looking
from oneroof.journal.errors import NotYours, Refused
from oneroof.journal.models import Event
from oneroof.logistics.actions import add_closure, add_leg, add_node, change_leg, change_node, remove_closure
from oneroof.logistics.models import Closure, Leg, LegDetail, Node, NodeDetail


def faults(run, viewer, **fields):
    with looking(viewer), pytest.raises(Refused) as refused:
        run(viewer, to=release_set(), **fields)
    return refused.value.faults


def test_a_node_shows_its_place_in_whole_degrees_and_the_exact_place_to_fewer(node, parties, viewer):
    wide, narrow = release_set([parties["NLD"], parties["USA"]]), release_set([parties["NLD"]])
    node(to=wide, detail_to=narrow)

    def told(by):
        with looking(by):
            rough = [(n.latitude_about, n.longitude_about) for n in Node.objects.visible_to(by)]
            return rough, [str(d.latitude) for d in NodeDetail.objects.visible_to(by)]

    assert [told(v) for v in (viewer("DNK"), viewer("NLD"), viewer("USA"), viewer("HQ"), PUBLIC)] == [
        ([(50, 22)], ["50.110049"]), ([(50, 22)], ["50.110049"]), ([(50, 22)], []), ([], []), ([], []),
    ]  # fmt: skip


def test_moving_a_node_within_its_degree_moves_nothing_that_others_see(node, viewer):
    made = node()
    denmark = viewer("DNK")
    with looking(denmark):
        change_node(denmark, made, place={"latitude": "50.2", "longitude": "22.1"})

        assert Node.objects.visible_to(denmark).get().version == 1
        assert list(Event.objects.order_by("position").values_list("kind", "verb")) == [
            ("node", "add"), ("node_detail", "add"), ("node_detail", "change"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"place": {"latitude": "91", "longitude": "0"}},
        {"place": {"latitude": "0", "longitude": "181"}},
        {"place": {"latitude": "north", "longitude": "0"}},
        {"handling_tonnes_per_week": "-1"},
        {"kind": "castle"},
        {"code": ""},
    ],
)
def test_a_wrong_field_of_a_node_is_refused_by_its_name(viewer, parties, fields):
    right = {"code": "A", "name": "A", "nation": parties["DNK"], "kind": "hub"}

    wrong = {"latitude", "longitude"} & {k for k, v in fields.get("place", {}).items() if v != "0"} or set(fields)
    assert set(faults(add_node, viewer("DNK"), **{**right, **fields})) == wrong


@pytest.mark.parametrize(
    "fields",
    [
        {"days": 0},
        {"days": -1},
        {"tonnes_per_week": "-0.001"},
        {"mode": "pigeon"},
        {"cost_per_tonne": "-1"},
    ],
)
def test_a_wrong_field_of_a_leg_is_refused_by_its_name(node, viewer, fields):
    ends = {"origin": node(code="A"), "destination": node(code="B")}
    right = {"code": "L", "mode": "rail", "days": 1}
    given = {"cost": {"currency": "EUR", **fields}} if "cost_per_tonne" in fields else fields

    assert set(faults(add_leg, viewer("DNK"), **ends, **{**right, **given})) == set(fields)


def test_a_leg_leads_elsewhere_and_closes_after_it_opens(node, viewer):
    a = node(code="A")
    told = faults(
        add_leg, viewer("DNK"), code="L", mode="sea", days=1, origin=a, destination=a,
        opens=date(2025, 3, 1), closes=date(2025, 2, 1),
    )  # fmt: skip

    assert set(told) == {"destination", "closes"}


def test_an_unseen_node_is_refused_in_the_words_of_an_unknown_one(node, viewer):
    hidden, own, other = node("DNK", code="A"), node("NLD", code="B"), viewer("NLD")
    right = {"code": "L", "mode": "sea", "days": 1, "destination": own}

    unknown = faults(add_leg, other, origin=None, **right)
    with looking(other):
        named = Node.objects.visible_to(other).filter(pk=hidden.pk).first()
    assert unknown == faults(add_leg, other, origin=named, **right)
    assert unknown == {"origin": ["There is no such record. Choose one of the list."]}
    assert set(faults(add_leg, other, origin=hidden, **right)) == {"origin"}


def test_a_leg_shows_an_unseen_end_as_nothing(node, leg, parties, viewer):
    some = release_set([parties["NLD"]])
    leg(node(code="A", to=some), node(code="B"), to=some)
    other = viewer("NLD")

    with looking(other):
        shown = Leg.objects.visible_to(other).get()
        assert (seen(shown, "origin").code, seen(shown, "destination")) == ("A", None)


def test_the_cost_of_a_leg_goes_to_fewer(node, leg, parties, viewer):
    some = release_set([parties["NLD"]])
    leg(node(code="A", to=some), node(code="B", to=some), to=some)
    with looking(viewer("NLD")):
        assert not LegDetail.objects.visible_to(viewer("NLD")).exists()
    with looking(viewer("DNK")):
        assert LegDetail.objects.visible_to(viewer("DNK")).get().currency == "EUR"


def test_a_leg_keeps_its_unseen_end_when_its_owner_changes_something_else(node, leg, parties, viewer):
    open_to = release_set([parties["NLD"]])
    theirs, own = node("DNK", code="A", to=open_to), node("NLD", code="B")
    leg(theirs, own, owner="NLD")
    third = node("NLD")
    denmark, netherlands = viewer("DNK"), viewer("NLD")
    with looking(denmark):
        change_release(denmark, theirs, to=release_set(), detail_to=release_set(), embargo_until=None, why="Narrowed")
    with looking(netherlands):
        shown = Leg.objects.visible_to(netherlands).get()
        assert seen(shown, "origin") is None
        with pytest.raises(Refused, match="no such record"):
            change_leg(netherlands, shown, days=3)
        change_leg(netherlands, Leg.objects.visible_to(netherlands).get(), origin=own, destination=third, days=3)


def test_any_party_may_close_what_it_sees_and_only_that(node, parties, viewer):
    public, hidden = node(code="A", to=release_set(public=True)), node(code="B")
    other = viewer("NLD")
    with looking(other):
        made = add_closure(
            other, to=release_set(), node=public, starts_on=date(2025, 1, 1), capacity_left=30, reason="Strike"
        )
        with pytest.raises(Refused):
            add_closure(other, to=release_set(), node=hidden, starts_on=date(2025, 1, 1), reason="Strike")
        assert [row.reason for row in Closure.objects.visible_to(other)] == ["Strike"]
    denmark = viewer("DNK")
    with looking(denmark):
        assert not Closure.objects.visible_to(denmark).exists()
        with pytest.raises(NotYours):
            remove_closure(denmark, made)
    with looking(other):
        remove_closure(other, made)
        assert not Closure.objects.visible_to(other).exists()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"node": None}, "node"),
        ({"ends_on": date(2024, 12, 31)}, "ends_on"),
        ({"capacity_left": 101}, "capacity_left"),
        ({"capacity_left": -1}, "capacity_left"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_wrong_closure_is_refused(node, viewer, fields, wrong):
    right = {"node": node(), "starts_on": date(2025, 1, 1), "reason": "Ice"}

    assert set(faults(add_closure, viewer("DNK"), **{**right, **fields})) == {wrong}
