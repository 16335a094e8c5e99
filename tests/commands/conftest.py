"""One plan for all tests of commands that ask a plan."""

from pathlib import Path

import pytest

from tests.commands.prompt import WINTER, Answer, oneroof


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """The plan folder of the smallest example, and what the command printed."""
    folder = tmp_path_factory.mktemp("plans") / "winter"
    return folder, oneroof("plan", WINTER, "--out", folder)


@pytest.fixture(scope="session")
def winter(planned: tuple[Path, Answer]) -> Path:
    """The plan folder of the smallest example."""
    folder, answer = planned
    assert answer.status == 0, answer.err
    return folder
