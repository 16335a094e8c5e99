"""Pages of the catalogue: who gets them, what they tell, and with how many queries."""

import io
import re
import zipfile
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oneroof.access import lists
from oneroof.access.actions import release_set
from oneroof.access.markings import count_and_marking
from oneroof.access.spelling import holding
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_package, add_substitute
from oneroof.catalogue.importing import export_catalogue
from oneroof.catalogue.models import Item, Package, Substitute
from tests.catalogue.conftest import VALUE
from tests.house.worlds import masked


@pytest.fixture
def shelf(item, parties, viewer):
    """Items of Denmark shown to the Netherlands, one of them hidden, a package and a substitute over both."""
    some = release_set([parties["NLD"]])
    shown = item(code="GUN", name="Gun", to=some, detail_to=release_set(), value=VALUE, nsn="1025-00-123-4567")
    hidden = item(code="SECRET", name="Hush")
    denmark = viewer("DNK")
    with looking(denmark):
        parts = [{"item": shown, "quantity": 6}, {"item": hidden, "quantity": 2}]
        package = add_package(denmark, to=some, code="BATTERY", name="Battery", parts=parts)
        substitute = add_substitute(denmark, to=some, item=shown, substitute=hidden, units_per_unit=2)
    return {"shown": shown, "hidden": hidden, "package": package, "substitute": substitute}


def test_pages_tell_what_is_released_and_nothing_more(shelf, signed_in):
    dutch = signed_in("NLD")
    told = {
        name: dutch.get(shelf[name].get_absolute_url()).content.decode() for name in ("shown", "package", "substitute")
    }

    assert all("Gun" in page and "SECRET" not in page and "Hush" not in page for page in told.values())
    assert "28,000" not in told["shown"] and "28000" not in told["shown"] and "No value is told here" in told["shown"]
    assert "not released to you" in told["package"] and "not released to you" in told["substitute"]
    assert dutch.get(shelf["hidden"].get_absolute_url()).status_code == 404
    for address in ("/items/", "/packages/", "/substitutes/", "/search/?q=hush", "/items/?q=hush"):
        assert "Hush" not in dutch.get(address).content.decode().replace("hush", "")
    assert b"GUN" not in signed_in("USA").get("/items/").content
    assert "28000" in signed_in("DNK").get(shelf["shown"].get_absolute_url()).content.decode().replace(",", "")


def test_what_hangs_on_an_item_and_is_hidden_leaves_its_page_as_it_was(item, parties, viewer, signed_in):
    """Both ends of a substitute are shown, and so are all items of a package: the two themselves are not."""
    some, nobody = release_set([parties["NLD"]]), release_set()
    gun, other = (item(code=code, name=code.title(), to=some) for code in ("GUN", "OTHER"))
    browsers = {code: signed_in(code) for code in ("NLD", "DNK")}

    def pages(code):
        return [masked(browsers[code].get(one.get_absolute_url()).content) for one in (gun, other)]

    before = {code: pages(code) for code in browsers}
    denmark = viewer("DNK")
    with looking(denmark):
        add_package(denmark, to=nobody, code="BATTERY", name="Battery", parts=[{"item": gun, "quantity": 6}])
        add_substitute(denmark, to=nobody, item=gun, substitute=other, units_per_unit=2)

    assert pages("NLD") == before["NLD"]
    assert all(now != then for now, then in zip(pages("DNK"), before["DNK"], strict=True))


def test_tables_of_the_catalogue_hold_no_hidden_value_or_item(shelf, signed_in):
    def told(code):
        packed = signed_in(code).get("/catalogue/tables.zip")
        with zipfile.ZipFile(io.BytesIO(packed.content)) as parts:
            return {name: parts.read(name).decode() for name in parts.namelist()}

    dutch, danish = told("NLD"), told("DNK")
    assert "SECRET" not in str(dutch) and "28000" not in str(dutch) and "GUN" in dutch["items.csv"]
    assert "SECRET" in danish["package_parts.csv"] and "28000" in danish["items.csv"]


def test_an_item_is_added_changed_and_refused_by_form(signed_in, viewer):
    danish = signed_in("DNK")
    typed = {
        "code": "TENT", "name": "Tent", "unit": "tent", "tonnes_per_unit": "0.5", "whole_units": "on",
        "value_per_unit": "10000", "currency": "eur", "basis": "list", "names": "de: Zelt\nuk short: Намет",
        "release-who": "own", "release-detail": "same",
    }  # fmt: skip
    added = danish.post("/items/add/", typed)
    assert added.status_code == 302
    page = danish.get(added["Location"]).content.decode()
    assert "Zelt" in page and "Намет" in page and "EUR" in page
    wrong = danish.post("/items/add/", {**typed, "code": "B", "nsn": "1", "tonnes_per_unit": "0", "names": "Zelt"})
    assert wrong.status_code == 422
    changed = danish.post(f"{added['Location']}change/", {**typed, "name": "Big tent", "version": "1.1"})
    assert changed.status_code == 302
    again = danish.post(f"{added['Location']}change/", {**typed, "name": "Small tent", "version": "1.1"})
    assert again.status_code == 409
    assert signed_in("NLD").get(f"{added['Location']}change/").status_code == 404
    assert signed_in("NLD", "reader").get("/items/add/").status_code == 404


def test_packages_substitutes_and_tables_are_sent_by_form(item, signed_in, viewer):
    item(code="A"), item(code="B")
    danish = signed_in("DNK")
    own = {"release-who": "own", "release-detail": "same"}
    package = {"code": "P", "name": "Pair", "parts": "2 A\n30 course GUNNER", **own}
    assert danish.post("/packages/add/", package).status_code == 302
    assert danish.post("/packages/add/", {**package, "code": "Q", "parts": "2 NOTHING"}).status_code == 422
    pair = {"item": "A", "substitute": "B", "units_per_unit": "2", "preference": "0.5", **own}
    assert danish.post("/substitutes/add/", pair).status_code == 302
    assert danish.post("/substitutes/add/", {**pair, "item": "B", "substitute": "A"}).status_code == 422
    sent = io.BytesIO(b"item,unit,tonnes_per_unit\nC,each,1\n")
    sent.name = "items.csv"
    assert danish.post("/catalogue/import/", {"tables": sent, "dry": "on", **own}).status_code == 302
    denmark = viewer("DNK")
    with looking(denmark):
        assert not Item.objects.visible_to(denmark).filter(code="C").exists()
        assert (Package.objects.visible_to(denmark).count(), Substitute.objects.visible_to(denmark).count()) == (1, 1)
    sent.seek(0)
    assert danish.post("/catalogue/import/", {"tables": sent, **own}).status_code == 302
    with looking(denmark):
        assert Item.objects.visible_to(denmark).filter(code="C").exists()


@pytest.mark.parametrize("address", ["/items/", "/substitutes/", "/api/v1/items", "/api/v1/substitutes"])
def test_lists_cost_the_same_queries_for_one_row_and_for_three(address, item, signed_in, viewer):
    danish, denmark = signed_in("DNK"), viewer("DNK")
    rows = [item(code=f"I{n}") for n in range(4)]

    def row(n):
        with looking(denmark):
            add_substitute(denmark, to=release_set(), item=rows[n], substitute=rows[n + 1], units_per_unit=1)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert danish.get(address).status_code == 200
        return len(seen)

    row(0)
    queries()
    first = queries()
    row(1), row(2)
    item(code="X"), item(code="Y")
    assert queries() == first


def test_the_api_tells_no_hidden_end(shelf, signed_in):
    (row,) = signed_in("NLD").get("/api/v1/substitutes").json()["results"]

    assert (row["item"], row["substitute"]) == (str(shelf["shown"].pk), None)


def test_rows_that_sort_alike_stand_on_one_page_each(item, signed_in):
    for number in range(60):
        item(code=f"TENT-{number:02}", name="Tent")
    danish = signed_in("DNK")
    for sort in ("-tonnes_per_unit", "name", "owner"):
        pages = [danish.get(f"/items/?sort={sort}&page={page}").content.decode() for page in (1, 2)]
        found = [code for page in pages for code in re.findall(r">(TENT-\d\d)<", page)]
        assert sorted(found) == [f"TENT-{number:02}" for number in range(60)]
        assert len(found) == len(set(found)) == 60


@pytest.mark.parametrize("sort", ["", "-code", "-tonnes_per_unit"])
def test_pages_are_cut_alike_from_both_ends(item, signed_in, sort):
    for number in range(11):
        item(code=f"TENT-{number:02}", name="Tent")
    danish = signed_in("DNK")
    with patch.object(lists, "PER_PAGE", 3):
        pages = [danish.get(f"/items/?sort={sort}&page={page}").content.decode() for page in range(1, 5)]

    found = [re.findall(r">(TENT-\d\d)<", page) for page in pages]
    codes = [f"TENT-{number:02}" for number in range(11)]
    whole = codes[::-1] if sort == "-code" else codes
    assert found == [whole[0:3], whole[3:6], whole[6:9], whole[9:]]


def test_a_page_has_fifty_rows_whatever_the_address_says(item, signed_in):
    for number in range(51):
        item(code=f"TENT-{number:02}", name="Tent")
    page = signed_in("DNK").get("/items/?per_page=1000").content.decode()

    assert len(re.findall(r">(TENT-\d\d)<", page)) == 50


@pytest.mark.skipif(settings.POSTGRESQL, reason="PostgreSQL chooses by what its tables hold")
@pytest.mark.parametrize("text", ["", "tent"])
def test_counting_and_paging_items_reads_an_index_alone(text, viewer):
    rows = holding(Item.objects.visible_to(viewer("DNK")), text)
    with CaptureQueriesContext(connection) as captured:
        count_and_marking(rows, rows.viewer)
        list(rows.values_list("pk", flat=True)[:50])
    asked = [query["sql"] for query in captured.captured_queries if "oneroof_item" in query["sql"]]
    assert len(asked) == 2
    for sql in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
            assert any("oneroof_item USING COVERING INDEX" in row[3] for row in cursor.fetchall())


def test_units_are_told_in_ukrainian_and_kept_as_they_were_typed(item, signed_in, viewer):
    made = item(code="A", unit="Pallet")
    item(code="B", unit="кліть")
    browser = signed_in("DNK")
    assert ">Pallet</td>" in browser.get("/items/").content.decode()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "uk"

    page = browser.get("/items/?sort=unit").content.decode()
    assert ">палета</td>" in page
    assert page.index(">палета</td>") < page.index(">кліть</td>")
    assert "<dd>палета</dd>" in browser.get(made.get_absolute_url()).content.decode()
    assert 'value="Pallet"' in browser.get(f"{made.get_absolute_url()}change/").content.decode()
    assert "<ins>палета</ins>" in browser.get("/log/").content.decode()
    assert browser.get(f"/api/v1/items/{made.pk}").json()["unit"] == "Pallet"
    with looking(viewer("DNK")):
        assert "Pallet" in str(export_catalogue(viewer("DNK")))


def test_the_form_of_a_package_shows_its_parts_to_its_owner_and_is_no_page_to_others(shelf, signed_in):
    pages = [signed_in(code).get(f"{shelf['package'].get_absolute_url()}change/") for code in ("DNK", "NLD")]

    assert "6 GUN@DNK\n2 SECRET@DNK" in pages[0].content.decode()
    assert pages[1].status_code == 404


def test_rows_that_were_joined_to_others_are_counted_and_marked_once(shelf, viewer):
    dutch = viewer("NLD")
    with looking(dutch):
        rows = Item.objects.visible_to(dutch)
        told = [count_and_marking(found, dutch) for found in (rows, rows.distinct())]

    assert told[0] == told[1]
    assert told[0][0] == 1
