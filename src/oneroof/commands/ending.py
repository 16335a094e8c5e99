"""How a command ends: its exit status, what is said when something is wrong, and how it is stopped."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import typer
from typer.core import TyperGroup

from oneroof.commands.screen import err, faults, say

OURS = Path(__file__).resolve().parents[1]  # a file of the program that can't be read is no wrong input
DONE, OUR_FAULT, WRONG_INPUT, STOPPED = 0, 1, 2, 130


class RefusedError(Exception):
    """What was asked can't be done as it stands; the text says what, why and the cure. Exit status 2."""


class House(TyperGroup):
    """The group of all commands; every failure of a command becomes an exit status and a few plain words."""

    def make_context(self, *args: Any, **kwargs: Any) -> typer.Context:
        """Read the command line; raises typer.Exit where the reader of a help text has left."""
        with _reader_may_leave():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: typer.Context) -> object:
        """Run the command; raises typer.Exit with 2 for wrong input and 1 for a fault of ours."""
        from oneroof.planning.faults import ProblemError

        with _reader_may_leave():
            try:
                return super().invoke(ctx)
            except ProblemError as error:
                faults(error, err())
                raise typer.Exit(WRONG_INPUT) from error
            except RefusedError as error:
                say(str(error), to=err())
                raise typer.Exit(WRONG_INPUT) from error
            except OSError as error:
                if isinstance(error, BrokenPipeError):
                    raise
                if not error.filename or Path(str(error.filename)).is_relative_to(OURS):
                    return _our_fault(error)
                say(_unusable(error), to=err())
                raise typer.Exit(WRONG_INPUT) from error
            except Exception as error:
                if _belongs_to_the_parser(error):
                    raise
                return _our_fault(error)


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    """A reader that leaves early (``| head``) ends the command without a word."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        raise typer.Exit(DONE) from error
    except SystemExit as error:
        if error.code != 1:  # with 1, rich has met the broken pipe first and looked after the streams
            raise
        raise typer.Exit(DONE) from error


def _belongs_to_the_parser(error: Exception) -> bool:
    """Whether it is the parser's own: a usage error, or the way it ends a command."""
    return isinstance(error, (typer.BadParameter, typer.Exit, typer.Abort)) or hasattr(error, "exit_code")


def _unusable(error: OSError) -> str:
    """What is wrong with a path; those who refuse to write over it say it themselves."""
    why = error.strerror or "can't be used"
    if isinstance(error, FileExistsError):
        return f"{error.filename} {why[:1].lower()}{why[1:]}."
    return f"{error.filename}: {why[:1].lower()}{why[1:]}. Check the path and your rights to it."


def _our_fault(error: Exception) -> object:
    """Say that the program failed and where the trace lies; never returns."""
    told = "".join(traceback.format_exception(error))
    if os.environ.get("ONEROOF_DEBUG"):
        sys.stderr.write(told)
        where = "The trace stands above."
    else:
        number, path = tempfile.mkstemp(prefix="oneroof-fault-", suffix=".txt")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(f"oneroof {' '.join(sys.argv[1:])}\n{told}")
        where = f"The trace was written to {path}."
    say(
        f"OneRoof failed, and it is not your fault: {type(error).__name__}: {error}. {where} "
        "Please report it to the maintainers with that trace; read it first, it may quote your data.",
        to=err(),
    )
    raise typer.Exit(OUR_FAULT) from error


def readable_anywhere() -> None:
    """Letters that the terminal's encoding lacks become question marks, not a failure."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


class Stop:
    """Ctrl-C or SIGTERM: once asks for the best plan so far, twice stops at once."""

    def __init__(self, asked: Callable[[], None]) -> None:
        self.asked = asked
        self.wanted = self.twice = False
        self._before: dict[int, object] = {}

    def __call__(self) -> bool:
        """Whether a stop is wanted; raises KeyboardInterrupt where one at once is.

        The handler raises it too, but what it raises amid a callback of compiled code is lost there.
        """
        if self.twice:
            raise KeyboardInterrupt
        return self.wanted

    def __enter__(self) -> Stop:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]
        if self.twice and kind is not None and not issubclass(kind, KeyboardInterrupt):
            raise KeyboardInterrupt from value  # compiled code that is interrupted may fail in its own way

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        """The signal's handler; raises KeyboardInterrupt the second time."""
        if self.wanted:
            self.twice = True
            raise KeyboardInterrupt
        self.wanted = True
        self.asked()
