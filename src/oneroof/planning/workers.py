"""Tasks spread over local processes, or done one after another: the same answers in the same order."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_work: list[Callable[[Any], Any]] = []  # what forked workers inherit; functions over large plans are not sent


def spread(work: Callable[[Task], Answer], tasks: Iterable[Task], workers: int) -> Iterator[Answer]:
    """The answers of ``work`` to all tasks, in their order.

    Workers are forked, so that they hold everything this process holds without reading or sending it; where that is
    not possible or other threads run, and with one worker, the tasks are done here.
    """
    tasks = list(tasks)
    forks = sys.platform == "linux" and threading.active_count() == 1
    if workers < 2 or len(tasks) < 2 or not forks:
        yield from map(work, tasks)
        return
    _work.append(work)
    try:
        with multiprocessing.get_context("fork").Pool(min(workers, len(tasks))) as pool:
            yield from pool.imap(_one, tasks)
    finally:
        _work.pop()


def _one(task: Any) -> Any:
    """One task in a worker."""
    return _work[-1](task)
