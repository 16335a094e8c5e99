"""The filters of the house, read off its source, and what stands in for each of them when it is taken out.

A filter is a call that decides what somebody sees: of ``visible_to`` and of the walls that it is made of, and of
``sees``. While it is taken out, that one call shows all rows of its kind, or says yes; every other call stays whole.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

SOURCE = Path("src/oneroof")
METHODS = ("visible_to", "wall", "wall_of", "sees", "stands")
FUNCTION = "sight"


@dataclass(frozen=True)
class Filter:
    """A call: its name (file, function, words), its line, and where in the file it ends."""

    name: str
    line: int
    file: str
    end: tuple[int, int]


def filters(source: Path = SOURCE) -> list[Filter]:
    """Every filter of the house, in the order of files and lines."""
    found: list[Filter] = []
    for file in sorted(source.glob("*/*.py")):
        if file.parent.name == "planning":
            continue
        text = file.read_text()
        where = file.relative_to(source).as_posix()
        for function, call in calls(ast.parse(text), ""):
            words = f"{where} {function} {ast.unparse(call)}"
            same = sum(one.name.partition(" #")[0] == words for one in found)
            name = f"{words} #{same + 1}" if same else words
            found.append(Filter(name, call.func.end_lineno, where, (call.end_lineno, call.end_col_offset)))
    return found


def calls(node: ast.AST, function: str) -> Iterator[tuple[str, Any]]:
    """The calls of filters below a node, each with the function that it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield from calls(child, f"{function}.{child.name}".strip("."))
            continue
        yield from calls(child, function)
        if isinstance(child, ast.Call) and filtering(child.func):
            yield function, child


def filtering(called: ast.expr) -> bool:
    """Whether what is called is a filter."""
    method = isinstance(called, ast.Attribute) and called.attr in METHODS
    return method or (isinstance(called, ast.Name) and called.id == FUNCTION)


class Holes:
    """Stands before every filter: notes which are called, and answers for the one that is taken out."""

    def __init__(self, known: list[Filter]) -> None:
        self.names = {(one.file, *one.end): one.name for one in known}
        self.places: dict[tuple[CodeType, int], str | None] = {}
        self.reached: set[str] = set()
        self.hole: str | None = None

    def stand(self) -> None:
        """Before every filter; Django must be ready."""
        from django.db.models import Q  # noqa: PLC0415 Django must be ready

        from oneroof.access import kinds, visibility  # noqa: PLC0415
        from oneroof.access.viewer import Viewer  # noqa: PLC0415

        answers: dict[str, Callable[..., Any]] = {
            "visible_to": lambda manager, viewer: manager.within(viewer, Q()),
            "wall": lambda *_given: Q(),
            "wall_of": lambda *_given: Q(),
            "stands": lambda *_given: True,
        }
        waiting: list[type[Any]] = [visibility.Walled]
        while waiting:
            kind = waiting.pop()
            waiting += kind.__subclasses__()
            for method in answers.keys() & kind.__dict__.keys():
                setattr(kind, method, self.before(kind.__dict__[method], answers[method]))
        Viewer.sees = self.before(Viewer.sees, lambda *_given: True)  # type: ignore[method-assign]
        kinds.sight = visibility.sight = self.before(visibility.sight, lambda *_given: Q())

    def before(self, whole: Callable[..., Any], answer: Callable[..., Any]) -> Callable[..., Any]:
        """A filter that notes who calls it, and answers otherwise where that call is taken out."""

        def asked(*given: Any) -> Any:
            place = self.place(sys._getframe(1))
            if place is not None:
                self.reached.add(place)
                if place == self.hole:
                    return answer(*given)
            return whole(*given)

        return asked

    def place(self, frame: FrameType) -> str | None:
        """The name of the filter that a frame calls now, or None where that is not one of the house's."""
        key = frame.f_code, frame.f_lasti
        if key not in self.places:
            file = frame.f_code.co_filename.rpartition("/oneroof/")[2]
            _line, end_line, _column, end_column = list(frame.f_code.co_positions())[frame.f_lasti // 2]
            self.places[key] = self.names.get((file, end_line or 0, end_column or 0))
        return self.places[key]
