"""Tasks for workers to do; they import little, so that processes start soon."""

import os
import signal
import time
from pathlib import Path


def times(base: int, task: int) -> int:
    """The first tasks take longest, so that answers come out of order."""
    time.sleep(0.2 if task == 0 else 0.0)
    return base * task


def die_once(marks: str, task: int) -> int:
    """Kills its process at task 2, the first time."""
    mark = Path(marks) / str(task)
    if task == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 10 * task


def die_at_two(marks: str, task: int) -> int:
    """Kills its process at task 2, every time."""
    if task == 2:
        (Path(marks) / str(time.monotonic_ns())).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def three_is_too_much(base: object, task: int) -> int:
    """Raises at task 3."""
    if task == 3:
        raise ValueError("three is too much")
    return task


class TwistedError(Exception):
    """One that can't be unpickled."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def twisted(base: object, task: int) -> int:
    raise TwistedError("a ", "b")


def rest(base: object, task: float) -> tuple[float, int]:
    """Takes so many seconds; says who did it."""
    time.sleep(task)
    return task, os.getpid()
