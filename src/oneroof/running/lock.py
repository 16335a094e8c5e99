"""Who is at work in the home folder: a server or worker holds a shared lock, a restore needs it for itself."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUseError(Exception):
    """Somebody else holds the home folder."""


@contextmanager
def held(home: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the home folder, together with others or alone; the lock ends with the process, however that ends.

    Raises InUseError where that can't be had now.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "running.lock").open("a") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError as error:
            raise InUseError from error
        yield
