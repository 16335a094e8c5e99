"""What an action may answer instead of doing it.

* Refused          not now, or not like this: the message says where, what, why, cure
  - NotYours       you may see it, but writing it is another party's or another role's
  - Stale          somebody changed it since you read it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _


class Refused(Exception):
    """An action that was not done; ``faults`` has all faults by field, ``""`` for the record as a whole."""

    def __init__(self, faults: str | Mapping[str, Sequence[str]]) -> None:
        self.faults: dict[str, list[str]] = (
            {"": [faults]} if isinstance(faults, str) else {field: list(told) for field, told in faults.items()}
        )
        super().__init__(" ".join(message for told in self.faults.values() for message in told))


class NotYours(Refused):
    """The record is visible, but its owner, or another role, writes it."""


class Stale(Refused):
    """The record has another version than the one that was read."""


def nothing_there() -> str:
    """The fault of naming a record that is not there, or that the writer can't see: one sentence for both."""
    return _("There is no such record. Choose one of the list.")
