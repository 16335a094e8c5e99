"""What may stand in the way of running the server."""

from __future__ import annotations


class BackupError(Exception):
    """A backup or a restore that can't be; the text says what, why and the cure."""
