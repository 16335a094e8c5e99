"""The reference data: complete, sourced, entered once."""

from datetime import date

import pytest

from oneroof.access.viewer import PUBLIC, looking
from oneroof.journal.models import Event
from oneroof.nations import reference as nations
from oneroof.nations.models import Coalition, Group, Partnership, Party, holding
from oneroof.sources import reference as sources
from oneroof.sources.actions import citations_of
from oneroof.sources.models import Citation, Source
from oneroof.staffing import reference as staffing
from oneroof.staffing.models import LiaisonDetail, LiaisonPost


@pytest.fixture
def planner(viewer):
    with looking(held := viewer("HQ")):
        yield held


@pytest.fixture
def filled(planner):
    return [part.fill(planner) for part in (nations, staffing, sources)]


def test_filling_twice_adds_nothing_and_changes_nothing(planner, filled):
    events = Event.objects.count()
    again = [part.fill(planner) for part in (nations, staffing, sources)]

    assert [told.count_added for told in again] == [0, 0, 0]
    assert [told.count_unchanged for told in again] == [told.count_added + told.count_unchanged for told in filled]
    assert Event.objects.count() == events


def test_the_world_of_the_washington_summit_is_there(filled):
    then = Partnership.objects.filter(holding(date(2024, 7, 11)))
    count = {kind: then.filter(kind=kind, body__code="NATO").count() for kind in Partnership.Kind}

    assert (count["ally"], count["partner"], count["indo_pacific"], count["invited"]) == (32, 35, 4, 5)
    assert Partnership.objects.filter(holding(date(2003, 1, 1)), kind="ally").count() == 19
    assert [p.party.code for p in then.filter(kind="recipient")] == ["UKR"]


def test_each_nation_has_names_in_both_languages(filled):
    entered = Party.objects.exclude(code__in=("HQ", "DNK", "NLD", "USA", "UKR"))

    assert entered.filter(name_uk="").count() == 0
    assert entered.get(code="TUR").name == "Türkiye"
    assert entered.get(code="DEU").name_uk == "Німеччина"


def test_coalitions_have_the_leads_of_the_reference_scenario(filled):
    leads = {
        c.code: ";".join(sorted(c.memberships.filter(lead=True).values_list("party__code", flat=True)))
        for c in Coalition.objects.all()
    }

    told = nations.table(nations.Path("examples/washington-2024/coalitions.csv"))
    assert leads == {row["coalition"]: row["leads"] for row in told}


def test_groups_are_made_of_parties(filled):
    assert {group.name: group.members.count() for group in Group.objects.all()} == {
        "Allies": 32, "Allies and Ukraine": 33, "Indo-Pacific partners": 4,
    }  # fmt: skip


def test_every_row_names_a_source_of_the_register(filled):
    keys = {row["key"] for row in nations.table(sources.HERE / "sources.csv")}
    tables = [nations.rows(name) for name in ("parties", "partnerships", "coalitions", "coalition_members", "groups")]
    tables += [nations.table(staffing.HERE / name) for name in ("contact_points.csv", "liaison_posts.csv")]
    tables += [nations.table(sources.HERE / "citations.csv")]

    assert {row["source"] for rows in tables for row in rows} <= keys


def test_everybody_sees_the_sources_and_those_inside_what_they_say_of_parties(planner, filled, viewer):
    found = Party.objects.get(code="DNK")
    usa = viewer("USA")
    with looking(usa):
        inside = citations_of(usa, found)
    with looking(PUBLIC):
        outside = citations_of(PUBLIC, found)
        listed = Source.objects.visible_to(PUBLIC).count()
        posts = {c.kind for c in Citation.objects.visible_to(PUBLIC)}

    assert "ally, NATO" in {matter.about for matter in inside}
    assert not any(matter.rivals for matter in inside)
    assert (outside, posts) == ([], {"liaison_post", "contact_point"})
    assert listed == len(nations.table(sources.HERE / "sources.csv"))


def test_rival_claims_stand_side_by_side(planner, filled):
    told = {m.about: m for m in citations_of(planner, Coalition.objects.get(code="IAMD"))}

    assert told["leads"].rivals
    assert [c.credibility for c in told["leads"].citations] == [2, 4]


def test_publicly_known_posts_are_public_with_their_steps(planner, filled):
    with looking(PUBLIC):
        posts = {post.code: post for post in LiaisonPost.objects.visible_to(PUBLIC)}
        holder = LiaisonDetail.objects.visible_to(PUBLIC).get(record=posts["NATO-KYIV"].pk).holder

    assert (posts["NATO-TOKYO"].status, posts["NATO-KYIV"].status, holder) == ("shelved", "open", "Patrick Turner")
    assert [step["status"] for step in posts["NATO-TOKYO"].story] == ["proposed", "discussed", "shelved"]


def test_a_house_that_has_a_headquarters_gets_no_second_one(filled):
    assert Party.objects.filter(kind="headquarters").count() == 1
    assert not Party.objects.filter(code="NSATU").exists()
