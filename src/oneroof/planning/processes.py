"""Workers that are processes of this machine: started anew, never forked, one thread each, gone with their parent.

Forked processes would inherit the solver's threads in no usable state. The standard library's pool of processes is
not used: there one process that dies breaks them all, and none can be ended on the way.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from oneroof.planning.workers import Crew, Ended, Here, Work, WorkersError

NAME = "oneroof-worker"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Local:
    """Workers of this machine: processes where several workers have enough to do, else this process."""

    workers: int
    enough: float = 4.0  # seconds of work that outweigh starting processes: about one a process, of all imports

    @contextmanager
    def crew(self, work: Work, base: Any, tasks: int, each: float) -> Iterator[Crew]:
        """Workers for about so many tasks of so many seconds; processes start as tasks come and end with the block."""
        count = min(self.workers, tasks)
        if count < 2 or tasks * each < self.enough:
            with Here().crew(work, base, tasks, each) as alone:
                yield alone
            return
        if multiprocessing.current_process().name == NAME:
            raise WorkersError("A worker may not start workers: put what your script does under a main guard.")
        crew = _Processes(count, pickle.dumps((work, base), protocol=5))
        try:
            yield crew
        finally:
            crew.close()


class _Worker:
    """A process with the pipe to it and the task that it has."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), name=NAME, daemon=True)
        with _interrupts_held():
            self.process.start()
        theirs.close()
        self.ready = False
        self.task: tuple[int, Any] | None = None

    def send(self) -> None:
        """Hand the task over; where the process is gone, its pipe tells so to the next reader."""
        if self.ready and self.task is not None:
            with contextlib.suppress(OSError):
                self.pipe.send(self.task[1])

    def end(self) -> str:
        """End the process, if it has not ended itself; how it ended."""
        self.process.kill()
        self.process.join()
        self.pipe.close()
        code = self.process.exitcode or 0
        return f"killed by signal {-code}" if code < 0 else f"with exit status {code}"


class _Processes:
    """A crew of processes; those that die are replaced when the next task comes."""

    def __init__(self, count: int, base: bytes) -> None:
        self.count, self.base = count, base
        self.workers: list[_Worker] = []

    def room(self) -> int:
        return self.count - sum(worker.task is not None for worker in self.workers)

    def give(self, place: int, task: Any) -> None:
        worker = next((worker for worker in self.workers if worker.task is None), None)
        if worker is None:
            worker = _Worker()
            self.workers.append(worker)
        worker.task = place, task
        worker.send()

    def ended(self, seconds: float) -> list[Ended]:
        by_pipe: dict[Any, _Worker] = {worker.pipe: worker for worker in self.workers}
        found = (self._hear(by_pipe[pipe]) for pipe in wait(list(by_pipe), seconds))
        return [end for end in found if end is not None]

    def _hear(self, worker: _Worker) -> Ended | None:
        """What a worker says: that it is ready, that a task has ended, or, by its closed pipe, that it is gone."""
        try:
            answered = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            return self._gone(worker)
        if not worker.ready:
            with contextlib.suppress(OSError):
                worker.pipe.send_bytes(self.base)
            worker.ready = True
            worker.send()
            return None
        assert worker.task is not None, "an answer without a task"
        (place, _), worker.task = worker.task, None
        answer, fault = pickle.loads(answered)
        return Ended(place, answer, fault)

    def _gone(self, worker: _Worker) -> Ended | None:
        """A worker that has died, with its task; raises WorkersError where it could not even start."""
        self.workers.remove(worker)
        worker.process.join(2.0)  # the pipe closes a moment before the process ends
        died = worker.end()
        if not worker.ready and worker.process.exitcode != -signal.SIGKILL:
            raise WorkersError(f"A worker process ended while it started, {died}. What it said of that stands above.")
        return None if worker.task is None else Ended(worker.task[0], died=died)

    def drop(self) -> None:
        """End the workers that are at a task."""
        for worker in [worker for worker in self.workers if worker.task is not None]:
            self.workers.remove(worker)
            worker.end()

    def close(self) -> None:
        """End all workers."""
        while self.workers:
            self.workers.pop().end()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A process started meanwhile never hears Ctrl-C, which a terminal sends to all: only this one decides."""
    resource_tracker.ensure_running()  # the first start would start it too, and let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection) -> None:
    """What a worker does: take the work and its base, then answer tasks until the pipe closes."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        pipe.send_bytes(b"ready")
        packed: bytes | None = pipe.recv_bytes()
        loaded: tuple[Work, Any] | None = None
        while True:
            task = pipe.recv()
            try:
                if loaded is None:
                    assert packed is not None, "the base is unpacked once"
                    loaded, packed = pickle.loads(packed), None
                    gc.freeze()  # the base stays: no search for reference cycles goes through it again
                    gc.disable()  # one search after each task is enough
                work, base = loaded
                told = pickle.dumps((work(base, task), None))
            except Exception as fault:
                told = pickle.dumps((None, _sendable(fault)))
            pipe.send_bytes(told)
            gc.collect()


def _end_with_parent() -> None:
    """End this process at once when its parent ends, however that came."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "workers have a parent"
    wait([parent.sentinel])
    os._exit(1)


def _sendable(fault: Exception) -> Exception:
    """What a task raised, with its trace as a note; as words where it can't be sent as it is."""
    trace = "".join(traceback.format_exception(fault))
    try:
        pickle.loads(pickle.dumps(fault))
    except Exception:
        fault = RuntimeError(f"{type(fault).__name__}: {fault}")
    fault.add_note(trace)
    return fault
