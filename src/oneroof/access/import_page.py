"""The page on which tables are sent: tried first or written at once, all faults by table, row and column."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from oneroof.access.markings import Marking
from oneroof.access.pages import form_page
from oneroof.access.tables import safe
from oneroof.access.upsert import MOST_BYTES, Outcome
from oneroof.journal.errors import Refused
from oneroof.planning.faults import ProblemError
from oneroof.planning.schema import TABLE
from oneroof.planning.tables import as_csv

MOST_FILES = 10
MOST_TOLD = 200  # faults on a page


class Several(forms.FileInput):
    """A choice of several files."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files, each as name and content."""

    widget = Several

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        """The files. Raises ValidationError: none, too many, too large."""
        sent = [super(Files, self).clean(file, initial) for file in data or [None]]
        if len(sent) > MOST_FILES:
            raise forms.ValidationError(_("Send at most %(most)s files."), params={"most": MOST_FILES})
        if any(file.size > MOST_BYTES for file in sent):
            raise forms.ValidationError(_("A file is larger than %(most)s MB. Divide it."), params={"most": 20})
        return [(file.name, file.read()) for file in sent]


class TablesForm(forms.Form):
    """Tables to import."""

    tables = Files(
        label=_("Tables"),
        help_text=_("CSV files named after their tables, or one .xlsx workbook with a sheet each."),
    )
    dry = forms.BooleanField(label=_("Only try it: nothing is written"), required=False, initial=True)


def import_page(
    request: HttpRequest, run: Callable[..., Outcome], *, title: Any, names: Sequence[str], back: str
) -> HttpResponse:
    """Send tables to ``run(viewer, files, to=, detail_to=, dry=, why=)`` and say what came of it."""

    def do(tables: Any, dry: bool, to: Any, detail_to: Any, embargo_until: Any = None) -> str:
        try:
            outcome = run(request.viewer, tables, to=to, detail_to=detail_to, dry=dry, why=_say("Import of tables"))  # type: ignore[attr-defined]
        except ProblemError as wrong:
            told = wrong.sentences()
            more = [_say("And %(count)s more.") % {"count": len(told) - MOST_TOLD}] if len(told) > MOST_TOLD else []
            raise Refused({"tables": [*told[:MOST_TOLD], *more]}) from wrong
        messages.info(request, in_words(outcome, dry))
        return request.path if dry else back

    return form_page(
        request,
        TablesForm,
        title=title,
        do=do,
        back=back,
        release=True,
        submit=_("Send the tables"),
        done=_("The tables were read; they have no faults."),
        context={"names": names},
    )


def in_words(outcome: Outcome, dry: bool) -> str:
    """What an import did or would do, in a sentence."""
    words = {
        "added": sum(outcome.added.values()),
        "changed": sum(outcome.changed.values()),
        "unchanged": sum(outcome.unchanged.values()),
    }
    if dry:
        return _say("It would add %(added)s, change %(changed)s and leave %(unchanged)s as they are.") % words
    return _say("Added %(added)s, changed %(changed)s, left %(unchanged)s as they were.") % words


def tables_answer(name: str, tables: Mapping[str, list[dict[str, str]]], marking: Marking) -> HttpResponse:
    """The tables of a problem as CSV files in one .zip, with their marking in a file beside them.

    Cells are kept as they are, so that they can be read again, except those that a spreadsheet would run.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(zipfile.ZipInfo("MARKING.txt"), f"{marking.words}\n")
        for table, rows in tables.items():
            columns = TABLE[table].columns
            plain = {column.name for column in columns if column.is_number}
            kept = [{key: text if key in plain else safe(text) for key, text in row.items()} for row in rows]
            parts.writestr(zipfile.ZipInfo(f"{table}.csv"), as_csv(TABLE[table].names, kept))
    answer = HttpResponse(packed.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return answer
