"""Tasks given to workers and answers brought back in the order of the tasks, whatever the workers are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Task = TypeVar("Task")
Work = Callable[[Any, Any], Any]  # base, task -> answer; a function of a module, which may not change the base

MOST_DEATHS = 3  # workers that may die at one task before it is given up
BEAT = 0.1  # seconds between two looks at whether to stop


class WorkersError(Exception):
    """Workers can't be had, or not any more; the text says where, why and the cure."""


class TaskError(Exception):
    """A task failed, or no worker outlived it; the text names the task, ``__cause__`` is what its work raised."""


@dataclass(frozen=True)
class Ended:
    """How a task ended: with an answer, with what its work raised, or with its worker."""

    place: int
    answer: Any = None
    fault: BaseException | None = None
    died: str = ""  # how the worker ended, where it did
    blamed: bool = True  # whether the task may be why it did


class Crew(Protocol):
    """Workers that hold the work and its base and wait for tasks."""

    def room(self) -> int:
        """How many more tasks they take now."""

    def give(self, place: int, task: Any) -> None:
        """Hand over a task under a number."""

    def ended(self, seconds: float) -> list[Ended]:
        """Tasks that have ended since the last call, in any order; waits so long for the first.

        Raises WorkersError where no worker will come any more.
        """

    def drop(self) -> None:
        """Forget every task that is under way."""


class Engine(Protocol):
    """What lends workers: this process, processes of this machine, or a cluster."""

    def crew(self, work: Work, base: Any, tasks: int, each: float) -> AbstractContextManager[Crew]:
        """Workers for about so many tasks of so many seconds each; each worker gets ``work`` and ``base`` once."""


def spread(
    crew: Crew,
    tasks: Sequence[Task],
    ended: Callable[[Task, Any], None] | None = None,
    stop: Callable[[], bool] | None = None,
    name: Callable[[Task], str] = str,
) -> list[Any]:
    """The answers to all tasks, in their order; ``ended`` is told of each as it comes, in any order.

    A task whose worker dies is given to another. ``stop`` returning True ends it; answers that are not there by then
    are None. Raises TaskError where the work of a task raises or too many workers die at it, and WorkersError.
    """
    answers: list[Any] = [None] * len(tasks)
    waiting, deaths, out = deque(range(len(tasks))), [0] * len(tasks), 0
    try:
        while (waiting or out) and not (stop and stop()):
            while waiting and crew.room() > 0:
                place = waiting.popleft()
                crew.give(place, tasks[place])
                out += 1
            for end in crew.ended(BEAT):
                out -= 1
                if end.fault is not None:
                    told = f"{name(tasks[end.place])}: {type(end.fault).__name__}: {end.fault}"
                    raise TaskError(told) from end.fault
                if end.died:
                    deaths[end.place] += end.blamed
                    if deaths[end.place] >= MOST_DEATHS:
                        told = f"{MOST_DEATHS} workers ended while at it, the last one {end.died}"
                        raise TaskError(f"{name(tasks[end.place])}: {told}; often memory is short.")
                    waiting.appendleft(end.place)
                    continue
                answers[end.place] = end.answer
                if ended:
                    ended(tasks[end.place], end.answer)
    finally:
        if out:
            crew.drop()
    return answers


class Here:
    """No other workers: one task after another in this process. A stop waits for the task that is under way."""

    @contextmanager
    def crew(self, work: Work, base: Any, tasks: int, each: float) -> Iterator[Crew]:
        """The only worker is this process."""
        yield _Alone(work, base)


class _Alone:
    """The crew of one."""

    def __init__(self, work: Work, base: Any) -> None:
        self.work, self.base = work, base
        self.todo: list[tuple[int, Any]] = []

    def room(self) -> int:
        return 1 - len(self.todo)

    def give(self, place: int, task: Any) -> None:
        self.todo.append((place, task))

    def ended(self, seconds: float) -> list[Ended]:
        place, task = self.todo.pop()
        try:
            return [Ended(place, self.work(self.base, task))]
        except Exception as fault:
            return [Ended(place, fault=fault)]

    def drop(self) -> None:
        self.todo.clear()
