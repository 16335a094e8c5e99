"""What every part of the API shares, tried with items."""

import pytest

ITEM = {"code": "HOWITZER", "name": "Howitzer", "unit": "vehicle", "tonnes_per_unit": "25", "releasable_to": ["NLD"]}


@pytest.fixture
def denmark(signed_in):
    return signed_in("DNK")


def add(browser, headers=None, **more):
    return browser.post("/api/v1/items", {**ITEM, **more}, content_type="application/json", headers=headers or {})


def change(browser, key, tag, **fields):
    headers = {} if tag is None else {"If-Match": tag}
    return browser.patch(f"/api/v1/items/{key}", fields, content_type="application/json", headers=headers)


def codes(browser):
    return [item["code"] for item in browser.get("/api/v1/items").json()["results"]]


def test_what_is_added_is_listed_for_whom_it_is_released_to(denmark, signed_in):
    answer = add(denmark)

    assert answer.status_code == 201, answer.content
    assert answer.json()["owner"] == "DNK"
    assert answer.json()["releasable_to"] == ["NLD"]
    assert [codes(b) for b in (denmark, signed_in("NLD"), signed_in("USA"), signed_in(None))] == [
        ["HOWITZER"], ["HOWITZER"], [], [],
    ]  # fmt: skip


def test_a_hidden_record_answers_as_one_that_never_was(denmark, signed_in):
    key = add(denmark).json()["id"]
    other = signed_in("USA")

    hidden = other.get(f"/api/v1/items/{key}")
    never = other.get("/api/v1/items/00000000-0000-4000-8000-000000000000")

    assert (hidden.status_code, hidden.content) == (never.status_code, never.content) == (404, never.content)


def test_all_faults_are_told_at_once(denmark):
    answer = add(denmark, nsn="12", code="", tonnes_per_unit="-1")

    assert answer.status_code == 422
    assert sorted(answer.json()["faults"]) == ["code", "nsn", "tonnes_per_unit"]
    assert answer["Content-Type"] == "application/problem+json"
    assert codes(denmark) == []


def test_unknown_parties_are_named(denmark):
    answer = add(denmark, releasable_to=["NLD", "XYZ"])

    assert answer.json()["faults"] == {"releasable_to": ["There is no party XYZ."]}


def test_a_change_needs_the_version_that_was_read(denmark):
    added = add(denmark)
    key, tag = added.json()["id"], added["ETag"]

    assert change(denmark, key, None, name="x").status_code == 428
    changed = change(denmark, key, tag, name="Towed howitzer")
    assert (changed.status_code, changed.json()["name"]) == (200, "Towed howitzer")
    assert change(denmark, key, tag, name="lost update").status_code == 412
    assert change(denmark, key, changed["ETag"], name="Gun").status_code == 200


def test_a_retry_with_the_same_key_gets_the_first_answer_and_writes_nothing(denmark):
    first = add(denmark, headers={"Idempotency-Key": "a1"})
    again = add(denmark, headers={"Idempotency-Key": "a1"})

    assert (again.status_code, again.content, again["ETag"]) == (201, first.content, first["ETag"])
    assert again["Idempotent-Replayed"] == "true"
    assert codes(denmark) == ["HOWITZER"]
    assert add(denmark, headers={"Idempotency-Key": "a1"}, code="OTHER").status_code == 422


def test_a_refused_answer_is_not_kept(denmark):
    assert add(denmark, headers={"Idempotency-Key": "a1"}, code="").status_code == 422
    assert add(denmark, headers={"Idempotency-Key": "a1"}).status_code == 201


def test_nobody_writes_without_signing_in(signed_in, parties):
    assert add(signed_in(None)).status_code == 401


def test_another_party_reads_and_does_not_write(denmark, signed_in):
    added = add(denmark)
    other = signed_in("NLD")
    seen = other.get(f"/api/v1/items/{added.json()['id']}")

    assert change(other, added.json()["id"], seen["ETag"], name="Ours").status_code == 403


def test_narrowing_hides_the_record(denmark, signed_in):
    added = add(denmark)
    body = {"releasable_to": [], "why": "Withdrawn"}
    url = f"/api/v1/items/{added.json()['id']}/release"
    headers = {"If-Match": added["ETag"]}

    assert denmark.put(url, body, content_type="application/json", headers=headers).status_code == 200
    assert codes(signed_in("NLD")) == []


def test_a_list_costs_the_same_queries_for_any_number_of_rows(denmark, queries):
    add(denmark)
    codes(denmark)
    for_one = queries(lambda: codes(denmark))
    add(denmark, code="SECOND")
    add(denmark, code="THIRD")

    assert queries(lambda: codes(denmark)) == for_one
    assert len(codes(denmark)) == 3


def test_the_list_goes_on_from_page_to_page(denmark):
    for number in range(5):
        add(denmark, code=f"ITEM-{number}")

    told, address = [], "/api/v1/items?page_size=2"
    while address:
        page = denmark.get(address).json()
        told += [item["code"] for item in page["results"]]
        address = page["next"]
    assert told == [f"ITEM-{number}" for number in range(5)]


def test_a_nul_is_refused_on_every_database(denmark):
    assert add(denmark, name="a\x00b").status_code == 400


def test_the_document_of_the_api_is_valid(client, db):
    document = client.get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert "/api/v1/items/{key}" in document["paths"]


def test_a_retried_change_gets_the_first_answer_and_changes_once(denmark):
    made = denmark.post("/api/v1/items", ITEM, content_type="application/json")
    address = f"/api/v1/items/{made.json()['id']}"
    headers = {"If-Match": made["ETag"], "Idempotency-Key": "k-change"}
    answers = [
        denmark.patch(address, {"name": "Field gun"}, content_type="application/json", headers=headers) for _ in "12"
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() and answers[1]["Idempotent-Replayed"] == "true"
