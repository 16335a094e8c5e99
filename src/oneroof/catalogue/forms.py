"""Forms of the catalogue."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from oneroof.access.code_field import CodeField, named, spelled
from oneroof.access.kinds import seen
from oneroof.access.record_form import RecordForm
from oneroof.access.upsert import plain_number
from oneroof.access.viewer import Viewer
from oneroof.catalogue import images
from oneroof.catalogue.actions import picture_of, too_large
from oneroof.catalogue.models import Item, ItemDetail, ItemImage, ItemName, Package, PackagePart
from oneroof.journal.errors import Refused

VALUE = ("value_per_unit", "currency", "basis", "valued_on")
NAME_LINE = re.compile(r"\s*(?P<language>[A-Za-z]{2,3})(?:\s+(?P<kind>\w+))?\s*:\s*(?P<name>.+)")
PART_LINE = re.compile(
    r"\s*(?P<quantity>[0-9.,]+)\s*[x×*]?\s*(?P<course>course\s+|курс\s+)?(?P<code>\S+)\s*", re.IGNORECASE
)


class ItemForm(RecordForm):
    """An item, what it is worth, and what else it is called."""

    value_per_unit = forms.DecimalField(
        label=_("Value per unit"), required=False, help_text=_("A detail: fewer see it.")
    )
    currency = forms.CharField(label=_("Currency"), required=False, max_length=3, help_text=_("ISO 4217: EUR."))
    basis = forms.ChoiceField(label=_("Basis"), required=False, choices=(("", "—"), *ItemDetail.Basis.choices))
    valued_on = forms.DateField(label=_("Value as of"), required=False)
    names = forms.CharField(
        label=_("Further names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line with its language: de: Haubitze. Kinds may follow: de short: FH."),
    )

    class Meta:
        model = Item
        fields = (
            "code", "name", "name_uk", "nsn", "unit", "tonnes_per_unit", "volume_per_unit", "whole_units",
            "explosives", "hazard_division", "compatibility_group", "un_number", "supply_class",
        )  # fmt: skip

    def clean_names(self) -> list[dict[str, str]]:
        """Lines as names."""
        return list(_lines(self.cleaned_data["names"], NAME_LINE, _("Write it as language: name.")))

    def clean(self) -> dict[str, Any]:
        """The value in one piece, as the action takes it; empty where there is none."""
        typed: dict[str, Any] = super().clean() or {}
        value = {field: typed.pop(field, None) for field in VALUE}
        given = {field: found for field, found in value.items() if found not in (None, "")}
        typed["value"] = {**value, "currency": (value["currency"] or "").upper()} if given else {}
        typed["names"] = [
            {"kind": ItemName.Kind.SYNONYM, **{key: found for key, found in name.items() if found}}
            for name in typed.get("names") or []
        ]
        for name in typed["names"]:
            name["language"] = name["language"].lower()
        return typed


def item_initial(viewer: Viewer, item: Item) -> dict[str, Any]:
    """Value and names of an item as its form shows them."""
    detail = ItemDetail.objects.visible_to(viewer).filter(pk=item.pk).first()
    rows = ItemName.objects.visible_to(viewer).filter(item=item)
    lines = [f"{row.language}{'' if row.kind == 'synonym' else ' ' + row.kind}: {row.name}" for row in rows]
    return {"names": "\n".join(lines), **{field: getattr(detail, field) for field in VALUE if detail}}


class CaptionForm(RecordForm):
    """What is said of a picture."""

    class Meta:
        model = ItemImage
        fields = ("caption", "caption_uk", "source")


class PictureForm(CaptionForm):
    """A new picture; its bytes alone say what it is, never its name."""

    content = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=format_lazy(
            _("JPEG, PNG or WebP, at most {megabytes} MB. Where and when it was taken, and with what, is removed."),
            megabytes=images.MOST_BYTES // 2**20,
        ),
    )
    field_order = ("content", "caption", "caption_uk", "source")

    def clean_content(self) -> bytes:
        """The bytes that were sent; a file that is too large is not read."""
        sent = self.cleaned_data["content"]
        if sent.size > images.MOST_BYTES:
            raise forms.ValidationError(too_large())
        return bytes(sent.read())

    def clean(self) -> dict[str, Any]:
        """Where something else is wrong, the picture is judged here, so that all faults are told at once."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors and "content" in given:
            try:
                picture_of(given["content"])
            except Refused as refused:
                self.add_error("content", refused.faults["content"])
        return given


class ReasonForm(forms.Form):
    """Why something is removed."""

    why = forms.CharField(label=_("Why"), max_length=500, required=False, help_text=_("Stays in the history."))


class PackageForm(RecordForm):
    """A package and its parts."""

    parts = forms.CharField(
        label=_("Parts"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line: quantity and code of the item, 6 HOWITZER-155; of a course, 90 course GUN-CREW."),
    )

    class Meta:
        model = Package
        fields = ("code", "name", "name_uk")

    def __init__(self, data: Any = None, files: Any = None, *, viewer: Viewer, **more: Any) -> None:
        super().__init__(data, files, viewer=viewer, **more)
        self.viewer = viewer

    def clean_parts(self) -> list[dict[str, Any]]:
        """Lines as parts; an item that is hidden is refused as one that is not there."""
        parts = []
        told = _("Write it as quantity and code: 6 HOWITZER-155.")
        for line in _lines(self.cleaned_data["parts"], PART_LINE, told):
            quantity = line["quantity"].replace(",", ".")
            if line["course"]:
                parts.append({"kind": PackagePart.Kind.COURSE, "course": line["code"], "quantity": quantity})
                continue
            item = named(self.viewer, Item, line["code"])
            if item is None:
                wrong = _("%(code)s: there is no such record. Type the code of one that you see.")
                raise forms.ValidationError(wrong, params={"code": line["code"]})
            parts.append({"kind": PackagePart.Kind.ITEM, "item": item, "quantity": quantity})
        return parts


def package_initial(viewer: Viewer, package: Package) -> dict[str, Any]:
    """Parts of a package as its form shows them, in the order of their codes: ids are random."""
    lines = []
    for part in PackagePart.objects.visible_to(viewer).filter(package=package):
        item = seen(part, "item")
        code = (
            f"course {part.course}" if part.kind == "course" else spelled(item) if item else _say("not released to you")
        )
        lines.append((str(code), plain_number(part.quantity)))
    return {"parts": "\n".join(f"{quantity} {code}" for code, quantity in sorted(lines))}


class SubstituteForm(forms.Form):
    """Which item may stand in for which."""

    item = CodeField(Item, label=_("Item"), help_text=_("Code of the item that is needed."))
    substitute = CodeField(Item, label=_("Substitute"), help_text=_("Code of the item that may stand in for it."))
    units_per_unit = forms.DecimalField(
        label=_("Units per unit"),
        initial=1,
        help_text=_("Units of the substitute that stand for one unit of the item."),
    )
    preference = forms.DecimalField(
        label=_("Preference"),
        initial=1,
        help_text=_("Share of the worth that the substitute has: more than 0, at most 1."),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, viewer: Viewer, fixed: bool = False, **more: Any
    ) -> None:
        super().__init__(data, files, **more)
        for name in ("item", "substitute"):
            self.fields[name].viewer = viewer
            if fixed:
                del self.fields[name]


def _lines(text: str, shape: re.Pattern[str], cure: Any) -> Any:
    """The parts of every line that is not empty; a line of another shape is refused with its number."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = shape.fullmatch(line)
        if match is None:
            raise forms.ValidationError(
                _("Line %(number)s can’t be read. %(cure)s"), params={"number": number, "cure": cure}
            )
        yield match.groupdict()
