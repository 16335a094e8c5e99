"""Pictures of items: who adds them, who gets them, and as what they are sent."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from PIL import Image

from oneroof.access.actions import change_release, release_set
from oneroof.access.viewer import looking
from oneroof.catalogue import actions, images
from oneroof.catalogue.models import ItemImage
from oneroof.journal.errors import NotYours, Refused, Stale
from oneroof.journal.models import Event
from oneroof.sources.actions import add_source
from tests.catalogue.drawn import SECRET, exif, jpeg, png


@pytest.fixture
def gun(item, parties):
    """An item that Denmark shows to the Netherlands and Ukraine, its details to the Netherlands alone."""
    to = release_set([parties["NLD"], parties["UKR"]])
    return item(code="GUN", name="Gun", to=to, detail_to=release_set([parties["NLD"]]))


@pytest.fixture
def add(denmark):
    def make(record, content=None, **more):
        with looking(denmark):
            fields = {"caption": "Gun in its cradle", **more}
            return actions.add_picture(denmark, record, content=content or jpeg(24, 8, exif(6)), **fields)

    return make


def sent(content, name="photo.svg"):
    file = io.BytesIO(content)
    file.name = name
    return file


def seen(viewer):
    with looking(viewer):
        return list(ItemImage.objects.visible_to(viewer))


def test_a_picture_is_sent_by_form_and_shown_on_the_items_page_without_where_it_was_taken(signed_in, denmark, gun):
    danish = signed_in("DNK")
    form = danish.get(f"/items/{gun.pk}/picture/").content.decode()
    assert "at most 5 MB" in form and 'enctype="multipart/form-data"' in form
    typed = {"content": sent(jpeg(24, 8, exif(6))), "caption": "Gun in its cradle", "caption_uk": "Гармата на лафеті"}
    assert danish.post(f"/items/{gun.pk}/picture/", typed)["Location"] == gun.get_absolute_url()

    (picture,) = seen(denmark)
    assert (picture.media_type, picture.width, picture.height, picture.version) == ("image/jpeg", 8, 24, 1)
    page = danish.get(gun.get_absolute_url()).content.decode()
    assert f'<img src="/pictures/{picture.pk}/small/" alt="Gun in its cradle" width="8" height="24"' in page
    danish.post("/i18n/setlang/", {"language": "uk"})
    assert 'alt="Гармата на лафеті"' in danish.get(gun.get_absolute_url()).content.decode()
    assert SECRET not in danish.get(f"/pictures/{picture.pk}/content/").content


def test_a_picture_is_sent_as_what_it_is_with_the_marking_of_the_items_details(signed_in, gun, add):
    picture = add(gun, png())
    answer = signed_in("NLD").get(f"/pictures/{picture.pk}/content/")

    assert answer.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'inline; filename="gun.png"'
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Marking"] == "DNK NLD"
    assert "no-store" in answer["Cache-Control"]
    assert "Releasable to DNK, NLD<" in signed_in("NLD").get(picture.get_absolute_url()).content.decode()


@pytest.mark.parametrize("make", [jpeg, png])
def test_on_the_items_page_a_large_picture_is_sent_in_little(signed_in, gun, add, make):
    picture = add(gun, make(1600, 800))
    dutch = signed_in("NLD")
    whole, small = (dutch.get(f"{picture.get_absolute_url()}{name}/") for name in ("content", "small"))
    sizes = [Image.open(io.BytesIO(answer.content)).size for answer in (whole, small)]

    assert sizes == [(1600, 800), (640, 320)]
    assert len(small.content) < len(whole.content)
    assert [small[name] == whole[name] for name in ("Content-Type", "X-Marking", "Content-Disposition")] == [True] * 3


def test_a_small_picture_is_sent_as_it_is(signed_in, gun, add):
    picture = add(gun, jpeg(24, 8))
    dutch = signed_in("NLD")
    whole, small = (dutch.get(f"{picture.get_absolute_url()}{name}/").content for name in ("content", "small"))

    assert small == whole


def test_a_picture_goes_where_the_details_of_its_item_go(signed_in, parties, denmark, gun, add):
    picture = add(gun)
    own = picture.get_absolute_url()
    addresses = [own, f"{own}content/", f"{own}small/", f"/history/item_image/{picture.pk}/"]

    def statuses(code):
        browser = signed_in(code)
        return [browser.get(address).status_code for address in addresses]

    assert statuses("NLD") == [200, 200, 200, 200]
    assert statuses("UKR") == statuses("USA") == statuses(None) == [404, 404, 404, 404]
    assert str(picture.pk) not in signed_in("UKR").get(gun.get_absolute_url()).content.decode()
    with looking(denmark):
        to = release_set(public=True)
        change_release(denmark, gun, to=to, detail_to=to, embargo_until=None, why="Shown at the fair")
    assert statuses(None)[:3] == [200, 200, 200]
    assert signed_in(None).get(f"/pictures/{picture.pk}/content/")["X-Marking"] == "public"


def test_only_the_owners_writers_add_change_and_remove(signed_in, viewer, gun, add):
    picture = add(gun)
    addresses = [f"/items/{gun.pk}/picture/", *(f"/pictures/{picture.pk}/{verb}/" for verb in ("change", "remove"))]
    dutch = signed_in("NLD")

    assert {dutch.get(address).status_code for address in addresses} == {404}
    assert {signed_in("DNK", "reader").get(address).status_code for address in addresses} == {404}
    assert "Add a picture" not in dutch.get(gun.get_absolute_url()).content.decode()
    other = viewer("NLD")
    with looking(other), pytest.raises(NotYours):
        actions.add_picture(other, gun, content=png(), caption="Ours")
    with looking(other), pytest.raises(NotYours):
        actions.remove_picture(other, picture)


def test_captions_and_source_are_changed_and_an_old_version_is_refused(signed_in, denmark, gun, add):
    picture = add(gun)
    with looking(denmark):
        source = add_source(denmark, to=release_set(), publisher="Danish Army", title="Photographs", reliability="A")
    danish = signed_in("DNK")
    typed = {"caption": "Gun, firing", "caption_uk": "", "source": source.pk, "version": "1", "why": "Better said"}
    assert danish.post(f"/pictures/{picture.pk}/change/", typed).status_code == 302

    assert [(p.caption, p.source, p.version) for p in seen(denmark)] == [("Gun, firing", source, 2)]
    assert bytes(seen(denmark)[0].content) == bytes(picture.content)
    assert "Danish Army: Photographs" in danish.get(picture.get_absolute_url()).content.decode()
    assert "Photographs" not in signed_in("NLD").get(picture.get_absolute_url()).content.decode()
    late = danish.post(f"/pictures/{picture.pk}/change/", typed)
    assert late.status_code == 409
    with looking(denmark), pytest.raises(Stale):
        actions.change_picture(denmark, seen(denmark)[0], version=1, caption="x")


def test_a_source_that_the_writer_does_not_see_is_none(viewer, denmark, gun, add):
    other = viewer("USA")
    with looking(other):
        hidden = add_source(other, to=release_set(), publisher="P", title="T", reliability="A")

    with pytest.raises(Refused) as refused:
        add(gun, source=hidden)
    assert list(refused.value.faults) == ["source"]


def test_a_removed_picture_is_gone_and_its_history_stays_without_its_bytes(signed_in, denmark, gun, add):
    picture = add(gun)
    page = signed_in("DNK").get(f"/pictures/{picture.pk}/remove/").content.decode()
    assert "can’t be brought back" in page
    answer = signed_in("DNK").post(f"/pictures/{picture.pk}/remove/", {"why": "Wrong gun"})

    assert answer["Location"] == gun.get_absolute_url()
    assert seen(denmark) == []
    with looking(denmark):
        added, removed = Event.objects.filter(record=picture.pk).order_by("position")
    assert (added.verb, removed.verb, removed.why) == ("add", "remove", "Wrong gun")
    assert added.after["digest"] == picture.digest and "content" not in added.after


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<svg/>", "no JPEG, PNG or WebP"),
        (png() + bytes(images.MOST_BYTES), "at most 5 MB and 50 million pixels"),
        (png(60_000, 60_000, rows=b"\0" * 1000), "at most 5 MB and 50 million pixels"),
        (b"", "empty"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_by_its_field(signed_in, denmark, gun, content, told):
    answer = signed_in("DNK").post(f"/items/{gun.pk}/picture/", {"content": sent(content, "gun.png"), "caption": "Gun"})

    assert answer.status_code == 422
    assert told in answer.content.decode() and 'href="#id_content"' in answer.content.decode()
    assert 'value="Gun"' in answer.content.decode()
    assert seen(denmark) == []


def test_all_faults_of_a_picture_are_told_at_once(gun, add):
    with pytest.raises(Refused) as refused:
        add(gun, b"GIF89a", caption="x" * 201, source=None)
    assert set(refused.value.faults) == {"content", "caption"}
    with pytest.raises(Refused) as refused:
        add(gun, caption="", source=None)
    assert set(refused.value.faults) == {"caption"}


def test_the_form_of_a_picture_tells_all_faults_at_once(signed_in, denmark, gun):
    answer = signed_in("DNK").post(f"/items/{gun.pk}/picture/", {"content": sent(b"GIF89a", "gun.png"), "caption": ""})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "no JPEG, PNG or WebP" in page and 'href="#id_content"' in page and 'href="#id_caption"' in page
    assert seen(denmark) == []


def test_an_item_has_so_many_pictures_and_no_more(gun, add, monkeypatch):
    monkeypatch.setattr(actions, "MOST_PICTURES", 2)
    first, second = add(gun), add(gun, png())

    assert (first.position, second.position) == (1, 2)
    with pytest.raises(Refused, match="2 pictures already"):
        add(gun)


def test_how_many_pictures_an_item_has_is_told_to_nobody_who_does_not_see_them(
    gun, item, add, parties, viewer, monkeypatch
):
    monkeypatch.setattr(actions, "MOST_PICTURES", 1)
    bare = item(code="BARE", to=release_set([parties["UKR"]]))
    add(gun)
    ukraine = viewer("UKR")
    told = []
    for one in (gun, bare):
        with looking(ukraine), pytest.raises(Refused) as refused:
            actions.add_picture(ukraine, one, content=png(), caption="Mine")
        told.append((type(refused.value), refused.value.faults))

    assert told[0] == told[1]


def test_an_items_page_asks_as_many_queries_for_three_pictures_as_for_one(signed_in, gun, add, queries):
    danish = signed_in("DNK")
    danish.get("/")
    add(gun)
    one = queries(lambda: danish.get(gun.get_absolute_url()))
    add(gun, png())
    add(gun, png(5, 5))

    assert queries(lambda: danish.get(gun.get_absolute_url())) == one


def test_an_items_page_does_not_load_the_bytes_of_its_pictures(signed_in, gun, add, django_assert_max_num_queries):
    add(gun)
    with django_assert_max_num_queries(60) as asked:
        signed_in("DNK").get(gun.get_absolute_url())

    assert [query for query in asked.captured_queries if '"oneroof_itemimage"."content"' in query["sql"]] == []


def test_an_owner_is_told_which_captions_a_party_sees_and_not_the_bytes(signed_in, gun, add):
    add(gun)
    page = signed_in("DNK").get(f"/release/item/{gun.pk}/preview/?party=NLD")
    text = page.content.decode()

    assert page.status_code == 200
    assert "Gun in its cradle" in text and "xff" not in text


def test_nothing_of_a_picture_is_kept_outside_the_database(denmark, gun, add, settings, tmp_path):
    settings.HOME = settings.MEDIA_ROOT = tmp_path
    add(gun)

    assert list(tmp_path.iterdir()) == []
    with looking(denmark), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM oneroof_itemimage")
        assert cursor.fetchone() == (1,)
