"""Workers of a Dask cluster: tasks for many machines; the only module that knows Dask."""

from __future__ import annotations

import contextlib
import logging
import queue
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oneroof.planning.workers import MOST_DEATHS, Crew, Ended, Work, WorkersError

ANSWERS = 6.0  # seconds in which a scheduler has to answer
ABSENT = 60.0  # seconds without any worker after which no more are waited for
LOOK = 5.0  # seconds between two looks at who is there
MANY = 10_000  # tasks that a scheduler is given at once
MEASURE = ("oneroof", "numpy", "scipy", "numba", "highspy")  # packages whose versions may change figures


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler listens at ``tcp://host:port``, while the block lasts.

    Raises WorkersError where distributed is not installed, nobody answers, there are no workers, or theirs are other
    versions than ours.
    """
    try:
        import distributed  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as error:
        if error.name not in ("dask", "distributed"):
            raise
        told = "A Dask cluster needs the package distributed, which is not installed. pip install 'oneroof[cluster]'."
        raise WorkersError(told) from error
    with _quiet():
        try:
            make: Any = distributed.Client  # has no types
            client = make(address, timeout=ANSWERS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            why = f"No Dask scheduler answers at {address} within {ANSWERS:.0f} s"
            cure = "Start one with: dask scheduler; it prints its address, such as tcp://10.0.0.5:8786."
            raise WorkersError(f"{why}. {cure}") from error
        try:
            _check(client, address)
            yield Cluster(client, address)
        finally:
            with contextlib.suppress(Exception):  # of a cluster that is gone
                client.close(timeout=2)


class Cluster:
    """The engine: lends the workers of a cluster, those who come later too."""

    def __init__(self, client: Any, address: str) -> None:
        self.client, self.address = client, address

    @contextmanager
    def crew(self, work: Work, base: Any, tasks: int, each: float) -> Iterator[Crew]:
        """The cluster's workers; the base is sent to each of them once."""
        crew = _Workers(self.client, self.address, work, base)
        try:
            yield crew
        finally:
            crew.drop()


class _Workers:
    """A crew of a cluster. Dask itself gives a dead worker's tasks to others, and gives one up after several deaths."""

    def __init__(self, client: Any, address: str, work: Work, base: Any) -> None:
        self.client, self.address, self.work, self.base = client, address, work, base
        self.held: Any = None  # the base as the cluster holds it
        self.sent = 0  # times
        self.out: dict[str, tuple[int, Any]] = {}  # by key: number and future of a task
        self.heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.looked = self.seen = time.monotonic()

    def room(self) -> int:
        return MANY - len(self.out)

    def give(self, place: int, task: Any) -> None:
        if self.held is None or self.held.status != "finished":
            self.held = self._sent()
        future = self.client.submit(self.work, self.held, task, pure=False)
        self.out[future.key] = place, future
        future.add_done_callback(self.heard.put)

    def ended(self, seconds: float) -> list[Ended]:
        found = []
        with contextlib.suppress(queue.Empty):
            found.append(self.heard.get(timeout=seconds))
            while True:
                found.append(self.heard.get_nowait())
        if not found:
            self._reconnected()
        self._look()
        ends: list[Ended] = []
        for future in found:
            try:
                end = self._end(future)
            except WorkersError:
                if not ends:
                    raise
                break  # what has ended is told first; the next call finds nobody there
            ends += [end] if end is not None else []
        return ends

    def drop(self) -> None:
        futures = [future for _, future in self.out.values()]
        self.out.clear()
        if not futures or self.client.status != "running":
            return
        with contextlib.suppress(Exception):  # a cluster that is gone has forgotten them
            self.client.cancel(futures, force=True)

    def _sent(self) -> Any:
        """The base, sent to all workers; raises WorkersError where none of them takes it, or they die of the tasks."""
        if self.sent >= MOST_DEATHS:
            told = f"All workers of the Dask cluster at {self.address} died {MOST_DEATHS} times. Often memory is short"
            raise WorkersError(f"{told}: let fewer run on one machine.")
        self.sent += 1
        try:
            self.client.wait_for_workers(1, timeout=ABSENT)
            return self.client.scatter([self.base], broadcast=True, hash=False)[0]  # a list: a tuple would be spread
        except (OSError, TimeoutError) as error:
            raise self._gone() from error

    def _end(self, future: Any) -> Ended | None:
        """How a task ended; None where it has not, or nobody waits for it any more."""
        if future.key not in self.out:
            return None
        place = self.out[future.key][0]
        answer = fault = None
        if future.status == "finished":
            try:
                answer = future.result(timeout=LOOK)
            except TimeoutError:  # the worker went with its answer: Dask has it computed again
                future.add_done_callback(self.heard.put)
                return None
            except Exception as error:
                fault = error
        elif future.status == "error":
            fault = future.exception(timeout=LOOK)
        elif future.status == "pending":
            future.add_done_callback(self.heard.put)
            return None
        del self.out[future.key]
        if future.status in ("cancelled", "lost"):
            self._reconnected()
            return Ended(place, died="with all others", blamed=False)
        return Ended(place, answer, fault)

    def _look(self) -> None:
        """Now and then see who is there; raises WorkersError where nobody has been for a minute."""
        if time.monotonic() - self.looked < LOOK or self.client.status != "running":
            return
        try:
            there = bool(self.client.nthreads())
        except (OSError, TimeoutError) as error:
            raise self._gone() from error
        self.looked = time.monotonic()
        self.seen = self.looked if there else self.seen
        if self.looked - self.seen > ABSENT:
            raise self._gone()

    def _reconnected(self) -> None:
        """Wait for the scheduler where the connection broke; raises WorkersError where it stays away."""
        end = time.monotonic() + ANSWERS
        while self.client.status != "running":
            if self.client.status in ("closing", "closed") or time.monotonic() > end:
                raise self._gone()
            time.sleep(0.1)

    def _gone(self) -> WorkersError:
        """The cluster is there no more."""
        told = f"The Dask cluster at {self.address} went away: its scheduler or all its workers no longer answer"
        return WorkersError(f"{told}. Start it again, or go without --dask.")


def _check(client: Any, address: str) -> None:
    """WorkersError where there are no workers, or where they have other versions of what makes the figures."""

    def versions(names: tuple[str, ...]) -> dict[str, str]:  # in here, so that it is sent as code
        from importlib import metadata  # noqa: PLC0415

        found = {}
        for name in names:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                found[name] = "none"
        return found

    try:
        client.wait_for_workers(1, timeout=ANSWERS)
    except (OSError, TimeoutError) as error:
        told = f"The Dask scheduler at {address} has no workers. Start some with: dask worker {address} --nthreads 1."
        raise WorkersError(told) from error
    ours = versions(MEASURE)
    for worker, theirs in sorted(client.run(versions, MEASURE).items()):
        other = [f"{name} {theirs[name]} (here {ours[name]})" for name in MEASURE if theirs[name] != ours[name]]
        if other:
            cure = "Figures could differ. Install the same versions on all machines: requirements.lock names them."
            raise WorkersError(f"The worker at {worker} has {', '.join(other)}. {cure}")


@contextmanager
def _quiet() -> Iterator[None]:
    """What Dask logs and warns of is not for those who plan; what matters to them is raised."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in names}
    try:
        for name in names:  # each has a level of its own
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
