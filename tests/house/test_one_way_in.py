"""Records are read through the one filter and written by actions alone: read off the source, line by line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

import oneroof
from oneroof.access.models import Detail, Record

SOURCE = Path(oneroof.__file__).parent
# Folders of features, found by what they hold, so that a new one is read the day it is made.
FEATURES = sorted(
    {file.parent for file in SOURCE.glob("*/models.py")} | {file.parent for file in SOURCE.glob("*/views.py")}
)
FILES = sorted(file for folder in FEATURES for file in folder.glob("*.py"))
# The walls themselves; a citation's wall is also that of what it is about.
WALLS = {"journal/actions.py", "journal/walls.py", "access/visibility.py", "access/viewer.py", "sources/models.py"}
# Writers beside the actions: waiting work, which is no record of anybody's.
WRITERS = {"journal/jobs.py"}
WRITES = {"save", "delete", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update"}


def name_of(file: Path) -> str:
    return file.relative_to(SOURCE).as_posix() if file.is_relative_to(SOURCE) else file.name


def chain(node: ast.AST) -> list[str]:
    """The names of a chain of attributes and calls, outermost first: ``A.objects.filter(x).delete`` and so on."""
    names = []
    while True:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Name):
            return [*names, node.id]
        else:
            return names


def walled() -> set[str]:
    return {model.__name__ for model in apps.get_models() if issubclass(model, Record | Detail)}


def nodes(file: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(file.read_text()))


def raw_reads(file: Path) -> list[str]:
    """Reads of a kind under the walls by ``objects`` without ``visible_to``, and ways round the manager."""
    found = []
    tree = ast.parse(file.read_text())
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    kinds = walled()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        if node.attr in ("_base_manager", "_default_manager", "raw"):
            found.append(f"{name_of(file)}:{node.lineno} {node.attr}")
        elif node.attr == "objects" and isinstance(node.value, ast.Name) and node.value.id in kinds | {"kind", "model"}:
            above = parents.get(node)
            if not (isinstance(above, ast.Attribute) and above.attr == "visible_to"):
                found.append(f"{name_of(file)}:{node.lineno} {node.value.id}.objects")
    return found


def writes(file: Path) -> list[str]:
    """Calls that write rows: by a model, a manager or a set of rows."""
    found = []
    for node in nodes(file):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        names = chain(node.func)
        rows = {"objects", "filter", "exclude", "visible_to", "all"} & set(names[1:])
        # A session, an address of the API and a picture are no rows.
        if (names[0] in WRITES or (names[0] == "update" and rows)) and not {"session", "router", "shown"} & set(names):
            found.append(f"{name_of(file)}:{node.lineno} {'.'.join(reversed(names))}")
    return found


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_records_are_read_through_the_one_filter(file):
    assert name_of(file) in WALLS or raw_reads(file) == []


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_records_are_written_by_actions_alone(file):
    assert file.name == "actions.py" or name_of(file) in WRITERS or writes(file) == []


def test_the_reading_of_the_source_finds_what_it_looks_for(tmp_path):
    bad = tmp_path / "planted.py"
    bad.write_text("Item.objects.filter(a=1)\nitem.save()\nItem.objects.visible_to(v).update(x=1)\nseen.update(b)\n")

    assert raw_reads(bad) == ["planted.py:1 Item.objects"]
    assert writes(bad) == ["planted.py:2 item.save", "planted.py:3 Item.objects.visible_to.update"]
