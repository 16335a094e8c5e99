"""Reads settings from environment variables; what is wrong is collected, so that all of it is told at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches

YES, NO = ("True", "true", "1", "yes"), ("False", "false", "0", "no")

# Variables that commands and tests read themselves; docs/settings.md has those of commands as well.
ELSEWHERE = (
    "ONEROOF_DASK",
    "ONEROOF_GAP",
    "ONEROOF_HOST",
    "ONEROOF_PORT",
    "ONEROOF_SHARED",
    "ONEROOF_TEST_POSTGRESQL",
    "ONEROOF_THREADS",
    "ONEROOF_WORKERS",
)


class Environment:
    """Variables as they are asked for, each with its default; ``faults`` has what is wrong with them, and the cure."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self.given = os.environ if given is None else given
        self.defaults: dict[str, str] = {}
        self.faults: list[str] = []

    def text(self, name: str, default: str) -> str:
        """Text; an empty value counts as not set."""
        self.defaults[name] = default
        return self.given.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        """True or False; anything else is a fault."""
        value = self.text(name, str(default))
        if value not in (*YES, *NO):
            self.wrong(f"{name} is {value!r}, but a flag is True or False. Set {name}=True or {name}=False.")
            return default
        return value in YES

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number within its limits; anything else is a fault."""
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdecimal()) or not least <= int(value) <= most:
            self.wrong(f"{name} is {value!r}, but it is a whole number from {least} to {most}. Mend it or unset it.")
            return default
        return int(value)

    def one_of(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One word of a list; anything else is a fault."""
        value = self.text(name, default)
        if value not in choices:
            self.wrong(f"{name} is {value!r}, but it is one of {', '.join(choices)}. Mend it or unset it.")
            return default
        return value

    def wrong(self, told: str) -> None:
        """Note a fault: where, what, why, cure."""
        self.faults.append(told)

    def unknown(self) -> list[str]:
        """A warning for each variable whose name begins like ours and is none of ours, with the nearest name."""
        ours = [name.removeprefix("ONEROOF_") for name in (*self.defaults, *ELSEWHERE)]
        told = []
        for name in sorted(self.given):
            word = name.removeprefix("ONEROOF_")
            if name != word and word not in ours:
                near = get_close_matches(word, ours, n=1, cutoff=0.6)
                cure = f"Did you mean ONEROOF_{near[0]}?" if near else "Every name stands in docs/settings.md."
                told.append(f"{name} is set, but OneRoof has no such setting. {cure}")
        return told
