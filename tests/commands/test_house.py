import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from oneroof.commands import checking
from tests.commands.prompt import COMMANDS, ROOT, WINTER, oneroof, started


def test_help_lists_every_command() -> None:
    answer = oneroof("--help")
    assert answer.status == 0
    assert [name for name in COMMANDS if not re.search(rf"\b{name}\b", answer.out)] == []


@pytest.mark.parametrize(
    "name", [*(name for name in COMMANDS if name not in ("audit", "import")), "audit verify", "import kiel"]
)
def test_help_of_each_command_has_an_example_that_fits_80_columns(name: str) -> None:
    answer = oneroof(*name.split(), "--help")
    assert answer.status == 0
    assert f"Example: oneroof {name} " in answer.out
    assert max(len(line) for line in answer.out.splitlines()) <= 80


@pytest.mark.parametrize("page", ["README.md", "docs/how-to.md"])
def test_the_page_names_every_command(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"oneroof {name}" not in text] == []


@pytest.mark.parametrize("page", ["README.md", "docs/how-to.md", "docs/first-plan.md"])
def test_the_page_names_no_command_or_option_that_does_not_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"\boneroof ([a-z]+)\b", text))
    assert named - set(COMMANDS) == set()
    known = {word for name in COMMANDS for word in re.findall(r"--[a-z-]+", oneroof(name, "--help").out)}
    known |= set(re.findall(r"--[a-z-]+", oneroof("import", "kiel", "--help").out)) | {"--version"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) - known == set()


def test_the_version_is_that_of_the_package() -> None:
    assert oneroof("--version").out == "oneroof 0.1.0\n"


def test_a_wrong_option_is_a_usage_error() -> None:
    answer = oneroof("check", WINTER, "--nonsense")
    assert answer.status == 2
    assert "No such option" in answer.err


def test_a_fault_of_ours_leaves_a_trace_and_ends_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(checking, "counted", None)
    answer = oneroof("check", WINTER)
    (trace,) = tmp_path.glob("oneroof-fault-*.txt")
    assert answer.status == 1
    assert str(trace) in answer.err.replace("\n", "")
    assert "TypeError" in trace.read_text(encoding="utf-8")


def test_a_reader_that_leaves_early_ends_the_command_quietly() -> None:
    process = started("check", "--help")
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate()
    assert (process.returncode, err) == (0, "")


def test_help_and_check_do_not_import_the_solver() -> None:
    code = (
        "import sys\nfrom oneroof.commands.house import app\n"
        f"app(['check', {str(WINTER)!r}], standalone_mode=False)\n"
        "print(sorted({'numba', 'highspy', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "src/oneroof").rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []
