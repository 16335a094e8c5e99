"""Tasks for workers: the same answers in the same order, whoever dies or raises on the way."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from oneroof.planning import tables
from oneroof.planning.planner import Options, Progress
from oneroof.planning.problem import Problem
from oneroof.planning.processes import Local
from oneroof.planning.scenarios import continuity
from oneroof.planning.workers import Engine, Here, TaskError, spread
from tests.planning.labour import die_at_two, die_once, rest, three_is_too_much, times, twisted

ROOT = Path(__file__).parents[2]
WINTER = ROOT / "examples" / "one-hub-winter"
MUCH = 60.0  # seconds a task is said to take, so that processes are worth starting


def answers(engine: Engine, work: Any, base: Any, tasks: list[Any], **more: Any) -> list[Any]:
    """All answers by an engine."""
    with engine.crew(work, base, len(tasks), MUCH) as crew:
        return spread(crew, tasks, **more)


def workers() -> list[Any]:
    """The worker processes that live."""
    return [child for child in multiprocessing.active_children() if child.name == "oneroof-worker"]


@pytest.mark.parametrize("engine", [Here(), Local(1), Local(2), Local(3)])
def test_answers_come_in_the_order_of_the_tasks(engine: Engine) -> None:
    heard: list[int] = []
    assert answers(engine, times, 7, list(range(6)), ended=lambda task, _: heard.append(task)) == [
        0, 7, 14, 21, 28, 35]  # fmt: skip
    assert sorted(heard) == list(range(6))
    assert workers() == []


def test_little_work_starts_no_processes() -> None:
    with Local(4).crew(rest, None, 10, 0.01) as crew:
        assert {pid for _, pid in spread(crew, [0.0, 0.001])} == {os.getpid()}
    with Local(2).crew(rest, None, 10, 10.0) as crew:
        assert os.getpid() not in {pid for _, pid in spread(crew, [0.0, 0.001])}
        assert len(workers()) == 2


def test_a_task_whose_process_is_killed_is_done_by_another(tmp_path: Path) -> None:
    assert answers(Local(2), die_once, str(tmp_path), list(range(5))) == [0, 10, 20, 30, 40]
    assert (tmp_path / "2").exists()


def test_a_task_that_kills_every_worker_is_given_up_and_named(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="task no 2: 3 workers ended while at it, the last one killed by signal 9"):
        answers(Local(2), die_at_two, str(tmp_path), [1, 2], name=lambda task: f"task no {task}")
    assert len(list(tmp_path.iterdir())) == 3
    assert workers() == []


@pytest.mark.parametrize("engine", [Here(), Local(2)])
def test_a_task_that_raises_is_named_with_its_fault(engine: Engine) -> None:
    with pytest.raises(TaskError, match="task no 3: ValueError: three is too much") as raised:
        answers(engine, three_is_too_much, None, list(range(6)), name=lambda task: f"task no {task}")
    assert isinstance(raised.value.__cause__, ValueError)
    assert workers() == []


def test_a_fault_that_can_not_be_sent_is_told_in_words() -> None:
    with pytest.raises(TaskError, match="TwistedError: a b") as raised:
        answers(Local(2), twisted, None, [1, 2])
    assert "in twisted" in "".join(raised.value.__cause__.__notes__)


def test_a_stop_keeps_what_is_known_and_ends_the_processes() -> None:
    known: list[float] = []
    began = time.monotonic()
    found = answers(
        Local(2), rest, None, [60.0, 0.0, 0.001], ended=lambda task, _: known.append(task), stop=lambda: len(known) == 2
    )
    assert time.monotonic() - began < 30
    assert [answer and answer[0] for answer in found] == [None, 0.0, 0.001]
    assert workers() == []


def test_an_interrupt_on_the_way_ends_the_processes() -> None:
    def interrupt(_task: float, _answer: object) -> None:
        assert len(workers()) == 2
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answers(Local(2), rest, None, [60.0, 0.0], ended=interrupt)
    assert workers() == []


def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import multiprocessing\nfrom oneroof.planning.processes import Local\n"
        "from oneroof.planning.workers import spread\nfrom tests.planning.labour import rest\n"
        "with Local(2).crew(rest, None, 2, 60.0) as crew:\n"
        "    spread(crew, [0.0, 0.001])\n"
        "    print(*[child.pid for child in multiprocessing.active_children()], flush=True)\n"
        "    spread(crew, [60.0, 61.0])\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(children) == 2
    parent.kill()
    parent.communicate()
    end = time.monotonic() + 10
    while any(psutil.pid_exists(pid) for pid in children) and time.monotonic() < end:
        time.sleep(0.05)
    assert [pid for pid in children if psutil.pid_exists(pid)] == []


def test_a_script_without_a_main_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "careless.py"
    lines = (
        "from oneroof.planning.processes import Local",
        "from oneroof.planning.workers import spread",
        "from tests.planning.labour import times",
        "with Local(2).crew(times, 2, 2, 60.0) as crew:",
        "    spread(crew, [1, 2])",
    )
    script.write_text("\n".join(lines), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=env, timeout=60)
    assert done.returncode == 1
    assert "put what your script does under a main guard" in done.stderr


def test_continuity_tells_the_same_when_a_process_is_killed_on_the_way() -> None:
    problem, killed = Problem.of(tables.read(WINTER)), []

    def kill(step: Progress) -> None:
        if step.doing.startswith("without") and not killed and workers():
            killed.append(workers()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    alone = continuity(problem, Options(), pairs=2, engine=Here()).as_dict()
    spoilt = continuity(problem, Options(), kill, pairs=2, engine=Local(2, enough=0.0)).as_dict()
    assert len(killed) == 1
    assert spoilt["complete"]
    assert {**spoilt, "seconds": 0} == {**alone, "seconds": 0}
