"""The pages of what happened, as each party gets them."""

import json
import re
import uuid
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

import oneroof
from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.history.words import VERBS
from oneroof.journal.checkpoints import private_key, public_pem
from oneroof.journal.models import Event
from oneroof.sources.actions import add_source, cite
from oneroof.staffing.actions import add_liaison_post, move_liaison_post
from oneroof.staffing.models import Status
from tests.journal.verifier import alone


@pytest.fixture
def item(add, change, denmark):
    made = add(denmark, "A", "NLD")
    change(denmark, made, name="Gun")
    return made


def address(item):
    return f"/history/item/{item.pk}/"


def test_whoever_sees_a_record_sees_its_history_and_others_get_the_404_of_nothing(item, signed_in):
    page = signed_in("NLD").get(address(item))
    hidden, nothing = (signed_in("USA").get(f"/history/item/{key}/") for key in (item.pk, uuid.uuid4()))

    assert (page.status_code, hidden.status_code, nothing.status_code) == (200, 404, 404)
    assert "Gun" in page.content.decode()
    mask = str(item.pk)
    assert len(hidden.content.decode().replace(mask, "")) == len(nothing.content.decode().replace(mask, ""))


def test_the_history_of_a_party_is_for_whoever_has_signed_in(parties, signed_in):
    told = [client.get(f"/history/party/{parties['DNK'].pk}/") for client in (signed_in("NLD"), Client())]
    nothing = Client().get(f"/history/party/{uuid.uuid4()}/")

    assert [page.status_code for page in (*told, nothing)] == [200, 404, 404]


def test_a_kind_that_is_not_there_is_a_404(signed_in):
    assert signed_in("DNK").get(f"/history/person/{uuid.uuid4()}/").status_code == 404
    assert signed_in("DNK").get(f"/history/nonsense/{uuid.uuid4()}/").status_code == 404


def test_looking_back_shows_the_fields_of_that_day(item, signed_in):
    today = timezone.localdate().isoformat()
    browser = signed_in("NLD")

    assert "<dd>Gun</dd>" in browser.get(address(item), {"as_of": today}).content.decode()
    assert "It did not exist then." in browser.get(address(item), {"as_of": "2020-01-01"}).content.decode()
    assert browser.get(address(item), {"as_of": "yesterday"}).status_code == 400


def test_htmx_gets_the_part_alone(item, signed_in):
    whole, part = (
        signed_in("NLD").get(address(item), headers=headers).content.decode()
        for headers in ({}, {"HX-Request": "true"})
    )
    assert ("<html" in whole, "<html" in part, "Gun" in part) == (True, False, True)


def test_the_log_is_filtered_by_what_stands_in_the_address(busy, signed_in):
    browser = signed_in("DNK")

    def rows(**asked):
        return browser.get("/log/", asked).content.decode().count("<time")

    assert (rows(), rows(verb="add"), rows(kind="item", verb="change")) == (12, 4, 8)
    assert (rows(since="2020-01-01"), rows(until="2020-01-01")) == (12, 0)
    assert browser.get("/log/", {"kind": "nonsense"}).status_code == 400


def test_the_log_is_paged_without_positions(busy, signed_in, add, denmark):
    for number in range(45):
        add(denmark, f"M{number}", "NLD")
    browser = signed_in("NLD")
    first = browser.get("/log/").content.decode()
    older = first.split('<a href="?older_than=')[1].split('"')[0]

    assert first.count("<time") == 50
    assert browser.get("/log/", {"older_than": older}).content.decode().count("<time") == 11
    assert uuid.UUID(older)
    assert browser.get("/log/", {"older_than": str(uuid.uuid4())}).content.decode().count("<time") == 0


def test_a_party_takes_its_own_chain_home_and_verifies_it_with_the_one_file(busy, signed_in, tmp_path):
    browser = signed_in("DNK")
    names = {"chain.jsonl": "chain", "checkpoint.json": "checkpoint", "key.pem": "key"}
    for name in names:
        answer = browser.get(f"/log/{name}")
        assert answer.status_code == 200
        (tmp_path / name).write_bytes(answer.getvalue())

    asked = [str(tmp_path / "chain.jsonl"), "--checkpoint", str(tmp_path / "checkpoint.json"), "--key"]
    assert alone.run([*asked, str(tmp_path / "key.pem")]) == 0
    lines = (tmp_path / "chain.jsonl").read_text().splitlines()
    assert len(lines) == 12
    (tmp_path / "chain.jsonl").write_text("\n".join(lines[:-1]) + "\n")
    assert alone.run([*asked, str(tmp_path / "key.pem")]) == 2
    assert (tmp_path / "key.pem").read_text() == public_pem(private_key().public_key())


def test_the_chain_of_a_party_holds_its_own_events_alone(busy, signed_in, netherlands):
    lines = signed_in("NLD").get("/log/chain.jsonl").getvalue().splitlines()

    assert {json.loads(line)["event"]["chain"] for line in lines} == {str(netherlands.party)}
    assert len(lines) == 4


@pytest.mark.parametrize(("code", "role"), [(None, None), ("DNK", "administrator")])
def test_who_sees_no_partys_records_takes_no_chain_home(busy, signed_in, code, role):
    browser = signed_in(code, role)
    assert [browser.get(f"/log/{name}").status_code for name in ("chain.jsonl", "checkpoint.json")] == [404, 404]


def test_a_checkpoint_stays_the_same_whatever_others_write(busy, signed_in, add, netherlands):
    browser = signed_in("DNK")
    before = browser.get("/log/checkpoint.json").content
    add(netherlands, "MORE", "DNK")

    assert browser.get("/log/checkpoint.json").content == before
    with looking(netherlands):
        assert Event.objects.filter(chain=netherlands.party).count() == 5


def test_the_log_says_in_words_what_was_done_to_which_kind(signed_in, viewer, parties, denmark):
    ours = release_set()
    with looking(denmark):
        fields = {"code": "DNK-KYIV", "sender": parties["DNK"], "host": parties["UKR"], "place": "Kyiv"}
        post = add_liaison_post(denmark, to=ours, function="Office", on=date(2024, 7, 11), **fields)
        move_liaison_post(denmark, post, "discussed", on=date(2024, 7, 12), note="At dinner")
        named = {"publisher": "NATO", "title": "Partners", "url": "https://www.nato.int/x", "language": "en"}
        source = add_source(denmark, to=ours, reliability="A", **named)
        cite(denmark, post, source=source, to=ours, about="status", claim="It is discussed.", credibility=2)
    browser = signed_in("DNK")
    english = browser.get("/log/").content.decode()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "uk"
    ukrainian = browser.get("/log/").content.decode()

    assert "<strong>began to discuss</strong>" in english
    assert "<strong>розпочато обговорення</strong>" in ukrainian
    assert "proposed, 11 Jul 2024; discussed, 12 Jul 2024: At dinner" in english
    assert "<dt>Kind</dt><dd> <ins>liaison post</ins>" in english
    assert "&quot;status&quot;" not in english
    assert "liaison_post" not in re.sub(r'(href|value)="[^"]*"', "", english + ukrainian)


def test_every_verb_of_an_action_on_records_has_words():
    people = {
        "people.py",
        "second_person.py",
        "links.py",
        "tokens.py",
        "sessions.py",
        "forgotten.py",
        "first.py",
        "chores.py",
    }
    files = [path for path in Path(oneroof.__file__).parent.rglob("*.py") if path.name not in people]
    verbs = {verb for path in files for verb in re.findall(r'acting\([^,()]+(?:\([^)]*\))?, "(\w+)"', path.read_text())}

    assert {"add", "import", "cite"} <= verbs
    assert (verbs | set(Status.values)) - set(VERBS) == set()
