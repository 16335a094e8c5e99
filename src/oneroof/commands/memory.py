"""What commands that plan do about memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for reference cycles: a plan is a million small things that live to the end, and has none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
