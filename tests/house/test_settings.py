"""Settings: documented, checked at the start all at once, with messages that mend."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from oneroof.commands.house import app
from oneroof.environment import ELSEWHERE, Environment
from oneroof.settings import database

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
ROWS = {
    name: [cell.strip() for cell in rest.split("|")[:-1]]
    for name, rest in re.findall(r"^\| `(ONEROOF_\w+)` \|(.*)$", PAGE, re.MULTILINE)
}
# Their defaults are worked out, and the page says how in words.
IN_WORDS = {"ONEROOF_CHECKPOINT_KEY", "ONEROOF_DATABASE_URL", "ONEROOF_SECRET_KEY"}


def of_commands() -> dict[str, str]:
    """Variables of the commands' options, with their defaults."""
    import typer.main  # noqa: PLC0415 only here

    found = {}
    for command in typer.main.get_command(app).commands.values():
        for option in command.params:
            if option.envvar:
                found[option.envvar] = str(option.default)
    return found


def test_the_page_has_every_setting_and_no_other() -> None:
    ours = {*settings.DEFAULTS, *of_commands()}

    assert set(ROWS) == ours
    assert {*ELSEWHERE, *settings.DEFAULTS} - ours == {"ONEROOF_SHARED", "ONEROOF_TEST_POSTGRESQL"}


def test_the_page_has_the_defaults_of_the_server() -> None:
    told = {name: ROWS[name][1].strip("`") for name in settings.DEFAULTS if name not in IN_WORDS}

    assert {n: d.split(":")[0] if d.startswith("none") else d for n, d in told.items()} == {
        name: default or "none" for name, default in settings.DEFAULTS.items() if name not in IN_WORDS
    }


@pytest.mark.parametrize("name", ["ONEROOF_HOST", "ONEROOF_PORT", "ONEROOF_WORKERS", "ONEROOF_GAP"])
def test_the_page_has_the_defaults_of_the_options(name: str) -> None:
    assert ROWS[name][1].strip("`") == of_commands()[name]


def test_every_setting_has_a_meaning_and_an_example() -> None:
    assert [name for name, cells in ROWS.items() if len(cells) != 3 or not all(cells)] == []


def begun(tmp_path: Path, command: str = "health", **given: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONEROOF_")}
    env = {**kept, "ONEROOF_HOME": str(tmp_path), **given}
    whole = [sys.executable, "-m", "oneroof", command]
    return subprocess.run(whole, env=env, capture_output=True, text=True, check=False, timeout=60)


def test_all_wrong_settings_are_told_at_once_with_their_cure(tmp_path: Path) -> None:
    done = begun(
        tmp_path,
        ONEROOF_DATABASE_URL="mysql://localhost/oneroof",
        ONEROOF_SECRET_KEY="short",
        ONEROOF_HTTPS="perhaps",
        ONEROOF_SESSION_HOURS="100",
        ONEROOF_LANGUAGE="fr",
        ONEROOF_TIME_ZONE="Europe/Atlantis",
        ONEROOF_OIDC_SERVER="https://login.example.org",
        ONEROOF_METRICS_TOKEN="123",
        ONEROOF_ADDRESS="https://oneroof.example.org",
    )

    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert lines[-1] == "9 settings are wrong. Nothing was started."
    assert sorted(line.split()[0] for line in lines[:-1]) == [
        "ONEROOF_ADDRESS",
        "ONEROOF_DATABASE_URL",
        "ONEROOF_HTTPS",
        "ONEROOF_LANGUAGE",
        "ONEROOF_METRICS_TOKEN",
        "ONEROOF_SECRET_KEY",
        "ONEROOF_SESSION_HOURS",
        "ONEROOF_TIME_ZONE",
        "Sign-in",
    ]
    assert not re.search("mysql://localhost|short|123", done.stderr.replace("ONEROOF_METRICS_TOKEN has 3", ""))


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ("", "-c random_page_cost=1.1 -c jit=off"),
        ("?sslmode=require", "-c random_page_cost=1.1 -c jit=off"),
        ("?options=-c%20jit%3Don", "-c jit=on"),
    ],
)
def test_postgresql_is_told_how_to_weigh_its_ways_unless_the_address_says(given, options, monkeypatch) -> None:
    monkeypatch.setenv("ONEROOF_OWNER_DATABASE_URL", f"postgresql://nobody@127.0.0.1/none{given}")

    assert database("ONEROOF_OWNER_DATABASE_URL")["OPTIONS"]["options"] == options


def test_a_home_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = begun(tmp_path / "file" / "home")

    assert done.returncode == 2
    assert done.stderr.startswith(f"ONEROOF_HOME is {tmp_path}/file/home, where ")


def test_a_name_that_is_no_setting_is_warned_of_with_the_nearest_one(tmp_path: Path) -> None:
    done = begun(tmp_path, "migrate", ONEROOF_DATABSE_URL="x", ONEROOF_WHATEVER_THIS_IS="y")

    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "ONEROOF_DATABSE_URL is set, but OneRoof has no such setting. Did you mean ONEROOF_DATABASE_URL?",
        "ONEROOF_WHATEVER_THIS_IS is set, but OneRoof has no such setting. Every name stands in docs/settings.md.",
    ]


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    begun(tmp_path, "migrate")
    first = (tmp_path / "secret-key").read_text()
    begun(tmp_path, "health")

    assert (tmp_path / "secret-key").read_text() == first
    assert len(first) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("given", "least"), [("0", 1), ("25", 1), ("-3", 1), ("3.5", 1), ("٣", 1), ("", 1)])
def test_a_whole_number_outside_its_limits_is_a_fault_and_an_empty_one_is_not_set(given: str, least: int) -> None:
    read = Environment({"ONEROOF_X": given})

    assert read.whole("ONEROOF_X", 12, least=least, most=24) == 12
    assert len(read.faults) == (0 if given == "" else 1)


@pytest.mark.parametrize(
    ("given", "wanted"), [("True", True), ("1", True), ("no", False), ("False", False), ("", True)]
)
def test_a_flag_is_read_in_plain_words(given: str, wanted: bool) -> None:
    read = Environment({"ONEROOF_X": given})

    assert read.flag("ONEROOF_X", default=True) is wanted
    assert read.faults == []
