"""Forms that call actions: faults by field, what was typed kept, versions, release."""

from __future__ import annotations

import re

import pytest

from oneroof.access.actions import release_set
from oneroof.access.models import ReleaseSet
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item
from oneroof.catalogue.models import Item
from oneroof.journal.models import Event

pytestmark = pytest.mark.urls("tests.house.trial")

TYPED = {"code": "GUN", "name": "Howitzer", "nsn": "", "unit": "vehicle", "tonnes_per_unit": "25"}
OWN = {"release-who": "own", "release-detail": "same", "release-embargo_until": ""}


@pytest.fixture
def item(denmark, parties):
    with looking(denmark):
        return add_item(denmark, to=release_set([parties["NLD"]]), **TYPED)


def seen(viewer):
    with looking(viewer):
        return list(Item.objects.visible_to(viewer))


def test_a_form_adds_a_record_that_its_party_alone_sees(signed_in, denmark, viewer):
    answer = signed_in("DNK").post("/trial/add/", {**TYPED, **OWN})

    (item,) = seen(denmark)
    assert (answer.status_code, answer["Location"]) == (302, f"/trial/{item.pk}/")
    assert seen(viewer("NLD")) == []


def test_a_form_releases_what_it_adds_to_the_chosen(signed_in, parties, viewer):
    chosen = {"release-who": "parties", "release-parties": [parties["NLD"].pk]}
    signed_in("DNK").post("/trial/add/", {**TYPED, **OWN, **chosen})

    assert [item.code for item in seen(viewer("NLD"))] == ["GUN"]
    assert seen(viewer("USA")) == []


def test_all_faults_of_a_form_and_of_its_release_are_told_at_once(signed_in):
    answer = signed_in("DNK").post("/trial/add/", {**TYPED, **OWN, "name": "", "release-who": "parties"})
    text = answer.content.decode()

    assert answer.status_code == 422
    faults = re.search(r'id="faults".*?</ul>', text, re.S).group()
    assert re.findall(r'href="#(\w+|[\w-]+)"', faults) == ["id_name", "id_release-parties"]
    assert 'value="GUN"' in text


def test_the_faults_of_an_action_stand_by_its_fields(signed_in, denmark):
    answer = signed_in("DNK").post("/trial/add/", {**TYPED, **OWN, "nsn": "123"})
    text = answer.content.decode()

    assert answer.status_code == 422
    assert re.search('<a href="#id_nsn">Stock number</a>:[^<]* 13 digits', text)
    assert 'value="123"' in text
    assert seen(denmark) == []


def test_a_form_that_was_overtaken_is_refused_and_keeps_what_was_typed(signed_in, denmark, item):
    browser = signed_in("DNK")
    version = re.search(r'name="version" value="(\d+)"', browser.get(f"/trial/{item.pk}/change/").content.decode())
    changed = {**TYPED, "version": version[1]}

    assert browser.post(f"/trial/{item.pk}/change/", {**changed, "name": "First"}).status_code == 302
    late = browser.post(f"/trial/{item.pk}/change/", {**changed, "name": "Second"})
    assert late.status_code == 409
    assert "Somebody changed this record" in late.content.decode()
    assert 'value="Second"' in late.content.decode()
    assert [item.name for item in seen(denmark)] == ["First"]


def test_another_partys_record_is_not_changed_and_a_hidden_one_is_not_there(signed_in, item):
    told = signed_in("NLD").post(f"/trial/{item.pk}/change/", {**TYPED, "name": "Ours", "version": "1"})
    hidden = signed_in("USA").post(f"/trial/{item.pk}/change/", {**TYPED, "name": "Ours", "version": "1"})

    assert told.status_code == 403
    assert "Only its owner" in told.content.decode()
    assert hidden.status_code == 404


def test_release_is_shown_as_it_stands_and_changed_with_a_reason(signed_in, parties, viewer, item, denmark):
    browser = signed_in("DNK")
    address = f"/trial/{item.pk}/release/"
    text = browser.get(address).content.decode()
    assert re.search(rf'value="{parties["NLD"].pk}"[^>]*checked', text)

    typed = {"who": "parties", "parties": [parties["USA"].pk], "detail": "own", "embargo_until": "", "version": "1"}
    assert browser.post(address, typed).status_code == 422
    assert browser.post(address, {**typed, "why": "Agreed on 11 July"}).status_code == 302
    assert (seen(viewer("NLD")), [item.code for item in seen(viewer("USA"))]) == ([], ["GUN"])
    with looking(denmark):
        assert Event.objects.get(verb="release").why == "Agreed on 11 July"


def test_details_released_wider_than_the_record_are_a_fault_of_their_field(signed_in, parties, item):
    typed = {"who": "own", "detail": "parties", "detail_parties": [parties["USA"].pk], "why": "x", "version": "1"}
    answer = signed_in("DNK").post(f"/trial/{item.pk}/release/", typed)

    assert answer.status_code == 422
    assert 'href="#id_detail_parties"' in answer.content.decode()


def test_a_records_page_says_its_marking_facts_and_ways(signed_in, item):
    text = signed_in("DNK").get(f"/trial/{item.pk}/").content.decode()

    assert "Releasable to DNK, NLD" in text
    assert "<dt>Code</dt><dd>GUN</dd>" in text
    assert "Supply class" not in text
    assert text.count("btn-primary") == 1


def test_release_sets_are_shared(signed_in, item):
    before = ReleaseSet.objects.count()
    signed_in("DNK").post(f"/trial/{item.pk}/release/", {"who": "own", "detail": "same", "why": "x", "version": "1"})

    assert ReleaseSet.objects.count() == before
