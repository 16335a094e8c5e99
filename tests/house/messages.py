"""Every message of the pages, as it stands in templates and Python, for the test of translations."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parents[2] / "src" / "oneroof"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# The planner and the command line speak English; briefings bring their own Ukrainian.
APART = ("planning", "commands", "exchange")


def messages() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """(place, message or its singular and plural, context) of every message."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).parts[0] not in APART:
            yield from read(path, path.read_bytes())
    for path in sorted((SOURCE / "templates").rglob("*.html")):
        yield from read(path, templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode())


def read(path: Path, code: bytes) -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Messages of one file."""
    for line, message, _comments, context in extract("python", io.BytesIO(code), KEYWORDS, (), {"encoding": "utf-8"}):
        if message:
            yield f"{path.relative_to(SOURCE)}:{line}", message, context
