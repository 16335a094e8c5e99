"""Pages of parties, coalitions, groups, contacts, liaison posts and sources, as browsers without scripts get them."""

from datetime import date

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.nations.actions import Place, add_coalition, add_group, add_partnership, add_party
from oneroof.nations.models import Coalition, Group, Party
from oneroof.sources.actions import add_source, cite
from oneroof.sources.models import Citation
from oneroof.staffing.actions import add_contact, add_liaison_post
from oneroof.staffing.models import ContactDetail, ContactPoint


@pytest.fixture
def nato(viewer):
    planner = viewer("HQ")
    with looking(planner):
        found = add_party(planner, code="NATO", kind="organisation", name="NATO")
        add_partnership(
            planner, party=Party.objects.get(code="DNK"), body=found, kind="ally", starts_on=date(1949, 8, 24)
        )
        members = [Place(Party.objects.get(code="DNK"), lead=True)]
        add_coalition(planner, code="AIR", name="Air Force Capability Coalition", members=members)
        add_group(planner, name="Donors", members=Party.objects.filter(code__in=("DNK", "NLD")))
    return found


@pytest.fixture
def world(viewer, parties, nato):
    """Denmark's contact, liaison post and source, released to the Netherlands, their details to nobody."""
    denmark = viewer("DNK")
    to = release_set([parties["NLD"]])
    with looking(denmark):
        contact = add_contact(
            denmark, to=to, code="DNK-1", party=parties["DNK"], function="Transport desk",
            detail={"name": "Mette Jensen"},
        )  # fmt: skip
        post = add_liaison_post(
            denmark, to=to, code="DNK-KYIV", sender=parties["DNK"], host=parties["UKR"], function="Liaison office",
            place="Kyiv", on=date(2024, 7, 11), detail={"holder": "Lars Holm"},
        )  # fmt: skip
        source = add_source(
            denmark, to=to, publisher="Ukrinform", title="Delivery goes on", url="https://www.ukrinform.net/a",
            reliability="B",
        )  # fmt: skip
        cite(denmark, post, to=to, source=source, about="status", claim="It is proposed.", credibility=2)
        cite(denmark, parties["DNK"], to=to, source=source, about="stock", claim="It has a stock.", credibility=3)
    return {"contact": contact, "post": post, "source": source}


def page(browser, address, status=200):
    answer = browser.get(address)
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer.content.decode()


OPEN_PAGES = ["/nations/", "/nations/DNK/", "/coalitions/", "/coalitions/AIR/", "/groups/"]


@pytest.mark.parametrize("address", OPEN_PAGES)
def test_everybody_inside_reads_about_parties_and_others_are_led_to_sign_in(signed_in, nato, address):
    for who, role in (("DNK", None), ("HQ", "administrator"), ("UKR", "auditor")):
        assert "<h1>" in page(signed_in(who, role), address)

    answer = signed_in(None).get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")


def test_a_nation_that_is_not_there_answers_404_inside_and_nothing_outside(signed_in, nato):
    assert signed_in("DNK").get("/nations/XXX/").status_code == 404
    assert signed_in(None).get("/nations/XXX/").status_code == 302


def test_a_nations_page_tells_its_partnerships_coalitions_and_official_name(signed_in, nato):
    text = page(signed_in("NLD"), "/nations/DNK/")

    assert "Kingdom of Denmark" in text
    assert "ally" in text
    assert "from 24 Aug 1949" in text
    assert "Air Force Capability Coalition" in text


def test_a_page_open_inside_is_never_marked_public(signed_in, nato, viewer, parties):
    denmark, everybody = viewer("DNK"), release_set(public=True)
    with looking(denmark):
        add_contact(denmark, to=everybody, code="DNK-1", party=parties["DNK"], function="Transport desk")

    assert "Open to everybody who is signed in<" in page(signed_in("USA"), "/nations/DNK/")


def test_a_nations_page_tells_contacts_posts_and_sources_to_whom_they_are_released(signed_in, world):
    told = ("Transport desk", "Liaison office", "It has a stock.")

    assert all(words in page(signed_in("NLD"), "/nations/DNK/") for words in told)
    assert not any(words in page(signed_in("USA"), "/nations/DNK/") for words in told)
    assert "Releasable to DNK, NLD<" in page(signed_in("NLD"), "/nations/DNK/")
    assert "Open to everybody who is signed in<" in page(signed_in("USA"), "/nations/DNK/")


@pytest.mark.parametrize(("kind", "words"), [("contact", "Mette Jensen"), ("post", "Lars Holm")])
def test_names_of_people_are_told_to_whom_the_detail_is_released(signed_in, world, kind, words):
    address = world[kind].get_absolute_url()

    assert words in page(signed_in("DNK"), address)
    assert "Denmark only<" in page(signed_in("DNK"), address)
    assert words not in page(signed_in("NLD"), address)
    assert "Releasable to DNK, NLD<" in page(signed_in("NLD"), address)


@pytest.mark.parametrize("kind", ["contact", "post", "source"])
def test_a_hidden_record_answers_as_one_that_never_was(signed_in, world, kind):
    address = world[kind].get_absolute_url()
    never = address.replace(str(world[kind].pk), "00000000-0000-4000-8000-000000000000")
    for browser in (signed_in("USA"), signed_in("HQ"), signed_in(None), signed_in("DNK", "administrator")):
        for end in ("", "change/"):
            hidden, other = browser.get(address + end), browser.get(never + end)
            assert hidden.status_code == other.status_code == 404
            assert len(hidden.content) == len(other.content)


@pytest.mark.parametrize("kind", ["contact", "post", "source"])
def test_whoever_only_reads_finds_no_page_for_changing(signed_in, world, kind):
    browser = signed_in("NLD")

    assert browser.get(world[kind].get_absolute_url()).status_code == 200
    assert browser.get(world[kind].get_absolute_url() + "change/").status_code == 404


@pytest.mark.parametrize("address", ["/nations/add/", "/coalitions/add/", "/groups/add/", "/nations/DNK/change/"])
def test_only_planners_and_administrators_find_pages_for_writing_parties(signed_in, nato, address):
    assert page(signed_in("HQ"), address)
    assert page(signed_in("DNK", "administrator"), address)
    page(signed_in("DNK"), address, 404)


def test_a_form_tells_all_faults_and_keeps_what_was_typed(signed_in, nato):
    typed = {
        "code": "ATLANTIS",
        "kind": "nation",
        "name": "Atlantis",
        "starts_on": "2024-02-01",
        "ends_on": "2024-01-01",
    }
    answer = signed_in("HQ").post("/nations/add/", typed)
    text = answer.content.decode()

    assert answer.status_code == 422
    assert "ISO 3166 has no nation with the code ATLANTIS" in text
    assert "The end lies before the start" in text
    assert 'value="Atlantis"' in text
    assert not Party.objects.filter(code="ATLANTIS").exists()


def test_a_planner_enters_and_changes_a_party(signed_in, nato):
    browser = signed_in("HQ")
    typed = {"code": "SWE", "kind": "nation", "name": "Sweden"}

    assert browser.post("/nations/add/", typed)["Location"] == "/nations/SWE/"
    answer = browser.post("/nations/SWE/change/", {**typed, "name_uk": "Швеція", "version": "1", "why": "Readers"})
    assert answer["Location"] == "/nations/SWE/"
    assert Party.objects.get(code="SWE").name_uk == "Швеція"
    assert browser.post("/nations/SWE/change/", {**typed, "version": "1"}).status_code == 409


def test_a_planner_enters_a_partnership_and_ends_it(signed_in, nato, parties):
    browser = signed_in("HQ")
    typed = {"kind": "recipient", "body": str(nato.pk), "starts_on": "2024-07-11"}
    assert browser.post("/nations/UKR/partnerships/add/", typed)["Location"] == "/nations/UKR/"
    made = parties["UKR"].partnerships.get()
    page(browser, f"/partnerships/{made.pk}/change/")
    browser.post(f"/partnerships/{made.pk}/change/", {**typed, "ends_on": "2030-01-01", "version": "1"})

    made.refresh_from_db()
    assert made.ends_on == date(2030, 1, 1)


def test_a_planner_enters_a_coalition_and_can_not_take_its_last_lead(signed_in, nato, parties):
    browser = signed_in("HQ")
    typed = {
        "code": "EW",
        "name": "Electronic Warfare",
        "leads": [str(parties["NLD"].pk)],
        "others": [str(parties["DNK"].pk)],
    }
    assert browser.post("/coalitions/add/", {**typed, "leads": []}).status_code == 422
    assert browser.post("/coalitions/add/", typed)["Location"] == "/coalitions/EW/"
    made = Coalition.objects.get(code="EW")
    lead = made.memberships.get(lead=True)
    answer = browser.post(f"/members/{lead.pk}/change/", {"party": str(lead.party_id), "version": "1"})

    assert answer.status_code == 422
    assert "Nobody would lead" in answer.content.decode()
    add = {"party": str(parties["USA"].pk), "lead": "on"}
    assert browser.post("/coalitions/EW/members/add/", add)["Location"] == "/coalitions/EW/"
    assert sorted(m.party.code for m in made.memberships.all()) == ["DNK", "NLD", "USA"]


def test_a_planner_enters_and_changes_a_group(signed_in, nato, parties):
    browser = signed_in("HQ")
    found = Group.objects.get()
    page(browser, f"/groups/{found.pk}/")
    typed = {"name": "Donors", "members": [str(parties["DNK"].pk)], "version": str(found.version)}

    assert browser.post(f"/groups/{found.pk}/change/", typed).status_code == 302
    assert [party.code for party in found.members.all()] == ["DNK"]
    assert browser.post(f"/groups/{found.pk}/change/", typed).status_code == 409


RELEASE = {"release-who": "parties", "release-detail": "own"}


def test_a_representative_names_a_contact_and_keeps_the_name_to_the_own_party(signed_in, nato, parties, viewer):
    browser, other = signed_in("DNK"), viewer("NLD")
    typed = {"code": "DNK-2", "party": str(parties["DNK"].pk), "function": "Customs desk", "name": "Eva Dam"}
    answer = browser.post("/contacts/add/", {**typed, **RELEASE, "release-parties": [str(parties["NLD"].pk)]})

    assert answer.status_code == 302, answer.content.decode()
    assert "Eva Dam" in page(browser, answer["Location"])
    assert "Eva Dam" not in page(signed_in("NLD"), answer["Location"])
    with looking(other):
        assert ContactPoint.objects.visible_to(other).count() == 1
        assert ContactDetail.objects.visible_to(other).count() == 0


def test_a_contact_is_changed_with_its_detail(signed_in, world, parties):
    browser, address = signed_in("DNK"), world["contact"].get_absolute_url()
    assert 'value="Mette Jensen"' in page(browser, address + "change/")
    typed = {
        "code": "DNK-1",
        "party": str(parties["DNK"].pk),
        "function": "Rail desk",
        "name": "Eva Dam",
        "version": "1.1",
    }

    assert browser.post(address + "change/", typed)["Location"] == address
    text = page(browser, address)
    assert "Rail desk" in text
    assert "Eva Dam" in text
    assert "Mette Jensen" not in text


def test_a_post_is_entered_taken_on_and_not_past_a_step(signed_in, nato, parties):
    browser = signed_in("DNK")
    typed = {
        "code": "DNK-KYIV", "sender": str(parties["DNK"].pk), "host": str(parties["UKR"].pk), "place": "Kyiv",
        "function": "Liaison office", "status": "proposed", "on": "2024-07-11",
        "release-who": "public", "release-detail": "same",
    }  # fmt: skip
    address = browser.post("/liaison/add/", typed)["Location"]
    skip = browser.post(address + "step/", {"status": "open", "on": "2024-07-12", "version": "1"})
    step = browser.post(
        address + "step/", {"status": "discussed", "on": "2024-07-12", "note": "At dinner", "version": "1"}
    )

    assert (skip.status_code, step.status_code) == (422, 302)
    text = page(signed_in(None), address)
    assert "discussed" in text
    assert "At dinner" in text
    assert "Public<" in text


def test_a_source_is_entered_and_cited_on_a_page(signed_in, world, parties):
    browser = signed_in("NLD")
    typed = {
        "publisher": "NATO", "title": "Partners", "url": "https://www.nato.int/x", "language": "en", "reliability": "A",
        "release-who": "own", "release-detail": "same",
    }  # fmt: skip
    address = browser.post("/sources/add/", typed)["Location"]
    found = address.rstrip("/").split("/")[-1]
    citing = f"/citations/add/liaison_post/{world['post'].pk}/"
    page(browser, citing)
    claim = {"source": found, "about": "status", "claim": "It is agreed.", "credibility": "1"}
    answer = browser.post(citing, {**claim, "release-who": "own", "release-detail": "same"})

    assert answer.status_code == 302, answer.content.decode()
    text = page(browser, answer["Location"])
    assert text.index("It is agreed.") < text.index("It is proposed.")
    assert "the sources differ" in text
    assert "It is agreed." not in page(signed_in("DNK"), answer["Location"])
    assert "It is agreed." in page(browser, address)


def test_what_is_not_seen_can_not_be_cited(signed_in, world):
    page(signed_in("USA"), f"/citations/add/liaison_post/{world['post'].pk}/", 404)
    page(signed_in("USA"), f"/citations/add/person/{world['post'].pk}/", 404)


def test_a_citation_is_changed_by_its_owner_alone(signed_in, world, viewer):
    denmark = viewer("DNK")
    with looking(denmark):
        found = Citation.objects.visible_to(denmark).get(kind="party")
    address = f"/citations/{found.pk}/change/"
    page(signed_in("NLD"), address, 404)
    typed = {"source": str(world["source"].pk), "about": "stock", "claim": "Much.", "credibility": "4", "version": "1"}

    assert signed_in("DNK").post(address, typed)["Location"] == "/nations/DNK/"
    assert "Much." in page(signed_in("NLD"), "/nations/DNK/")


def test_filters_stand_in_the_address(signed_in, world):
    browser = signed_in("NLD")

    assert "1 row<" in page(browser, "/nations/?standing=ally&on=2024-07-11")
    assert "Nothing matches this filter" in page(browser, "/nations/?standing=ally&on=1949-01-01")
    assert "1 row<" in page(browser, "/nations/?coalition=AIR")
    assert "1 row<" in page(browser, "/nations/?kind=organisation&q=nat")
    assert "1 row<" in page(browser, "/contacts/?party=DNK&on=2024-07-11&q=transport")
    assert "Nothing matches this filter" in page(browser, "/liaison/?status=open")
    assert "1 row<" in page(browser, "/liaison/?host=UKR&sender=DNK&q=kyiv")
    assert "1 row<" in page(browser, "/sources/?reliability=B&language=en&q=ukrinform")
    assert "1 row<" in page(browser, "/coalitions/?party=DNK")


def test_empty_lists_say_so_politely(signed_in, parties):
    assert "Nobody has named a point of contact to you yet." in page(signed_in("DNK"), "/contacts/")
    assert "Nobody has entered a liaison post yet." in page(signed_in(None), "/liaison/")
    assert "Nobody has entered a source yet." in page(signed_in(None), "/sources/")
    assert "Nobody has entered a coalition yet." in page(signed_in("DNK"), "/coalitions/")


def test_search_finds_what_the_viewer_sees(signed_in, world):
    assert "Air Force" in page(signed_in("USA"), "/search/?q=air")
    assert "Transport desk" in page(signed_in("NLD"), "/search/?q=transport")
    assert "Transport desk" not in page(signed_in("USA"), "/search/?q=transport")
    assert "Denmark" not in page(signed_in(None), "/search/?q=denmark")


@pytest.mark.parametrize("address", ["/contacts/", "/liaison/", "/sources/", "/contacts/?export=csv", "/nations/DNK/"])
def test_pages_ask_as_many_queries_for_three_rows_as_for_one(signed_in, viewer, parties, nato, queries, address):
    denmark, browser = viewer("DNK"), signed_in("DNK")
    browser.get("/")
    counts = []
    for number in range(3):
        with looking(denmark):
            to = release_set()
            add_contact(denmark, to=to, code=f"DNK-{number}", party=parties["DNK"], function="Desk")
            fields = {"sender": parties["DNK"], "host": parties["UKR"], "function": "Office", "place": "Kyiv"}
            add_liaison_post(denmark, to=to, code=f"DNK-{number}", on=date(2024, 7, 11), **fields)
            source = add_source(
                denmark, to=to, publisher="P", title="T", url=f"https://a.org/{number}", reliability="F"
            )
            cite(denmark, parties["DNK"], to=to, source=source, about="x", claim=f"{number}", credibility=6)
        counts.append(queries(lambda: browser.get(address)))

    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("address", ["/nations/", "/coalitions/", "/groups/", "/coalitions/C-0/"])
def test_open_pages_ask_as_many_queries_for_three_rows_as_for_one(signed_in, viewer, parties, queries, address):
    planner, browser = viewer("HQ"), signed_in("HQ")
    browser.get("/")
    counts = []
    for number in range(3):
        with looking(planner):
            add_party(planner, code=f"U-{number}", name="Unit", kind="unit", part_of=parties["DNK"])
            add_coalition(planner, code=f"C-{number}", name="C", members=[Place(parties["DNK"], lead=True)])
            add_group(planner, name=f"G{number}", members=[parties["DNK"], parties["NLD"]])
        counts.append(queries(lambda: browser.get(address)))

    assert counts[0] == counts[1] == counts[2]
