"""Types commands for the tests, inside this process or in one of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from oneroof.commands.house import app

ROOT = Path(__file__).parents[2]
WINTER = ROOT / "examples/one-hub-winter"
COMMANDS = sorted([*(command.name for command in app.registered_commands), "audit", "import"])


class Answer:
    """What a command answered: exit status, standard output and standard error."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err


def oneroof(*arguments: object) -> Answer:
    """Run a command in this process, as with 80 columns and no terminal."""
    result = CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "80"}, prog_name="oneroof")
    return Answer(result.exit_code, result.stdout, result.stderr)


def started(*arguments: object, **more: object) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    command = [sys.executable, "-m", "oneroof", *(str(a) for a in arguments)]
    env = {**os.environ, "COLUMNS": "80", **more}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
