"""What pages say, in both languages: dates, numbers, choices, and words that are not left in another language."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.conf import settings

from oneroof.access.actions import release_set
from oneroof.access.spelling import alphabetical
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item, add_package
from oneroof.logistics.actions import add_node
from oneroof.staffing.actions import add_contact, add_liaison_post

WORTH = {"value_per_unit": "120000.00", "currency": "EUR", "basis": "book"}


@pytest.fixture
def item(denmark):
    with looking(denmark):
        fields = {"code": "GUN", "name": "Gun", "unit": "set", "tonnes_per_unit": "2.500000"}
        return add_item(denmark, to=release_set(public=True), detail_to=release_set(public=True), value=WORTH, **fields)


@pytest.fixture
def pages(signed_in):
    """The pages of an address in English and in Ukrainian, for Denmark."""

    def read(address):
        browser, told = signed_in("DNK"), []
        for language in ("en", "uk"):
            browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            told.append(browser.get(address).content.decode())
        return told

    return read


def test_a_date_is_written_as_its_language_writes_it(pages, denmark, parties):
    with looking(denmark):
        fields = {"code": "C", "party": parties["DNK"], "function": "Desk", "starts_on": date(2024, 7, 11)}
        contact = add_contact(denmark, to=release_set(), **fields)
    english, ukrainian = pages(contact.get_absolute_url())
    assert "<dd>11 Jul 2024</dd>" in english and "<dd>11 липня 2024</dd>" in ukrainian
    assert [">11 Jul 2024<" in page or ">11 липня 2024<" in page for page in pages("/contacts/")] == [True, True]


def test_numbers_have_the_sign_of_their_language_and_no_needless_zeros(pages, denmark, parties, item):
    with looking(denmark):
        place = {"latitude": "41.670000", "longitude": "-1.040000"}
        named = {"code": "N", "name": "N", "kind": "depot", "nation": parties["DNK"]}
        node = add_node(denmark, to=release_set(), place=place, **named)
    english, ukrainian = pages(node.get_absolute_url())
    assert "<dd>41.67°</dd>" in english and "<dd>41,67°</dd>" in ukrainian
    english, ukrainian = pages(f"/history/item/{item.pk}/")
    assert "<ins>2.5</ins>" in english and "<ins>2,5</ins>" in ukrainian
    form, _ukrainian = pages(f"/items/{item.pk}/change/")
    assert re.findall(r'name="(?:tonnes|value)_per_unit" value="([^"]*)"', form) == ["2.5", "120000"]


def test_an_open_post_is_open_and_not_to_be_opened(pages, denmark, parties):
    with looking(denmark):
        named = {"code": "P", "sender": parties["DNK"], "host": parties["UKR"], "function": "Office", "place": "Kyiv"}
        add_liaison_post(denmark, to=release_set(), status="open", on=date(2024, 7, 11), **named)
    english, ukrainian = pages("/liaison/")
    assert ">open</td>" in english and ">відкрито</td>" in ukrainian


def test_parties_are_chosen_from_in_the_order_of_their_names(pages, parties):
    english, ukrainian = pages("/items/add/")
    listed = re.findall(r'for="id_release-parties_[0-9]+">([^<]+)<', english)
    assert listed == ["Headquarters", "Netherlands", "Ukraine", "United States"]
    assert sorted(["Ізраїль", "Єгипет", "Італія", "Данія", "Ґана", "Грузія"], key=alphabetical) == [
        "Грузія", "Ґана", "Данія", "Єгипет", "Ізраїль", "Італія",
    ]  # fmt: skip
    assert "---------" not in english + ukrainian


def test_ticks_of_a_list_of_parties_stand_beside_their_names(pages, parties):
    english, _ukrainian = pages("/sources/add/")
    assert english.count('class="form-check-input"') > len(parties)


def test_what_another_party_sees_is_told_in_words(pages, item):
    english, ukrainian = pages(f"/release/item/{item.pk}/preview/?party=public")
    assert "<h2>Value of an item</h2>" in english and "<h2>Вартість предмета</h2>" in ukrainian
    assert "True" not in english and "<dd>yes</dd>" in english and "<dd>120,000</dd>" in english
    assert "<dd>так</dd>" in ukrainian and "<dd>2,5</dd>" in ukrainian and "<dd>комплект</dd>" in ukrainian


def test_a_filter_that_can_not_be_read_says_what_to_do(pages):
    for address in ("/log/?kind=nonsense", "/closures/?on=yesterday"):
        english, ukrainian = pages(address)
        assert "Nothing is shown until the filter is mended." in english
        assert ">Очистити фільтр</a>" in ukrainian


def test_the_words_of_the_sign_in_library_are_ukrainian_too(client, db):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "uk"
    page = client.get("/accounts/login/").content.decode()
    assert "Електронна пошта" in page
    refused = client.post("/accounts/login/", {}).content.decode()
    assert "Це поле обов’язкове." in refused


def test_figures_of_a_package_stand_in_their_column(pages, denmark, item):
    with looking(denmark):
        made = add_package(denmark, to=release_set(), code="P", name="P", parts=[{"item": item, "quantity": 6}])
    english, ukrainian = pages(made.get_absolute_url())
    assert '<td class="number" data-label="Quantity">6</td>' in english
    assert '<td class="number" data-label="Кількість">6</td>' in ukrainian
