"""What actions write, refuse and note."""

import threading
from decimal import Context, Decimal

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from oneroof.access.actions import release_set
from oneroof.access.kinds import owned
from oneroof.access.models import Person
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import change_item
from oneroof.catalogue.models import Item, Substitute
from oneroof.journal.actions import HOUSE, acting, append_all
from oneroof.journal.errors import NotYours, Refused, Stale
from oneroof.journal.models import Event
from oneroof.journal.plain import NOT_KEPT, decimal_text, keepable
from tests.journal.conftest import FIELDS

WIDE = Context(prec=1000)


class House:
    """Acts for the house itself: writes every kind, sees everything."""

    person, party, role, parties, headquarters = None, None, "administrator", (), False

    def may_write(self, record):
        return True

    def sees(self, record):
        return True


def chain_of(viewer):
    with looking(viewer):
        return list(Event.objects.filter(chain=viewer.party).order_by("position"))


def test_each_owner_has_a_chain_without_holes_that_others_do_not_lengthen(busy, denmark, netherlands):
    danish, dutch = chain_of(denmark), chain_of(netherlands)

    assert [e.position for e in danish] == list(range(1, 13))
    assert [e.position for e in dutch] == list(range(1, 5))
    assert [e.previous for e in danish[1:]] == [e.hash for e in danish[:-1]]


def test_a_change_is_noted_with_the_fields_that_changed_and_no_others(add, change, denmark):
    change(denmark, add(denmark, "A"), tonnes_per_unit="26.10")

    last = chain_of(denmark)[-1]
    assert (last.before, last.after) == (
        {"tonnes_per_unit": "25.5", "version": 1},
        {"tonnes_per_unit": "26.1", "version": 2},
    )
    assert (last.verb, last.why, last.actor, last.party) == (
        "change",
        "Corrected “as told”",
        denmark.person,
        denmark.party,
    )


def test_typing_the_same_number_in_another_way_changes_nothing(add, change, denmark):
    change(denmark, add(denmark, "A"), tonnes_per_unit="25.500000")

    assert [e.verb for e in chain_of(denmark)] == ["add"]


def test_a_record_that_somebody_changed_meanwhile_is_not_overwritten(add, change, denmark):
    item = add(denmark, "A")
    change(denmark, item, name="Gun")
    item.version, item.name = 1, "Cannon"

    with looking(denmark), pytest.raises(Stale), acting(denmark, "change") as act:
        act.write(item, version=1)


def test_all_faults_are_told_at_once(denmark, parties):
    with looking(denmark), pytest.raises(Refused) as told, acting(denmark, "add") as act:
        to = release_set()
        act.write(Item(owner_id=denmark.party, releasable_to=to, detail_releasable_to=to, code="A\0", name="Gun"))

    assert sorted(told.value.faults) == ["code", "tonnes_per_unit", "unit"]


def test_an_action_with_one_refused_step_does_nothing_even_where_its_caller_goes_on(add, denmark, netherlands):
    item = add(denmark, "A", "NLD")
    other = add(netherlands, "B")
    with looking(netherlands), pytest.raises(NotYours), acting(netherlands, "change") as act:
        other.name = "Changed"
        act.write(other)
        try:
            item.name = "Not yours"
            act.write(item)
        except Refused:
            pass

    with looking(netherlands):
        assert Item.objects.visible_to(netherlands).get(code="B").name == "Howitzer"
    assert [e.verb for e in chain_of(netherlands)] == ["add"]


def test_of_many_records_none_is_written_that_names_what_its_writer_does_not_see(add, denmark, netherlands):
    hidden, own = add(denmark, "A"), add(netherlands, "B")
    ours = owned(netherlands, release_set(), release_set(), None)
    with looking(netherlands), pytest.raises(Refused) as told, acting(netherlands, "import") as act:
        act.add_all([Substitute(**ours, item=own, substitute=hidden, units_per_unit=1)])

    assert told.value.faults == {"substitute": ["There is no such record. Choose one of the list."]}
    with looking(netherlands):
        assert not Substitute.objects.visible_to(netherlands).exists()


def test_of_a_name_it_is_told_that_it_changed_and_not_what_it_is(parties, second):
    person = second("DNK", "reader").person
    person.set_unusable_password()
    with looking(House()), acting(House(), "rename") as act:
        person.name = "Mette Jensen"
        act.write(person)
    with looking(House()):
        last = Event.objects.filter(chain=HOUSE, record=person.pk).get()
        assert Person.objects.get(pk=person.pk).name == "Mette Jensen"
    assert (last.before["name"], last.after["name"]) == (NOT_KEPT, NOT_KEPT)


def test_removing_a_record_is_an_event_with_what_it_was(add, denmark):
    item = add(denmark, "A")
    with looking(denmark), acting(denmark, "remove", "Entered twice") as act:
        act.remove(item)

    last = chain_of(denmark)[-1]
    assert (last.record, last.before["code"], last.after, last.why) == (item.pk, "A", {}, "Entered twice")


def test_what_falls_with_a_record_that_is_removed_is_an_event_too(add, denmark):
    item = add(denmark, "A")
    with looking(denmark):
        change_item(denmark, item, value={"value_per_unit": "100", "currency": "EUR", "basis": "book"})
        with acting(denmark, "remove") as act:
            act.remove(item)

    assert [(e.kind, e.after) for e in chain_of(denmark)[-2:]] == [("item_detail", {}), ("item", {})]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_decimal_has_one_text_and_keeps_its_value(number):
    text = decimal_text(number)
    assert Decimal(text) == number
    assert decimal_text(Decimal(text)) == decimal_text(number.normalize(WIDE)) == text
    assert "E" not in text


@given(st.text())
def test_what_is_called_keepable_is_what_utf_8_can_hold(text):
    assert keepable({"a": [text]}) is ("\0" not in text)


def test_half_a_surrogate_is_not_keepable():
    assert not keepable(["\ud83d"])


@pytest.mark.django_db(transaction=True)
def test_threads_that_write_to_the_same_chains_lose_and_double_nothing(transactional_db, parties, viewer):
    writers, each = 4, 15
    people = [viewer("DNK") for _ in range(writers)]
    with looking(people[0]):
        to = release_set()
    faults = []

    def write(number):
        try:
            for turn in range(each):
                by = people[number]
                with looking(by), acting(by, "add") as act:
                    # Two chains in one action, named in turn first and last.
                    notes = [(by.party, number, turn), (HOUSE, number, turn)]
                    act.write(Item(owner_id=by.party, releasable_to=to, detail_releasable_to=to,
                                   code=f"{number}-{turn}", **FIELDS))  # fmt: skip
                    append_all([extra(by, chain) for chain, *_ in notes[:: 1 if number % 2 else -1]])
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with looking(people[0]):
        danish = list(Event.objects.filter(chain=people[0].party).order_by("position"))
        house = list(Event.objects.filter(chain=HOUSE).order_by("position").values_list("position", flat=True))
    assert [e.position for e in danish] == list(range(1, 2 * writers * each + 1))
    assert [e.previous for e in danish[1:]] == [e.hash for e in danish[:-1]]
    assert house == list(range(1, writers * each + 1))
    assert len({e.after["code"] for e in danish if "code" in e.after}) == writers * each


def extra(by, chain):
    who = {"actor": by.person, "party": by.party, "role": by.role, "action": by.person}
    return Event(chain=chain, verb="note", kind="party", record=by.party, before={}, after={}, release={}, **who)


def test_a_transaction_that_fails_leaves_no_event(denmark, parties):
    with looking(denmark), pytest.raises(ZeroDivisionError), acting(denmark, "add") as act:
        to = release_set()
        act.write(Item(owner_id=denmark.party, releasable_to=to, detail_releasable_to=to, code="A", **FIELDS))
        raise ZeroDivisionError

    assert chain_of(denmark) == []
