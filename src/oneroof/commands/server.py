"""What the commands of the server share: Django made ready, and words where it can't be."""

from __future__ import annotations

import os

from oneroof.commands.ending import RefusedError
from oneroof.commands.screen import err, say

NEEDED = "pip install 'oneroof[server]'"


def ready(*, as_owner: bool = False) -> None:
    """Make Django ready; with ``as_owner`` on PostgreSQL as the role of ONEROOF_OWNER_DATABASE_URL, where that is set.

    Raises RefusedError where the server's packages are missing, with all faults of the settings at once.
    """
    try:
        import django
        from django.core.exceptions import ImproperlyConfigured
    except ImportError as error:
        raise RefusedError(f"This command needs the server, which is not installed here. Run: {NEEDED}") from error
    os.environ["DJANGO_SETTINGS_MODULE"] = "oneroof.settings"
    owner = os.environ.get("ONEROOF_OWNER_DATABASE_URL", "").strip()
    if as_owner and owner:
        os.environ["ONEROOF_DATABASE_URL"] = owner
    try:
        django.setup()
    except ImproperlyConfigured as error:
        faults = str(error).splitlines()
        count = "" if len(faults) == 1 else f"\n{len(faults)} settings are wrong. Nothing was started."
        raise RefusedError(str(error) + count) from error
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("oneroof"):
            raise
        raise RefusedError(f"The server needs {error.name}, which is not installed here. Run: {NEEDED}") from error
    from django.conf import settings

    for told in settings.UNKNOWN:
        say(told, to=err())


def answering() -> None:
    """RefusedError where the database does not answer."""
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except DatabaseError as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise RefusedError(
            f"The database does not answer: {first}. See whether it runs, and whether ONEROOF_DATABASE_URL names it."
        ) from error
