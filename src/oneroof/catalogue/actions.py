"""Adding and changing items, packages and substitutes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from oneroof.access.actions import release_set
from oneroof.access.kinds import faults_of, owned, refuse
from oneroof.access.models import ReleaseSet
from oneroof.access.spelling import tidy
from oneroof.access.viewer import Viewer
from oneroof.catalogue import images
from oneroof.catalogue.models import Item, ItemDetail, ItemImage, ItemName, Package, PackagePart, Substitute
from oneroof.journal.actions import Act, acting, lock
from oneroof.journal.errors import Refused, nothing_there
from oneroof.journal.versions import Version
from oneroof.sources.models import Source

Facts = Mapping[str, Any]
MOST_PICTURES = 20  # of one item


def add_item(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    value: Facts | None = None,
    names: Sequence[Facts] = (),
    why: str = "",
    **fields: Any,
) -> Item:
    """A new item of the viewer's party; its details go to nobody else unless ``detail_to`` says so.

    ``value`` has value_per_unit, currency, basis and perhaps valued_on; ``names`` have language, kind and name.
    Raises `Refused` with all faults.
    """
    detail_to = detail_to or release_set()
    item = Item(**owned(viewer, to, detail_to, embargo_until), **fields)
    detail = ItemDetail(record=item, **value) if value else None
    called = [ItemName(item=item, **name) for name in names]
    item.also_called = _words(called)
    refuse(_all_faults([item, *([detail] if detail else [])], called, "names"))
    with acting(viewer, "add", why) as act:
        act.write(item)
        for row in [*([detail] if detail else []), *called]:
            act.write(row)
    return item


def change_item(
    viewer: Viewer,
    item: Item,
    *,
    version: Version | None = None,
    value: Facts | None = None,
    names: Sequence[Facts] | None = None,
    why: str = "",
    **fields: Any,
) -> Item:
    """Change fields of an item, its value, or (all of) its further names; what is None stays as it is.

    An empty ``value`` takes the value away. Raises `Refused` with the faults of all fields, `Stale`, `NotYours`.
    """
    detail = ItemDetail.objects.visible_to(viewer).filter(pk=item.pk).first()
    for field, fresh in fields.items():
        setattr(item, field, fresh)
    written: list[models.Model] = [item]
    if value:
        detail = detail or ItemDetail(record=item)
        for field, fresh in value.items():
            setattr(detail, field, fresh)
        written.append(detail)
    called = None if names is None else [ItemName(item=item, **name) for name in names]
    there = [] if called is None else list(ItemName.objects.visible_to(viewer).filter(item=item))
    renamed = called is not None and set(map(_name_key, called)) != set(map(_name_key, there))
    if called is not None:
        item.also_called = _words(called)
    refuse(_all_faults(written, called or [], "names"))
    with acting(viewer, "change", why) as act:
        act.write(item, version=version, more=renamed)
        if value:
            act.write(written[1])
        elif value is not None and detail is not None:
            act.remove(detail)
        if called is not None:
            _replace(act, there, called, _name_key)
    return item


def add_picture(viewer: Viewer, item: Item, *, content: bytes, why: str = "", **fields: Any) -> ItemImage:
    """A further picture of an item; ``content`` is what came in, of which only what draws it is kept.

    ``fields`` are caption and perhaps caption_uk and source. Raises `Refused` with all faults, `NotYours`.
    """
    there = ItemImage.objects.visible_to(viewer).filter(record=item)
    row = ItemImage(record=item, position=_last(there) + 1, **fields)
    faults = _source_faults(viewer, row)
    if there.count() >= MOST_PICTURES:
        told = _("The item has %(most)s pictures already, and more it can’t have. Remove one first.")
        faults[""] = [told % {"most": MOST_PICTURES}]
    try:
        made = picture_of(content)
    except Refused as refused:
        faults |= refused.faults
    else:
        row.content, row.media_type, row.width, row.height = made.content, made.media_type, made.width, made.height
        row.digest = hashlib.sha256(made.content).hexdigest()
    typed = {field: told for field, told in faults_of(row).items() if field in ("caption", "caption_uk")}
    refuse(typed | faults)
    with acting(viewer, "add", why) as act:
        act.write(row)
    return row


def change_picture(
    viewer: Viewer, picture: ItemImage, *, version: Version | None = None, why: str = "", **fields: Any
) -> ItemImage:
    """Change captions and source of a picture. Raises `Refused` with all faults, `Stale`, `NotYours`."""
    for field, fresh in fields.items():
        setattr(picture, field, fresh)
    refuse(_source_faults(viewer, picture) | faults_of(picture))
    with acting(viewer, "change", why) as act:
        act.write(picture, version=version)
    return picture


def remove_picture(viewer: Viewer, picture: ItemImage, *, why: str = "") -> None:
    """Take a picture away: its bytes are gone, its captions stay in the history. Raises `NotYours`."""
    with acting(viewer, "remove", why) as act:
        act.remove(picture)


def picture_of(content: bytes) -> images.Picture:
    """What is kept of a picture that came in. Raises `Refused`."""
    try:
        return images.cleaned(content)
    except images.TooLarge as wrong:
        raise Refused({"content": [too_large()]}) from wrong
    except images.NoPicture as wrong:
        told = _("This is no JPEG, PNG or WebP picture, or a damaged one. Save it anew as JPEG and send that.")
        raise Refused({"content": [told]}) from wrong


def too_large() -> str:
    """What is said of a picture that is larger than may be."""
    told = _("A picture has at most %(megabytes)s MB and %(pixels)s million pixels. Make it smaller and send it again.")
    return told % {"megabytes": images.MOST_BYTES // 2**20, "pixels": images.MOST_PIXELS // 10**6}


def _last(rows: Any) -> int:
    return int(rows.aggregate(last=models.Max("position"))["last"] or 0)


def _source_faults(viewer: Viewer, picture: ItemImage) -> dict[str, list[str]]:
    """A source that the writer does not see is none."""
    named = picture.source_id is not None
    hidden = named and not Source.objects.visible_to(viewer).filter(pk=picture.source_id).exists()
    return {"source": [nothing_there()]} if hidden else {}


def add_package(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    parts: Sequence[Facts],
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    why: str = "",
    **fields: Any,
) -> Package:
    """A new capability package with its parts: kind, item or course, and quantity of each.

    Raises `Refused` with all faults: a package without parts is one.
    """
    package = Package(**owned(viewer, to, detail_to or to, embargo_until), parts_version=1, **fields)
    rows = [PackagePart(package=package, **part) for part in parts]
    refuse(_all_faults([package], rows, "parts") | _part_faults(rows))
    with acting(viewer, "add", why) as act:
        act.write(package)
        for row in rows:
            act.write(row)
    return package


def change_package(
    viewer: Viewer,
    package: Package,
    *,
    version: Version | None = None,
    parts: Sequence[Facts] | None = None,
    why: str = "",
    **fields: Any,
) -> Package:
    """Change fields of a package, or (all of) its parts. Raises `Refused`, `Stale`, `NotYours`."""
    for field, fresh in fields.items():
        setattr(package, field, fresh)
    rows = None if parts is None else [PackagePart(package=package, **part) for part in parts]
    refuse(_all_faults([package], rows or [], "parts") | ({} if rows is None else _part_faults(rows)))
    with acting(viewer, "change", why) as act:
        there = list(PackagePart.objects.visible_to(viewer).filter(package=package))
        if rows is not None and _told(there) != _told(rows):
            package.parts_version += 1
        act.write(package, version=version)
        if rows is not None:
            _replace(act, there, rows, _part_key)
    return package


def add_substitute(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    item: Item | None,
    substitute: Item | None,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    why: str = "",
    **fields: Any,
) -> Substitute:
    """A new substitute; refused where it would stand in for itself over a chain that the viewer sees.

    An item that is None stands for one that is unknown or not visible: the words are the same. Raises `Refused`.
    """
    row = Substitute(**owned(viewer, to, detail_to or to, embargo_until), item=item, substitute=substitute, **fields)
    faults = faults_of(row)
    for field, named in (("item", item), ("substitute", substitute)):
        if named is None:
            faults[field] = [nothing_there()]
    refuse(faults)
    with acting(viewer, "add", why) as act:
        act.write(row)
        refuse_circles(viewer)
    return row


def change_substitute(
    viewer: Viewer, substitute: Substitute, *, version: Version | None = None, why: str = "", **fields: Any
) -> Substitute:
    """Change how many units stand for one, and the preference. Raises `Refused`, `Stale`, `NotYours`."""
    for field, fresh in fields.items():
        setattr(substitute, field, fresh)
    refuse(faults_of(substitute))
    with acting(viewer, "change", why) as act:
        act.write(substitute, version=version)
        refuse_circles(viewer)
    return substitute


def remove_substitute(viewer: Viewer, substitute: Substitute, *, why: str = "") -> None:
    """Take a substitute away; its history stays. Raises `NotYours`."""
    with acting(viewer, "remove", why) as act:
        act.remove(substitute)


def refuse_circles(viewer: Viewer) -> None:
    """Raises `Refused` where visible substitutes lead from an item back to itself; called within the action.

    Asked after the write, under the lock of the owner's chain: two writers can't close a circle together.
    """
    if viewer.party is not None:
        lock(viewer.party)
    pairs = Substitute.objects.visible_to(viewer).values_list("item_id", "substitute_id")
    circle = find_circle(pairs)
    if circle:
        codes = dict(Item.objects.visible_to(viewer).filter(pk__in=circle).values_list("pk", "code"))
        told = " → ".join(str(codes.get(key, _("not released to you"))) for key in circle)
        message = _("Substitutes would run in a circle: %(circle)s. Leave one of them out.") % {"circle": told}
        refuse({"substitute": [message]})


def find_circle(pairs: Iterable[tuple[Any, Any]]) -> list[Any]:
    """A way along the pairs that ends where it began (that node first and last), or nothing."""
    onward: TopologicalSorter[Any] = TopologicalSorter()
    for start, end in pairs:
        onward.add(end, start)
    try:
        onward.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def told_by_line(field: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Tells faults of rows (``parts-0-quantity``) as faults of the one field in which they are typed, by line."""

    def wrap(do: Callable[..., Any]) -> Callable[..., Any]:
        def told(*given: Any, **typed: Any) -> Any:
            try:
                return do(*given, **typed)
            except Refused as refused:
                raise type(refused)(_by_line(refused.faults, field)) from refused

        return told

    return wrap


def _by_line(faults: Mapping[str, Sequence[str]], field: str) -> dict[str, list[str]]:
    """Faults of rows gathered under one field, each with its line."""
    gathered: dict[str, list[str]] = {}
    for name, messages in faults.items():
        row = re.fullmatch(rf"{field}-(\d+)-\w+", name)
        for message in messages:
            line = (
                _("Line %(number)s: %(message)s") % {"number": int(row[1]) + 1, "message": message} if row else message
            )
            gathered.setdefault(field if row else name, []).append(line)
    return gathered


def _replace(
    act: Act, there: Sequence[models.Model], wanted: Sequence[models.Model], key: Callable[[Any], object]
) -> None:
    """Make the rows of a record those that are wanted: write new and changed ones, remove the others."""
    old = {key(row): row for row in there}
    for row in wanted:
        kept = old.pop(key(row), None)
        if kept is None:
            act.write(row)
            continue
        for field in row._meta.concrete_fields:
            if not field.primary_key and field.editable:
                setattr(kept, field.attname, getattr(row, field.attname))
        act.write(kept)
    for row in old.values():
        act.remove(row)


def _all_faults(records: Sequence[models.Model], rows: Sequence[models.Model], prefix: str) -> dict[str, list[str]]:
    """The faults of records by field, and of the rows that belong to them as ``parts-0-quantity``."""
    faults: dict[str, list[str]] = {}
    for record in records:
        faults |= faults_of(record)
    for number, row in enumerate(rows):
        faults |= {f"{prefix}-{number}-{field or 'kind'}": told for field, told in faults_of(row).items()}
    return faults


def _part_faults(rows: Sequence[PackagePart]) -> dict[str, list[str]]:
    """Faults between the parts of a package."""
    if not rows:
        return {"parts": [_("A package has at least one part. Add an item or a course.")]}
    keys = [_part_key(row) for row in rows]
    return {
        f"parts-{number}-item": [_("The package already has this part. Change its quantity.")]
        for number, key in enumerate(keys)
        if key in keys[:number]
    }


def _words(names: Sequence[ItemName]) -> str:
    """Further names of an item, one a line."""
    return "\n".join(sorted({name.name.strip() for name in names}))


def _name_key(name: ItemName) -> tuple[str, str, str]:
    return name.language, name.kind, name.name


def _part_key(part: PackagePart) -> tuple[str, object]:
    return part.kind, part.item_id or part.course


def _told(parts: Sequence[PackagePart]) -> set[object]:
    """Parts as they are compared."""
    for part in parts:
        tidy(part)
    return {(*_part_key(part), part.quantity) for part in parts}
