"""Tasks spread over threads, or done one after another: the same answers in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def spread(work: Callable[[Task], Answer], tasks: Iterable[Task], workers: int) -> Iterator[Answer]:
    """The answers of ``work`` to all tasks, in their order; ``work`` may not change anything that tasks share.

    Threads, not processes: the compiled sweeps let go of the interpreter's lock, and nothing large has to be sent.
    Forked processes would inherit the solver's own threads in no usable state.
    """
    if workers < 2:
        yield from map(work, tasks)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(work, tasks)
