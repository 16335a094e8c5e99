"""Sources and citations: graded, under the walls, rivals side by side."""

from datetime import date
from unittest.mock import patch

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import PUBLIC, looking
from oneroof.catalogue.actions import add_item
from oneroof.journal.errors import NotYours, Refused
from oneroof.sources.actions import add_source, change_citation, citations_of, cite, remove_citation
from oneroof.sources.models import Citation, Source
from tests.house.worlds import masked

PAPER = {
    "publisher": "Ukrinform", "title": "Delivery goes on", "published_on": date(2025, 12, 1),
    "url": "https://www.ukrinform.net/a", "reliability": "B",
}  # fmt: skip
CLAIM = {"about": "capacity", "claim": "18,000 t a month", "credibility": 2}
EVERYBODY = ["DNK", "NLD", "USA", "UKR", "HQ"]


@pytest.fixture
def world(denmark, parties):
    """An item, a source and a citation of Denmark's, each released to parties of its own."""

    def make(item_to, source_to, citation_to):
        sets = [release_set(parties[code] for code in codes) for codes in (item_to, source_to, citation_to)]
        with looking(denmark):
            item = add_item(denmark, to=sets[0], code="TRUCK", name="Truck", unit="vehicle", tonnes_per_unit="9")
            source = add_source(denmark, to=sets[1], **PAPER)
            citation = cite(denmark, item, to=sets[2], source=source, **CLAIM)
        return item, source, citation

    return make


def seen_by(held, item):
    with looking(held):
        return [c.claim for matter in citations_of(held, item) for c in matter.citations]


@pytest.mark.parametrize(
    ("hidden", "item_to", "source_to", "citation_to"),
    [
        ("nothing", ["NLD"], ["NLD"], ["NLD"]),
        ("item", [], ["NLD"], ["NLD"]),
        ("source", ["NLD"], [], ["NLD"]),
        ("citation", ["NLD"], ["NLD"], []),
    ],
)
def test_a_citation_is_seen_only_where_it_its_source_and_its_record_are(
    world, denmark, viewer, hidden, item_to, source_to, citation_to
):
    item, _source, citation = world(item_to, source_to, citation_to)
    released = viewer("NLD")

    assert seen_by(denmark, item) == ["18,000 t a month"]
    assert seen_by(released, item) == (["18,000 t a month"] if hidden == "nothing" else [])
    assert [seen_by(held, item) for held in (viewer("USA"), viewer("HQ"), PUBLIC)] == [[], [], []]
    with looking(released):
        assert Citation.objects.visible_to(released).count() == (1 if hidden == "nothing" else 0)
        assert released.sees(citation) == (hidden == "nothing")


def test_the_page_of_a_source_tells_of_no_citation_that_is_hidden(world, denmark, parties, signed_in):
    item, source, citation = world(["NLD"], ["NLD"], ["NLD"])
    browsers = {code: signed_in(code) for code in ("NLD", "DNK")}

    def pages():
        return {code: masked(browser.get(source.get_absolute_url()).content) for code, browser in browsers.items()}

    before = pages()
    with looking(denmark):
        cite(denmark, item, to=release_set(), source=source, **{**CLAIM, "claim": "Some 9,000 t"})
    now = pages()

    assert citation.claim.encode() in now["NLD"]
    assert now["NLD"] == before["NLD"]
    assert b"9,000 t" in now["DNK"]


def test_a_page_that_shows_some_of_many_rows_says_so(world, denmark, signed_in):
    item, source, _citation = world([], [], [])
    danish = signed_in("DNK")
    with looking(denmark):
        for number in range(2):
            cite(denmark, item, to=release_set(), source=source, **{**CLAIM, "claim": f"Figure {number}"})

    told = []
    for most in (3, 2):
        with patch("oneroof.access.cutting.MOST_SHOWN", most):
            page = danish.get(source.get_absolute_url()).content.decode()
        told.append((page.count(">Truck<"), "the first 2 rows are shown; there are more" in page))
    assert told == [(3, False), (2, True)]


def test_sources_are_seen_as_released(world, denmark, viewer):
    world([], ["NLD"], [])

    counts = []
    for held in (denmark, viewer("NLD"), viewer("USA"), viewer("HQ"), PUBLIC):
        with looking(held):
            counts.append(Source.objects.visible_to(held).count())
    assert counts == [1, 1, 0, 0, 0]


def test_a_record_or_source_that_is_not_seen_can_not_be_cited(world, viewer, parties):
    item, source, _citation = world([], [], [])
    other = viewer("NLD")
    with looking(other):
        own = add_source(other, to=release_set(), **PAPER)
        with pytest.raises(Refused, match="There is no such record"):
            cite(other, item, to=release_set(), source=own, **CLAIM)
        with pytest.raises(Refused) as refused:
            cite(other, parties["NLD"], to=release_set(), source=source, **CLAIM)

    assert refused.value.faults == {"source": ["There is no such record. Choose one of the list."]}


def test_a_party_may_be_cited_and_outsiders_see_nothing_of_it(denmark, viewer, parties):
    everybody = release_set(public=True)
    with looking(denmark):
        source = add_source(denmark, to=everybody, **PAPER)
        cite(denmark, parties["DNK"], to=everybody, source=source, **CLAIM)

    assert [seen_by(held, parties["DNK"]) for held in (denmark, viewer("USA"), PUBLIC)] == [
        ["18,000 t a month"], ["18,000 t a month"], [],
    ]  # fmt: skip


def test_rivals_stand_side_by_side_best_graded_first(world, denmark, parties):
    item, source, _citation = world([], [], [])
    with looking(denmark):
        slip = add_source(denmark, to=release_set(), **{**PAPER, "url": "https://example.org/b", "reliability": "E"})
        cite(denmark, item, to=release_set(), source=slip, about="capacity", claim="18 t a month", credibility=5)
        cite(denmark, item, to=release_set(), source=source, about="owner", claim="Denmark", credibility=1)
        cite(denmark, item, to=release_set(), source=slip, about="owner", claim="Denmark", credibility=6)
        told = citations_of(denmark, item)

    assert [(m.about, m.rivals, [c.claim for c in m.citations]) for m in told] == [
        ("capacity", True, ["18,000 t a month", "18 t a month"]),
        ("owner", False, ["Denmark", "Denmark"]),
    ]


def test_a_source_without_grade_or_with_an_address_entered_before_is_refused(world, denmark):
    world([], [], [])
    with looking(denmark):
        with pytest.raises(Refused) as ungraded:
            add_source(denmark, to=release_set(), **{**PAPER, "url": "", "reliability": "", "title": ""})
        with pytest.raises(Refused, match="already have a source with this address"):
            add_source(denmark, to=release_set(), **PAPER)

    assert sorted(ungraded.value.faults) == ["reliability", "title"]


def test_an_address_counts_per_owner(world, viewer):
    world([], [], [])
    other = viewer("NLD")

    with looking(other):
        assert add_source(other, to=release_set(), **PAPER).owner_id == other.party


def test_credibility_is_a_digit_from_1_to_6(world, denmark):
    item, source, _citation = world([], [], [])

    with looking(denmark), pytest.raises(Refused) as refused:
        cite(denmark, item, to=release_set(), source=source, about="x", claim="y", credibility=7)
    assert list(refused.value.faults) == ["credibility"]


def test_another_party_neither_changes_nor_removes_a_citation(world, viewer):
    _item, _source, citation = world(EVERYBODY, EVERYBODY, EVERYBODY)
    other = viewer("NLD")

    with looking(other):
        with pytest.raises(NotYours):
            change_citation(other, citation, credibility=6)
        with pytest.raises(NotYours):
            remove_citation(other, citation)
        assert Citation.objects.visible_to(other).get().credibility == 2


def test_a_citation_is_taken_back_by_its_owner(world, denmark):
    item, _source, citation = world([], [], [])
    with looking(denmark):
        remove_citation(denmark, citation)

    assert seen_by(denmark, item) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sources_of_a_record_cost_two_queries(world, denmark, rows, django_assert_num_queries):
    item, source, _citation = world([], [], [])
    with looking(denmark):
        for number in range(rows - 1):
            cite(denmark, item, to=release_set(), source=source, about="x", claim=f"claim {number}", credibility=3)

        with django_assert_num_queries(2):
            told = citations_of(denmark, item)
    assert sum(len(matter.citations) for matter in told) == rows
