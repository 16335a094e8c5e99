"""Items: what is refused, what is found, who sees names and values."""

import pytest

from oneroof.access.actions import release_set
from oneroof.access.spelling import fold, holding
from oneroof.access.viewer import PUBLIC, looking
from oneroof.catalogue.actions import add_item, change_item
from oneroof.catalogue.models import Item, ItemDetail, ItemName
from oneroof.journal.errors import Refused, Stale
from oneroof.journal.models import Event
from tests.catalogue.conftest import PALLET, VALUE


def faults(viewer, **fields):
    with looking(viewer), pytest.raises(Refused) as refused:
        add_item(viewer, to=release_set(), **{**PALLET, **fields})
    return refused.value.faults


def found(viewer, words):
    with looking(viewer):
        return [item.code for item in holding(Item.objects.visible_to(viewer), words)]


@pytest.mark.parametrize("typed", ["1320-12-345-6789", " 1320 12 345 6789 ", "1320123456789", "1320‑12‑345‑6789"])
def test_a_stock_number_is_kept_as_thirteen_digits(item, typed):
    made = item(nsn=typed)

    assert (made.nsn, made.stock_number, made.niin) == ("1320123456789", "1320-12-345-6789", "123456789")
    assert made.stock_class == "1320 Ammunition, over 125 mm"


def test_leading_zeros_of_nation_and_serial_stay(item):
    assert item(nsn="1005-00-000-0012").nsn == "1005000000012"


@pytest.mark.parametrize("typed", ["132012345678", "13201234567890", "1320-12-345-678A", "0132-01-234-5678", "١" * 13])
def test_a_malformed_stock_number_is_refused(viewer, typed):
    assert list(faults(viewer("DNK"), nsn=typed)) == ["nsn"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"hazard_division": "1.1", "compatibility_group": "D"}, "hazard_division"),
        ({"explosives": True, "hazard_division": "1.1"}, "compatibility_group"),
        ({"explosives": True, "compatibility_group": "D"}, "hazard_division"),
        ({"explosives": True, "hazard_division": "1.5", "compatibility_group": "S"}, "compatibility_group"),
        ({"explosives": True, "hazard_division": "1.7", "compatibility_group": "D"}, "hazard_division"),
        ({"un_number": "12"}, "un_number"),
        ({"tonnes_per_unit": "0"}, "tonnes_per_unit"),
        ({"tonnes_per_unit": "-1"}, "tonnes_per_unit"),
        ({"volume_per_unit": "-1"}, "volume_per_unit"),
        ({"supply_class": "VII"}, "supply_class"),
        ({"value": {"value_per_unit": "-5", "currency": "EUR", "basis": "book"}}, "value_per_unit"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(viewer, fields, wrong):
    assert wrong in faults(viewer("DNK"), **fields)


def test_a_value_is_never_a_bare_number(viewer):
    assert set(faults(viewer("DNK"), value={"value_per_unit": "28000"})) == {"currency", "basis"}


def test_all_faults_of_item_value_and_names_are_told_at_once(viewer):
    told = faults(viewer("DNK"), nsn="1", unit="", value={"value_per_unit": "x"}, names=[{"language": "U", "name": ""}])

    assert set(told) == {
        "nsn", "unit", "value_per_unit", "currency", "basis", "names-0-language", "names-0-name",
    }  # fmt: skip


def test_explosives_keep_division_group_and_number(item):
    made = item(explosives=True, hazard_division="1.1", compatibility_group="D", un_number="0168")

    assert (made.hazard_division, made.compatibility_group, made.un_number) == ("1.1", "D", "0168")


def test_a_code_is_unique_for_its_owner_alone(item, viewer):
    item("DNK")
    item("NLD")

    assert "" in faults(viewer("DNK"))


def test_search_finds_code_stock_number_names_and_synonyms(item, viewer):
    item(
        nsn="1320-12-345-6789",
        name_uk="Боєприпаси, об’єкт",
        names=[{"language": "de", "kind": "synonym", "name": "Geschoß für Haubitze"}],
    )
    item(code="OTHER", name="Tent")
    denmark = viewer("DNK")

    for words in ("rounds", "1320-12", "123456789", "боєприпаси", "об'єкт", "обʼєкт", "haubitze FUR", "geschoss"):
        assert found(denmark, words) == ["ROUNDS"], words
    assert found(denmark, "") == ["OTHER", "ROUNDS"]
    assert found(denmark, "100%") == []


def test_a_name_taken_away_is_found_no_more(item, viewer):
    made = item(names=[{"language": "de", "name": "Haubitze"}])
    denmark = viewer("DNK")
    with looking(denmark):
        change_item(denmark, made, names=[{"language": "de", "name": "Geschoss"}])

    assert (found(denmark, "haubitze"), found(denmark, "geschoss")) == ([], ["ROUNDS"])


def test_folding_strips_accents_of_latin_letters_only():
    assert [fold(t) for t in ("Rzeszów", "Й", "Обʼєкт", "A  B")] == ["rzeszow", "й", "об'єкт", "a b"]


def test_names_go_with_the_item_and_values_to_fewer(item, parties, viewer):
    wide, narrow = release_set([parties["NLD"], parties["USA"]]), release_set([parties["NLD"]])
    item(to=wide, detail_to=narrow, value=VALUE, names=[{"language": "uk", "name": "Снаряди"}])

    def seen(by):
        with looking(by):
            return (
                ItemName.objects.visible_to(by).count(),
                [str(d.value_per_unit) for d in ItemDetail.objects.visible_to(by)],
            )

    assert [seen(v) for v in (viewer("DNK"), viewer("NLD"), viewer("USA"), viewer("HQ"), PUBLIC)] == [
        (1, ["28000.00"]), (1, ["28000.00"]), (1, []), (0, []), (0, []),
    ]  # fmt: skip


def test_writing_the_same_again_is_no_event_and_no_new_version(item, viewer):
    made = item(value=VALUE)
    denmark = viewer("DNK")
    with looking(denmark):
        again = Item.objects.visible_to(denmark).get()
        before = Event.objects.count()
        change_item(denmark, again, tonnes_per_unit="0.450", name=" Rounds, pallet ", value={"value_per_unit": 28000})

        assert (Event.objects.count(), again.version) == (before, made.version)


def test_a_change_of_an_older_version_is_stale(item, viewer):
    made = item()
    denmark = viewer("DNK")
    with looking(denmark):
        change_item(denmark, made, version=1, name="Shells")
        with pytest.raises(Stale):
            change_item(denmark, Item.objects.visible_to(denmark).get(), version=1, name="Bombs")
