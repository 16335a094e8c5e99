"""A real Dask cluster of two worker processes: the same answers as in this process, whoever dies on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oneroof.cluster import Cluster, connected
from oneroof.planning import tables
from oneroof.planning.planner import Options, Progress
from oneroof.planning.problem import Problem
from oneroof.planning.scenarios import continuity
from oneroof.planning.workers import Here, TaskError, spread
from tests.commands.prompt import ROOT, WINTER, oneroof
from tests.planning.labour import die_once, rest, three_is_too_much, times

PATHS = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])


class House:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start("scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard")

    def start(self, what: str, *more: str) -> subprocess.Popen[bytes]:
        """Start a part of the cluster."""
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self.folder / "scheduler.json"), *more]
        env = {**os.environ, "PYTHONPATH": PATHS}
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, env=env, cwd=self.folder, stdout=quiet, stderr=quiet)

    def add(self, *more: str) -> subprocess.Popen[bytes]:
        """Start one more worker."""
        self.workers.append(self.start("worker", "--nthreads", "1", "--no-dashboard", *more))
        return self.workers[-1]

    @property
    def address(self) -> str:
        """Where the scheduler listens, once it does."""
        end, path = time.monotonic() + 60, self.folder / "scheduler.json"
        while not path.exists() or not path.read_text():
            assert time.monotonic() < end, "the scheduler has not come"
            time.sleep(0.1)
        return str(json.loads(path.read_text())["address"])

    def close(self) -> None:
        """End all of it."""
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A cluster of two workers."""
    made = House(tmp_path_factory.mktemp("cluster"))
    try:
        made.add("--no-nanny")
        made.add("--no-nanny")
        yield made
    finally:
        made.close()


def answers(cluster: Cluster, work: Any, base: Any, tasks: list[Any], **more: Any) -> list[Any]:
    """All answers by a cluster."""
    with cluster.crew(work, base, len(tasks), 1.0) as crew:
        return spread(crew, tasks, **more)


def test_a_cluster_answers_in_the_order_of_the_tasks(house: House) -> None:
    with connected(house.address) as cluster:
        cluster.client.wait_for_workers(2, timeout=60)
        assert answers(cluster, times, 7, list(range(6))) == [0, 7, 14, 21, 28, 35]
        seconds = [0.3 + i / 1000 for i in range(4)]
        pids = {pid for _, pid in answers(cluster, rest, None, seconds)}
        assert pids == {worker.pid for worker in house.workers}


def test_a_task_that_raises_on_a_cluster_is_named_with_its_fault(house: House) -> None:
    with connected(house.address) as cluster, pytest.raises(TaskError, match="no 3: ValueError: three is too much"):
        answers(cluster, three_is_too_much, None, list(range(6)), name=lambda task: f"no {task}")


def test_a_stop_leaves_nothing_on_the_cluster(house: House) -> None:
    known: list[float] = []
    with connected(house.address) as cluster:
        tasks = [0.0, 0.001, *(1 + i / 1000 for i in range(20))]
        found = answers(cluster, rest, None, tasks, ended=lambda task, _: known.append(task), stop=lambda: bool(known))
        assert [answer is not None for answer in found].count(True) == len(known) < 10
        end = time.monotonic() + 10
        while any(cluster.client.processing().values()) and time.monotonic() < end:
            time.sleep(0.1)
        assert not any(cluster.client.processing().values())


def test_continuity_on_a_cluster_is_the_same_when_a_worker_is_killed_on_the_way(house: House) -> None:
    problem, killed = Problem.of(tables.read(WINTER)), []

    def kill(step: Progress) -> None:
        if not killed and step.doing.startswith("without") and step.round == 3:
            killed.append(house.workers.pop(0))
            killed[0].send_signal(signal.SIGKILL)
            killed[0].wait()

    alone = continuity(problem, Options(), pairs=2, engine=Here()).as_dict()
    with connected(house.address) as cluster:
        spoilt = continuity(problem, Options(), kill, pairs=2, engine=cluster).as_dict()
    assert len(killed) == 1
    assert spoilt["complete"]
    assert {**spoilt, "seconds": 0} == {**alone, "seconds": 0}


def test_the_base_is_sent_again_when_all_who_held_it_are_dead(house: House, tmp_path: Path) -> None:
    for worker in house.workers:
        worker.kill()
    house.add()  # with a nanny: it starts a worker anew that has died
    with connected(house.address) as cluster:
        assert answers(cluster, die_once, str(tmp_path), list(range(5))) == [0, 10, 20, 30, 40]
    assert (tmp_path / "2").exists()


def test_the_command_asks_the_cluster(house: House, tmp_path: Path) -> None:
    told = oneroof("continuity", WINTER, "--out", tmp_path / "c", "--pairs", "1", "--dask", house.address)
    assert told.status == 0, told.err
    assert (tmp_path / "c" / "continuity.csv").exists()


def test_what_is_known_is_kept_when_the_cluster_goes_away(house: House) -> None:
    def away(step: Progress) -> None:
        if step.doing.startswith("without") and step.round == 3:
            house.close()

    with connected(house.address) as cluster:
        found = continuity(Problem.of(tables.read(WINTER)), Options(), away, pairs=2, engine=cluster)
    assert 3 <= len(found.losses) < 10
    assert not found.complete
    assert f"The Dask cluster at {house.address} went away" in found.sentences()[2]


def test_an_address_that_does_not_answer_is_said_soon(tmp_path: Path) -> None:
    began = time.monotonic()
    told = oneroof("continuity", WINTER, "--out", tmp_path / "c", "--dask", "tcp://127.0.0.1:1")
    assert time.monotonic() - began < 12
    assert told.status == 2
    assert told.err.startswith("No Dask scheduler answers at tcp://127.0.0.1:1 within 6 s.")
    assert not (tmp_path / "c").exists()


def test_without_distributed_the_command_says_what_to_install(tmp_path: Path) -> None:
    script = "import sys; sys.modules['distributed'] = None; from oneroof.__main__ import main; main()"
    command = [sys.executable, "-c", script, "continuity", WINTER, "--out", tmp_path / "c", "--dask", "tcp://host:1"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert told.returncode == 2
    assert "pip install 'oneroof[cluster]'" in told.stderr
