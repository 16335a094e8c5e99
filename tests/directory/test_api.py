"""Parties, contacts, posts and sources over the API."""

from datetime import date

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.staffing.actions import add_contact

JSON = "application/json"


def post(browser, path, **body):
    return browser.post(f"/api/v1/{path}", body, content_type=JSON)


def patch(browser, path, tag, **body):
    return browser.patch(f"/api/v1/{path}", body, content_type=JSON, headers={"If-Match": tag})


def test_parties_are_read_inside_and_written_by_planners(signed_in, parties):
    planner, denmark = signed_in("HQ"), signed_in("DNK")
    made = post(planner, "parties", code="DNK-MOD", kind="ministry", name="Ministry of Defence", part_of="DNK")

    assert (made.status_code, made.json()["part_of"]) == (201, "DNK"), made.content
    assert denmark.get(f"/api/v1/parties/{made.json()['id']}").json()["code"] == "DNK-MOD"
    assert signed_in(None).get("/api/v1/parties").status_code == 401
    assert post(denmark, "parties", code="SWE", name="Sweden").status_code == 403
    unknown = post(planner, "parties", code="X", kind="unit", name="X", part_of="NOWHERE")
    assert unknown.json()["faults"] == {"part_of": ["There is no party NOWHERE."]}


def test_a_party_is_changed_by_the_version_that_was_read(signed_in, parties):
    planner = signed_in("HQ")
    key = parties["DNK"].pk
    tag = planner.get(f"/api/v1/parties/{key}")["ETag"]

    assert patch(planner, f"parties/{key}", tag, name_uk="Данія").json()["name_uk"] == "Данія"
    assert patch(planner, f"parties/{key}", tag, name_uk="x").status_code == 412


def test_a_coalition_without_a_lead_is_refused(signed_in, parties):
    planner = signed_in("HQ")
    lead, member = {"party": "DNK", "lead": True}, {"party": "NLD"}

    assert post(planner, "coalitions", code="AIR", name="Air", members=[member]).status_code == 422
    made = post(planner, "coalitions", code="AIR", name="Air", members=[lead, member])
    assert [m["party"] for m in made.json()["members"]] == ["DNK", "NLD"]
    joined = post(planner, f"coalitions/{made.json()['id']}/members", party="USA")
    assert (joined.status_code, joined.json()["lead"]) == (201, False)


def test_a_group_is_named_by_codes(signed_in, parties):
    planner = signed_in("HQ")
    made = post(planner, "groups", name="Two", members=["NLD", "DNK"])

    assert made.json()["members"] == ["DNK", "NLD"]
    assert post(planner, "groups", name="Three", members=["XXX"]).json()["faults"] == {
        "members": ["There is no party XXX."]
    }


def test_partnerships_are_entered_by_codes(signed_in, parties):
    made = post(signed_in("HQ"), "partnerships", party="UKR", body="HQ", kind="recipient", starts_on="2024-07-11")

    assert (made.status_code, made.json()["body"]) == (201, "HQ"), made.content


def test_the_name_behind_a_contact_is_told_to_whom_its_detail_is_released(signed_in, parties):
    made = post(
        signed_in("DNK"), "contact-points", code="DNK-1", party="DNK", function="Desk", detail={"name": "Mette Jensen"},
        releasable_to=["NLD", "UKR"], detail_releasable_to=["UKR"],
    )  # fmt: skip
    assert made.status_code == 201, made.content
    path = f"/api/v1/contact-points/{made.json()['id']}"

    seen = {
        who: (signed_in(who).get(path).status_code, signed_in(who).get(f"{path}/detail").status_code)
        for who in ("DNK", "UKR", "NLD", "USA", None)
    }
    assert seen == {"DNK": (200, 200), "UKR": (200, 200), "NLD": (200, 404), "USA": (404, 404), None: (404, 404)}
    assert "Mette" not in signed_in("UKR").get(path).content.decode()


def test_a_post_takes_its_steps_in_turn(signed_in, parties):
    browser = signed_in("DNK")
    body = {"code": "K", "sender": "DNK", "host": "UKR", "function": "Office", "place": "Kyiv", "on": "2024-07-11"}
    made = post(browser, "liaison-posts", **body)
    path, tag = f"/api/v1/liaison-posts/{made.json()['id']}/steps", made["ETag"]

    def step(status):
        given = {"status": status, "on": "2024-07-12"}
        return browser.post(path, given, content_type=JSON, headers={"If-Match": tag})

    assert step("open").status_code == 422
    assert [s["status"] for s in step("discussed").json()["steps"]] == ["proposed", "discussed"]
    assert step("agreed").status_code == 412


def test_what_is_not_seen_can_not_be_cited(signed_in, parties):
    denmark, other = signed_in("DNK"), signed_in("NLD")
    hidden = post(denmark, "sources", publisher="P", title="T", reliability="A", url="https://a.org").json()["id"]
    own = post(other, "sources", publisher="P", title="T", reliability="A", url="https://a.org").json()["id"]
    claim = {"kind": "party", "record": str(parties["NLD"].pk), "about": "x", "claim": "y", "credibility": 2}
    told = ["There is no such record. Choose one of the list."]

    assert post(other, "citations", **claim, source=hidden).json()["faults"] == {"source": told}
    assert post(other, "citations", **claim, source=own).status_code == 201
    unknown = {**claim, "kind": "person"}
    assert post(other, "citations", **unknown, source=own).json()["faults"] == {"record": told}


@pytest.mark.parametrize("path", ["contact-points", "parties", "coalitions"])
def test_lists_ask_as_many_queries_for_three_rows_as_for_one(signed_in, viewer, parties, queries, path):
    browser, planner, denmark = signed_in("DNK"), signed_in("HQ"), viewer("DNK")
    browser.get("/")
    counts = []
    for number in range(3):
        with looking(denmark):
            fields = {"party": parties["DNK"], "function": "Desk", "starts_on": date(2024, 7, 11)}
            add_contact(denmark, to=release_set(), code=f"DNK-{number}", **fields)
        post(planner, "parties", code=f"U-{number}", kind="unit", name="U", part_of="DNK")
        post(planner, "coalitions", code=f"C-{number}", name="C", members=[{"party": "DNK", "lead": True}])
        counts.append(queries(lambda: browser.get(f"/api/v1/{path}")))

    assert counts[0] == counts[1] == counts[2]
