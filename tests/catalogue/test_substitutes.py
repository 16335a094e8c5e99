"""Substitutes: no circles, within what the writer sees."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_substitute, find_circle
from oneroof.catalogue.models import Substitute
from oneroof.journal.errors import Refused

PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20)


def reaches_itself(pairs):
    """An oracle of another kind: the transitive closure has a pair (a, a)."""
    closed = set(pairs)
    while grown := {(a, d) for a, b in closed for c, d in closed if b == c} - closed:
        closed |= grown
    return any(a == b for a, b in closed)


@given(PAIRS)
def test_a_circle_is_found_exactly_where_something_leads_back_to_itself(pairs):
    circle = find_circle(pairs)

    assert bool(circle) == reaches_itself(pairs)
    assert all(step in pairs for step in pairwise(circle))
    assert circle[:1] == circle[-1:]


def test_a_long_chain_is_no_circle():
    chain = [(n, n + 1) for n in range(50_000)]

    assert find_circle(chain) == []
    assert len(find_circle([*chain, (50_000, 0)])) == 50_002


def test_substitutes_that_close_a_circle_are_refused_and_nothing_stays(item, viewer):
    a, b, c = (item(code=code, to=release_set(public=True)) for code in "ABC")
    denmark = viewer("DNK")
    with looking(denmark):
        for one, other in ((a, b), (b, c)):
            add_substitute(denmark, to=release_set(), item=one, substitute=other, units_per_unit=1, preference="0.8")
        with pytest.raises(Refused, match=r"in a circle: [ABC] → [ABC] → [ABC] → [ABC]"):
            add_substitute(denmark, to=release_set(), item=c, substitute=a, units_per_unit=1)

        assert Substitute.objects.visible_to(denmark).count() == 2


def test_a_hidden_substitute_closes_no_circle_for_another_party(item, viewer):
    a, b = (item(code=code, to=release_set(public=True)) for code in "AB")
    denmark, netherlands = viewer("DNK"), viewer("NLD")
    with looking(denmark):
        add_substitute(denmark, to=release_set(), item=a, substitute=b, units_per_unit=1)
    with looking(netherlands):
        made = add_substitute(netherlands, to=release_set(), item=b, substitute=a, units_per_unit=1)

        assert [row.pk for row in Substitute.objects.visible_to(netherlands)] == [made.pk]


@pytest.mark.parametrize(
    "fields", [{"units_per_unit": 0}, {"preference": 0}, {"preference": "1.01"}, {"units_per_unit": -1}]
)
def test_wrong_numbers_are_refused(item, viewer, fields):
    a, b = item(code="A"), item(code="B")
    denmark = viewer("DNK")
    with looking(denmark), pytest.raises(Refused) as refused:
        add_substitute(denmark, to=release_set(), item=a, substitute=b, **{"units_per_unit": 1, **fields})

    assert set(refused.value.faults) == set(fields)


def test_an_item_does_not_stand_for_itself_and_an_unseen_one_is_unknown(item, viewer):
    a, denmark = item(code="A"), viewer("DNK")
    with looking(denmark):
        with pytest.raises(Refused, match="always serves for itself"):
            add_substitute(denmark, to=release_set(), item=a, substitute=a, units_per_unit=1)
        with pytest.raises(Refused, match="There is no such record"):
            add_substitute(denmark, to=release_set(), item=a, substitute=None, units_per_unit=1)
