"""All jobs, one line each: what `oneroof work` does when it finds one waiting, and how often it asks for it itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from oneroof.access.forgotten import send_reset
from oneroof.running.chores import back_up, clear_expired

JOBS: dict[str, Callable[..., Any]] = {
    "clear_expired": clear_expired,
    "back_up": back_up,
    "send_reset": send_reset,
}
EVERY: dict[str, timedelta] = {
    "clear_expired": timedelta(hours=1),
    "back_up": timedelta(days=1),
}
