"""The same items as the tests of the journal."""

from tests.journal.conftest import add, busy, change

__all__ = ["add", "busy", "change"]
