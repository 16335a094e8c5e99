"""What a party sees of what happened."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oneroof.access.actions import change_release, release_set
from oneroof.access.kinds import open_kinds, walled_kinds
from oneroof.access.models import Person
from oneroof.access.roles import Role
from oneroof.access.viewer import PUBLIC, looking
from oneroof.catalogue.actions import change_item
from oneroof.catalogue.models import Item
from oneroof.history.reading import as_of, history_of, page, visible_events
from oneroof.journal.actions import HOUSE, acting, values
from oneroof.journal.models import Event


def told(viewer, record, **more):
    with looking(viewer):
        return history_of(viewer, record, **more)


def seen_in_log(viewer):
    with looking(viewer):
        return page(viewer, visible_events(viewer), None, 1000).lines


def test_the_log_of_one_kind_is_that_part_of_the_whole(add, change, denmark, netherlands, viewer):
    change(denmark, add(denmark, "A", "NLD"), name="Gun")
    add(netherlands, "B")
    for who, some in ((denmark, True), (netherlands, True), (viewer("HQ"), False), (PUBLIC, False)):
        with looking(who):
            whole = list(visible_events(who).values_list("pk", "kind"))
            assert bool(whole) is some
            for kind in {**walled_kinds(), **open_kinds()}:
                found = visible_events(who, of=kind).values_list("pk", "kind")
                assert set(found) == {(pk, word) for pk, word in whole if word == kind}


def test_history_is_newest_first_with_what_changed_in_words(add, change, denmark):
    item = add(denmark, "A", "NLD")
    change(denmark, item, name="Gun", explosives=True)

    latest, first = told(denmark, item)
    assert [(c.field, c.before, c.after) for c in latest.changes] == [
        ("Explosives", "no", "yes"),
        ("Name", "Howitzer", "Gun"),
    ]
    assert ("Releasable to", "", "NLD") in [(c.field, c.before, c.after) for c in first.changes]
    assert (latest.what, latest.why, first.what) == ("changed", "Corrected “as told”", "added")


def test_names_of_people_are_told_to_their_own_party_alone(add, denmark, netherlands, viewer):
    item = add(denmark, "A", "NLD", "HQ")

    who = [told(v, item).lines[0].who for v in (denmark, netherlands, viewer("HQ"))]
    role = str(Role.DONOR_REPRESENTATIVE.label)
    assert who == ["donor_representative of DNK, DNK", f"{role}, DNK", f"{role}, DNK"]


def test_the_history_of_a_hidden_record_does_not_exist(add, denmark, netherlands, viewer):
    item = add(denmark, "A", "NLD")

    assert [len(told(v, item)) for v in (denmark, netherlands, viewer("USA"), viewer("HQ"), PUBLIC)] == [1, 1, 0, 0, 0]


def test_narrowing_the_release_hides_history_too(add, denmark, netherlands):
    item = add(denmark, "A", "NLD")
    with looking(denmark):
        nobody = release_set()
        change_release(denmark, item, to=nobody, detail_to=nobody, embargo_until=None, why="Too early")

    assert (len(told(netherlands, item)), len(seen_in_log(netherlands)), len(told(denmark, item))) == (0, 0, 2)


def test_the_log_has_the_events_of_visible_records_and_of_the_own_chain(busy, denmark, netherlands, viewer):
    assert [len(seen_in_log(v)) for v in (denmark, netherlands, viewer("USA"), PUBLIC)] == [12, 16, 0, 0]


def test_a_removed_record_is_history_for_its_owner_alone(add, denmark, netherlands):
    item = add(denmark, "A", "NLD")
    with looking(denmark), acting(denmark, "remove") as act:
        act.remove(item)

    assert [[line.what for line in seen_in_log(v)] for v in (denmark, netherlands)] == [["removed", "added"], []]


def test_pages_of_a_history_join_without_loss_or_repeat(add, change, denmark):
    item = add(denmark, "A")
    for number in range(7):
        change(denmark, item, name=f"Gun {number}")

    found, older = [], None
    while True:
        part = told(denmark, item, older_than=older, most=3)
        found += [line.key for line in part]
        older = part.older
        if older is None:
            break
    assert found == [line.key for line in told(denmark, item)]
    assert len(set(found)) == 8


def test_the_history_of_a_record_has_the_events_of_its_details_for_those_who_see_them(add, denmark, netherlands):
    item = add(denmark, "A", "NLD")
    with looking(denmark):
        change_item(denmark, item, value={"value_per_unit": "100", "currency": "EUR", "basis": "book"})
        change_item(denmark, item, value={})

    assert [line.kind for line in told(denmark, item)] == ["value of an item", "value of an item", "item"]
    assert [line.kind for line in told(netherlands, item)] == ["item"]


@pytest.mark.parametrize("who", ["denmark", "netherlands"])
def test_a_history_takes_as_many_queries_for_one_event_as_for_nine(add, change, request, denmark, who):
    viewer = request.getfixturevalue(who)
    short, long = add(denmark, "A", "NLD"), add(denmark, "B", "NLD")
    for number in range(8):
        change(denmark, long, name=f"Gun {number}")

    counts = []
    for item in (short, long):
        with looking(viewer), CaptureQueriesContext(connection) as queries:
            history_of(viewer, item)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_a_record_is_rebuilt_as_it_stood_at_any_instant(add, change, denmark, netherlands):
    item = add(denmark, "A", "NLD")
    born = timezone.now()
    change(denmark, item, name="Gun", tonnes_per_unit="30")

    with looking(netherlands):
        then, now = (dict(as_of(netherlands, item, at)) for at in (born, timezone.now()))
        before = as_of(netherlands, item, born - timedelta(days=1))
    assert (then["Name"], then["Tonnes per unit"]) == ("Howitzer", "25.5")
    assert (now["Name"], now["Tonnes per unit"]) == ("Gun", "30")
    assert before is None


CHANGES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(["Gun", "Howitzer", "Гармата", "“A” \\ B"]),
            "name_uk": st.sampled_from(["", "Гармата"]),
            "explosives": st.booleans(),
            "tonnes_per_unit": st.decimals("0.001", 999, places=3),
        },
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_events_fold_to_every_state_that_a_record_had(add, change, denmark, changes):
    with looking(denmark):
        number = Item.objects.visible_to(denmark).count()
    item = add(denmark, f"A{number}")
    states = [values(item)]
    for fields in changes:
        change(denmark, item, **fields)
        if values(item) != states[-1]:
            states.append(values(item))

    with looking(denmark):
        events = list(Event.objects.filter(record=item.pk).order_by("position"))
    state, found = {}, []
    for event in events:
        assert {name: state.get(name) for name in event.before} == event.before
        state = {**state, **event.after}
        found.append(state)
    assert found == states


def test_no_event_holds_a_name_or_an_address_of_a_person(busy, denmark, second):
    with looking(denmark):
        told = "".join(str(row) for row in Event.objects.values_list())
        people = Person.objects.values_list("name", "email")
    assert [part for pair in people for part in pair if part in told] == []


def test_the_house_chain_shows_parties_inside_and_people_to_nobody(parties, denmark):
    from tests.journal.test_actions import House  # noqa: PLC0415

    with looking(PUBLIC), acting(House(), "change") as act:
        parties["USA"].name = "United States of America"
        act.write(parties["USA"])
        person = Person.objects.get(pk=denmark.person)
        person.set_unusable_password()
        person.language = "uk"
        act.write(person)

    assert [line.kind for line in seen_in_log(denmark)] == ["party"]
    assert seen_in_log(PUBLIC) == []
    with looking(denmark):
        assert set(Event.objects.filter(chain=HOUSE).values_list("kind", flat=True)) == {"party", "person"}
