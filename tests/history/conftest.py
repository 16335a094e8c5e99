"""The same owners and items as the tests of the journal."""

from tests.journal.conftest import add, busy, change, denmark, netherlands

__all__ = ["add", "busy", "change", "denmark", "netherlands"]
