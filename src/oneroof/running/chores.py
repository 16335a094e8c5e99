"""Jobs of the house itself: what has expired goes, and a backup is made each day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from oneroof.access.actors import House
from oneroof.access.models import ApiToken
from oneroof.access.viewer import PUBLIC, Viewer, looking
from oneroof.journal import jobs
from oneroof.journal.actions import acting
from oneroof.journal.models import KeptAnswer
from oneroof.nations.models import Party
from oneroof.running import backups

KEPT = timedelta(days=30)  # how long tokens that have expired and jobs that are done stay
RETRIES = timedelta(days=1)  # how long a request can be repeated with its Idempotency-Key


def clear_expired() -> None:
    """Remove sessions that have expired, answers kept for retries, tokens and done jobs after a month."""
    SessionStore.clear_expired()
    now = timezone.now()
    jobs.forget(now - KEPT)
    # Kept answers stand behind the wall of their party: only here is it opened to all, to remove and not to read.
    with looking(Viewer(parties=tuple(Party.objects.values_list("pk", flat=True)))):
        KeptAnswer.objects.filter(at__lt=now - RETRIES).delete()
    with looking(PUBLIC), acting(House(), "remove_token", "Expired") as act:
        for token in ApiToken.objects.filter(expires_at__lt=now - KEPT):
            act.remove(token)


def back_up() -> None:
    """Write a backup into ONEROOF_BACKUP_FOLDER, if one is named, and keep the newest ONEROOF_BACKUPS_KEPT."""
    if not settings.BACKUP_FOLDER:
        return
    folder = Path(settings.BACKUP_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"oneroof-{timezone.now():%Y%m%dT%H%M%SZ}.backup"
    backups.back_up(folder / name, with_keys=False)
    for old in sorted(folder.glob("oneroof-*.backup"))[: -settings.BACKUPS_KEPT]:
        old.unlink()
    structlog.get_logger(__name__).info("backed_up", file=name)
