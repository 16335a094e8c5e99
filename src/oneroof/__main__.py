"""The door: ``oneroof`` and ``python -m oneroof``."""

from __future__ import annotations

from oneroof.commands.ending import readable_anywhere
from oneroof.commands.house import app


def main() -> None:
    """Run the command line and exit with its status: 0 done, 2 wrong input, 1 our fault, 130 stopped."""
    readable_anywhere()
    app(prog_name="oneroof")


if __name__ == "__main__":
    main()
