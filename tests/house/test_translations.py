"""Every message of the pages has its Ukrainian, with all plural forms and the same placeholders."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.messages import messages

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
FORMS = 4  # one, few, many, other: as Django's own Ukrainian has them


@pytest.fixture(scope="module")
def ukrainian():
    sys.path.insert(0, str(ROOT / "frontend"))
    try:
        from make_translations import merged  # noqa: PLC0415 a script beside the package
    finally:
        sys.path.pop(0)
    return merged("uk")


def test_every_message_has_its_ukrainian(ukrainian):
    missing = {}
    for place, message, context in messages():
        singular = message if isinstance(message, str) else message[0]
        found = ukrainian.get(singular, context)
        told = [found.string] if found and isinstance(found.string, str) else list(found.string) if found else []
        if len([form for form in told if form]) < (1 if isinstance(message, str) else FORMS):
            missing.setdefault(singular, place)
    assert missing == {}, "\n".join(f"{place}: {message}" for message, place in missing.items())


def test_ukrainian_keeps_the_placeholders(ukrainian):
    wrong = []
    for message in ukrainian:
        if not message.id:
            continue
        wanted = set(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[1]))
        forms = [message.string] if isinstance(message.string, str) else message.string
        wrong += [form for form in forms if set(PLACEHOLDER.findall(form)) != wanted]
    assert wrong == []


def test_ukrainian_has_the_right_apostrophe(ukrainian):
    told = [message.string for message in ukrainian if message.id]
    forms = [form for text in told for form in ([text] if isinstance(text, str) else text)]
    assert [form for form in forms if re.search(r"\w['ʼ]\w", form)] == []


def test_pages_speak_ukrainian_with_its_plurals(signed_in):
    subprocess.run([sys.executable, "frontend/make_translations.py"], cwd=ROOT, check=True, capture_output=True)
    browser = signed_in(None)
    browser.post("/i18n/setlang/", {"language": "uk"})

    assert "Допомога багатьох держав" in browser.get("/").content.decode()
    assert "0 рядків" in browser.get("/items/").content.decode()
