"""Compiles the Ukrainian of the pages: every part of src/oneroof/locale/uk into one catalogue that Django loads.

    python frontend/make_translations.py

Reads src/oneroof/locale/uk/LC_MESSAGES/django.po, where it is, and src/oneroof/locale/uk/parts/*.po, in this order: the
first translation of a message holds. Writes LC_MESSAGES/django.mo, which is not committed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "src" / "oneroof" / "locale"


def parts(language: str) -> list[Path]:
    """The files with translations into a language, the whole one first."""
    folder = LOCALE / language
    whole = folder / "LC_MESSAGES" / "django.po"
    return [*([whole] if whole.exists() else []), *sorted((folder / "parts").glob("*.po"))]


def merged(language: str) -> Catalog:
    """All translations into a language; fuzzy ones do not count. Raises ValueError with the place of a broken file."""
    catalog = Catalog(locale=language)
    for place in parts(language):
        with place.open("rb") as file:
            part = read_po(file, locale=language, abort_invalid=True)
        if not len(catalog):
            catalog.mime_headers = part.mime_headers
        for message in part:
            told = message.string if isinstance(message.string, str) else "".join(message.string)
            if message.id and told and not message.fuzzy and catalog.get(message.id, message.context) is None:
                catalog.add(message.id, message.string, flags=message.flags, context=message.context)
    return catalog


def main() -> int:
    """Compile each language."""
    for folder in sorted(place for place in LOCALE.iterdir() if place.is_dir()):
        catalog = merged(folder.name)
        target = folder / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, catalog)
        print(f"{target.relative_to(LOCALE.parents[2])}: {len(catalog)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
