"""`oneroof continuity` as it is typed: stopped on the way, by the terminal."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.commands.prompt import ROOT, oneroof

WASHINGTON = ROOT / "examples/washington-2024"
QUICK = ("--gap", "0.05", "--threads", "2")


def test_a_folder_that_is_there_is_refused_before_planning(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    began = time.monotonic()
    told = oneroof("continuity", WASHINGTON, "--out", tmp_path)
    assert (told.status, "is not replaced" in told.err) == (2, True)
    assert time.monotonic() - began < 5


def typed(*arguments: object) -> subprocess.Popen[str]:
    """A command with its own group of processes, as a terminal starts it."""
    command = [sys.executable, "-m", "oneroof", *map(str, arguments)]
    env = {**os.environ, "COLUMNS": "80"}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=env, start_new_session=True)


def workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Its processes that hold a plan and compute, once there are two."""
    end = time.monotonic() + 240
    while time.monotonic() < end and process.poll() is None:
        found = [child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())]
        if len(found) == 2:
            return found
        time.sleep(0.2)
    raise AssertionError(process.communicate()[1])


def test_ctrl_c_writes_what_is_known_and_leaves_no_processes(tmp_path: Path) -> None:
    folder = tmp_path / "continuity"
    process = typed("continuity", WASHINGTON, "--out", folder, *QUICK)
    children = workers(process)
    assert process.stderr is not None
    assert any(line.startswith("without ") for line in process.stderr)  # a first loss is known
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all of them
    out, err = process.communicate(timeout=120)
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert (len(gone), alive) == (2, [])
    assert "Traceback" not in err
    assert process.returncode == 0, err
    told = json.loads((folder / "continuity.json").read_text(encoding="utf-8"))
    assert not told["complete"]
    assert {len(loss["nations"]) for loss in told["losses"]} == {1}
    assert "It was stopped before every donor and pair was tried." in out
