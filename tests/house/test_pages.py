"""The frame, lists, search and errors, as a browser without scripts gets them."""

from __future__ import annotations

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item


@pytest.fixture
def add(viewer, parties):
    denmark = viewer("DNK")

    def make(*codes, public=False, **more):
        with looking(denmark):
            to = release_set([parties[code] for code in codes], public=public)
            fields = {"code": "GUN", "name": "Howitzer", "unit": "vehicle", "tonnes_per_unit": "25"}
            return add_item(denmark, to=to, **{**fields, **more})

    return make


def page(browser, address, status=200):
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("who", [None, "DNK", "HQ"])
@pytest.mark.parametrize("address", ["/", "/items/", "/search/?q=gun", "/coming/needs/", "/accounts/login/"])
def test_every_page_stands_in_the_frame_with_its_marking_twice(signed_in, who, address):
    if who and "login" in address:
        return
    text = page(signed_in(who), address)

    assert text.count('class="marking ') == 2
    assert '<main id="content"' in text


def test_a_list_is_marked_by_what_its_viewer_sees(signed_in, add):
    add("NLD", "UKR")
    add("NLD", code="OTHER")

    assert "Releasable to DNK, NLD<" in page(signed_in("NLD"), "/items/")
    assert "Releasable to DNK, NLD, UKR<" in page(signed_in("UKR"), "/items/")
    assert "1 row<" in page(signed_in("UKR"), "/items/")


def test_a_list_of_ones_own_alone_says_so(signed_in, add):
    add()

    assert "Denmark only" in page(signed_in("DNK"), "/items/")


@pytest.mark.parametrize("address", ["/items/", "/items/?q=gun&sort=-name", "/items/?export=csv"])
def test_a_list_asks_as_many_queries_for_three_rows_as_for_one(signed_in, add, django_assert_max_num_queries, address):
    browser = signed_in("DNK")
    browser.get("/items/")  # the first page of a session also keeps its secondment
    counts = []
    for number in range(3):
        add("NLD", code=f"GUN{number}")
        with django_assert_max_num_queries(30) as asked:
            browser.get(address)
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2], counts


def test_an_export_has_every_row_and_no_formula(signed_in, add):
    add("NLD", name="=1+1")
    add(code="-2")

    answer = signed_in("DNK").get("/items/?export=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[1:] == [
        "'-2,Howitzer,DNK,,,vehicle,25,no,Denmark only",
        'GUN,\'=1+1,DNK,,,vehicle,25,no,"Releasable to DNK, NLD"',
    ]


def test_a_hidden_record_and_none_have_the_same_answer(signed_in, add):
    add()

    assert "Howitzer" not in page(signed_in("NLD"), "/items/")
    assert "Nobody has shown you an item yet." in page(signed_in("NLD"), "/items/")


def test_the_theme_is_kept_in_a_cookie(signed_in):
    browser = signed_in(None)

    browser.post("/theme/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in page(browser, "/")
    browser.post("/theme/", {"theme": "system"})
    assert "data-system-theme" in page(browser, "/")


def test_the_language_changes_without_scripts(signed_in):
    browser = signed_in(None)

    browser.post("/i18n/setlang/", {"language": "uk"})
    assert '<html lang="uk"' in page(browser, "/")


def test_what_is_not_there_is_told_in_the_frame(signed_in):
    text = page(signed_in(None), "/no/such/page", 404)

    assert "There is no such page" in text
    assert "/no/such/page" not in text


@pytest.mark.urls("tests.house.trial")
def test_our_fault_is_told_without_the_database(signed_in):
    browser = signed_in("DNK")
    browser.raise_request_exception = False

    assert "This is our fault" in page(browser, "/trial/broken/", 500)


def test_the_plans_briefing_runs_and_loads_nothing(signed_in, settings, tmp_path):
    settings.HOME = tmp_path
    browser = signed_in(None)
    assert "Nobody has put a plan here yet" in page(browser, "/plan/")
    page(browser, "/plan/briefing/", 404)

    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "briefing.html").write_text("<style>p { color: red }</style><p>Briefing")
    assert 'href="/plan/briefing/"' in page(browser, "/plan/")
    answer = browser.get("/plan/briefing/")
    assert answer.content == b"<style>p { color: red }</style><p>Briefing"
    policy = answer["Content-Security-Policy"]
    assert {"default-src 'none'", "script-src 'none'", "connect-src 'none'"} <= set(policy.split("; "))


def test_whoever_has_no_second_factor_is_asked_for_one(signed_in):
    text = page(signed_in("DNK"), "/")

    assert "Protect your account" in text
    assert 'href="/accounts/2fa/"' in text


@pytest.mark.parametrize("text", ["м'яч", "М’ЯЧ", "мʼяч", "чавунний м’яч", "GUN м'яч"])
def test_a_word_is_found_in_any_case_with_any_apostrophe(signed_in, add, text):
    add(name_uk="Чавунний М’яч")
    add(code="OTHER", name_uk="Мʼята")

    assert "1 row<" in page(signed_in("DNK"), f"/items/?q={text}")


def test_a_percent_sign_is_a_percent_sign(signed_in, add):
    add(name="Alloy, 5 % nickel")
    add(code="OTHER")

    assert "1 row<" in page(signed_in("DNK"), "/items/?q=%25")
