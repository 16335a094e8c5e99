"""Pages of the catalogue."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from oneroof.access.cutting import Cut
from oneroof.access.import_page import import_page, tables_answer
from oneroof.access.kinds import seen
from oneroof.access.limits import count_export
from oneroof.access.lists import list_page
from oneroof.access.markings import Marking, marking_of, marking_of_all
from oneroof.access.models import Record
from oneroof.access.pages import (
    Link,
    add_page,
    adding,
    change_page,
    find,
    form_page,
    only_writers,
    own,
    past,
    record_page,
    ways,
)
from oneroof.catalogue import actions, images
from oneroof.catalogue.filters import ItemFilter, PackageFilter
from oneroof.catalogue.forms import (
    CaptionForm,
    ItemForm,
    PackageForm,
    PictureForm,
    ReasonForm,
    SubstituteForm,
    item_initial,
    package_initial,
)
from oneroof.catalogue.importing import TABLES, export_catalogue, import_catalogue
from oneroof.catalogue.models import Item, ItemDetail, ItemImage, ItemName, Package, PackagePart, Substitute
from oneroof.catalogue.tables import Items, Packages, Substitutes
from oneroof.history.reading import history_of
from oneroof.sources.record_pages import sourced_page


def items(request: HttpRequest) -> HttpResponse:
    """The items that the viewer sees."""
    return list_page(
        request,
        title=_("Items"),
        rows=Item.objects.visible_to(request.viewer),
        table=Items,
        filters=ItemFilter,
        empty=_("Nobody has shown you an item yet."),
        links=[
            *adding(request, "item", _("Add an item"), "item_add"),
            Link(_("Packages"), reverse("packages")),
            Link(_("Substitutes"), reverse("substitutes")),
            *adding(request, "item", _("Import tables"), "catalogue_import"),
            Link(_("Save as tables of a problem"), reverse("catalogue_tables")),
        ],
    )


def item(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One item: its codes, weight and value, what it is part of, and what may stand in for it."""
    found = find(request, Item, pk)
    viewer = request.viewer
    detail = ItemDetail.objects.visible_to(viewer).filter(pk=pk).first()
    rows, cut = Substitute.objects.visible_to(viewer), Cut()
    stand_ins, stands_for = cut(rows.filter(item=pk)), cut(rows.filter(substitute=pk))
    parts = cut(PackagePart.objects.visible_to(viewer).filter(item=pk))
    packages = [part.package for part in parts]
    others = [
        seen(row, end) for row, end in [*((r, "substitute") for r in stand_ins), *((r, "item") for r in stands_for)]
    ]
    pictures = list(ItemImage.objects.visible_to(viewer).filter(record=pk).defer("content"))
    shown_of = [source for picture in pictures if (source := seen(picture, "source")) is not None]
    return sourced_page(
        request,
        found,
        state=_illustrative(found),
        facts=[
            (_("code"), found.code),
            (_("stock number"), found.stock_number),
            (_("class of the stock number"), found.stock_class),
            (_("supply class"), found.get_supply_class_display()),
            (_("unit"), found.unit_word),
            (_("owner"), found.owner),
        ],
        links=ways(request, found, "item_change"),
        template="catalogue/item.html",
        shown=[record for record in (*stand_ins, *stands_for, *packages, *others, *shown_of) if record is not None],
        detail=detail is not None or bool(pictures),
        cut=cut,
        context={
            "detail": detail,
            "pictures": pictures,
            "picture_add": reverse("item_image_add", args=[pk]) if viewer.may_write(found) else "",
            "names": ItemName.objects.visible_to(viewer).filter(item=pk),
            "stand_ins": [(row, seen(row, "substitute")) for row in stand_ins],
            "stands_for": [(row, seen(row, "item")) for row in stands_for],
            "parts": parts,
        },
    )


def item_add(request: HttpRequest) -> HttpResponse:
    """Add an item."""
    action = actions.told_by_line("names")(actions.add_item)
    return add_page(request, "item", ItemForm, action, title=_("Add an item"), back="items")


def item_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change an item, its value, its further names."""
    found = own(request, Item, pk)
    action = actions.told_by_line("names")(actions.change_item)
    return change_page(request, found, ItemForm, action, initial=item_initial(request.viewer, found))


def item_image(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One picture in full, with its captions, where it is from, and its history."""
    found = _picture(request, pk)
    source = seen(found, "source")
    links = []
    if request.viewer.may_write(found):
        links = [
            Link(_("Change"), reverse("item_image_change", args=[pk])),
            Link(_("Remove"), reverse("item_image_remove", args=[pk]), danger=True),
        ]
    return record_page(
        request,
        found,
        facts=[
            (_("item"), found.record),
            (_("format"), found.get_media_type_display()),
            (_("size"), _("%(width)s × %(height)s pixels") % {"width": found.width, "height": found.height}),
            (_("owner"), found.record.owner),
        ],
        links=[*links, past(found)],
        history=history_of(request.viewer, found),
        template="catalogue/picture.html",
        context={
            "source": source,
            "back": found.record.get_absolute_url(),
            "marking": _picture_marking(found, source),
        },
    )


def item_image_content(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The picture itself."""
    found = find(request, ItemImage, pk)
    return _sent(found, bytes(found.content))


def item_image_small(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The picture in little, for the page of its item."""
    found = find(request, ItemImage, pk)
    return _sent(found, images.small(bytes(found.content)))


def _sent(found: ItemImage, content: bytes) -> HttpResponse:
    """A picture as what it was found to be when it came in, and never as anything else."""
    codes = _picture_marking(found)
    answer = HttpResponse(content, content_type=found.media_type)
    ending = {ItemImage.MediaType.JPEG: "jpg", ItemImage.MediaType.PNG: "png"}[found.media_type]
    answer["Content-Disposition"] = f'inline; filename="{slugify(found.record.code) or "picture"}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["X-Marking"] = codes.kind if codes.kind in ("public", "inside") else " ".join(codes.codes)
    return answer


def item_image_add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Add a picture to an item of one's own."""
    found = own(request, Item, pk)

    def do(**typed: Any) -> None:
        actions.add_picture(request.viewer, found, **typed)

    return form_page(
        request,
        PictureForm,
        title=_("Add a picture of %(what)s") % {"what": found},
        do=do,
        back=found.get_absolute_url(),
        submit=_("Send the picture"),
        viewer=request.viewer,
        context={"marking": marking_of(found, detail=True)},
    )


def item_image_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change the captions and the source of a picture."""
    found = _picture(request, pk, writing=True)
    more = {"title": _("Change a picture of %(what)s") % {"what": found.record}}
    more["context"] = {"marking": _picture_marking(found)}
    return change_page(request, found, CaptionForm, actions.change_picture, **more)


def item_image_remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a picture away."""
    found = _picture(request, pk, writing=True)
    return form_page(
        request,
        ReasonForm,
        title=_("Remove the picture “%(what)s”") % {"what": found},
        do=lambda why: actions.remove_picture(request.viewer, found, why=why),
        back=found.record.get_absolute_url(),
        submit=_("Remove the picture"),
        done=_("The picture is removed."),
        danger=_(
            "Nobody sees the picture any more, and it can’t be brought back. That it was there stays in the history."
        ),
        context={"marking": _picture_marking(found)},
    )


def _picture(request: HttpRequest, pk: uuid.UUID, *, writing: bool = False) -> Any:
    """A picture without its bytes, where the viewer sees it, with ``writing`` where the viewer writes it; else 404."""
    found = ItemImage.objects.visible_to(request.viewer).filter(pk=pk).defer("content").first()
    if found is None or (writing and not request.viewer.may_write(found)):
        raise Http404
    return found


def _picture_marking(picture: Any, source: Any = None) -> Marking:
    """A picture is marked as the details of its item."""
    return marking_of_all([picture.record, *([source] if source is not None else [])], detail=True)


def packages(request: HttpRequest) -> HttpResponse:
    """The capability packages that the viewer sees."""
    return list_page(
        request,
        title=_("Capability packages"),
        rows=Package.objects.visible_to(request.viewer),
        table=Packages,
        filters=PackageFilter,
        empty=_("Nobody has shown you a package yet."),
        links=adding(request, "package", _("Add a package"), "package_add"),
    )


def package(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One package and what it consists of, in the order of names: ids are random."""
    found = find(request, Package, pk)
    cut = Cut()
    parts = cut(PackagePart.objects.visible_to(request.viewer).filter(package=pk))
    parts.sort(key=lambda part: (part.kind, part.course, str(seen(part, "item") or "")))
    return sourced_page(
        request,
        found,
        state=_illustrative(found),
        facts=[(_("code"), found.code), (_("owner"), found.owner)],
        links=ways(request, found, "package_change"),
        template="catalogue/package.html",
        shown=[part.item for part in parts if seen(part, "item") is not None],
        cut=cut,
        context={"parts": parts},
    )


def package_add(request: HttpRequest) -> HttpResponse:
    """Add a package."""
    action = actions.told_by_line("parts")(actions.add_package)
    return add_page(request, "package", PackageForm, action, title=_("Add a package"), back="packages")


def package_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a package and its parts."""
    found = own(request, Package, pk)
    action = actions.told_by_line("parts")(actions.change_package)
    return change_page(request, found, PackageForm, action, initial=package_initial(request.viewer, found))


def substitutes(request: HttpRequest) -> HttpResponse:
    """The substitutes that the viewer sees."""
    return list_page(
        request,
        title=_("Substitutes"),
        rows=Substitute.objects.visible_to(request.viewer),
        table=Substitutes,
        empty=_("Nobody has named a substitute to you yet."),
        links=adding(request, "substitute", _("Add a substitute"), "substitute_add"),
    )


def substitute(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One substitute: which item stands in for which, and how well."""
    found = find(request, Substitute, pk)
    ends = [seen(found, "item"), seen(found, "substitute")]
    return sourced_page(
        request,
        found,
        state=_illustrative(found),
        facts=[
            (_("units per unit"), found.units_per_unit.normalize()),
            (_("preference"), found.preference.normalize()),
            (_("owner"), found.owner),
        ],
        links=ways(request, found, "substitute_change"),
        template="catalogue/substitute.html",
        shown=[end for end in ends if end is not None],
        context={"item": ends[0], "stand_in": ends[1]},
    )


def substitute_add(request: HttpRequest) -> HttpResponse:
    """Add a substitute."""
    title = _("Add a substitute")
    return add_page(request, "substitute", SubstituteForm, actions.add_substitute, title=title, back="substitutes")


def substitute_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change how well a substitute stands in."""
    found = own(request, Substitute, pk)
    now = {"units_per_unit": found.units_per_unit, "preference": found.preference}
    more = {"title": _("Change a substitute"), "initial": now, "fixed": True}
    return change_page(request, found, SubstituteForm, actions.change_substitute, **more)


def import_tables(request: HttpRequest) -> HttpResponse:
    """Send items, packages, parts and substitutes as tables."""
    only_writers(request, "item")
    names = [table.name for table in TABLES]
    return import_page(request, import_catalogue, title=_("Import the catalogue"), names=names, back=reverse("items"))


def tables(request: HttpRequest) -> HttpResponse:
    """The visible catalogue as tables of a problem."""
    count_export(request)
    shown: list[Record] = [
        record for kind in (Item, Package, Substitute) for record in kind.objects.visible_to(request.viewer)
    ]
    marking = marking_of_all(shown, detail=True)
    return tables_answer("catalogue", export_catalogue(request.viewer), marking)


def _illustrative(record: Any) -> Any:
    return (_("illustrative"), "waiting") if record.illustrative else None
