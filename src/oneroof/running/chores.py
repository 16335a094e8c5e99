"""Jobs of the house itself: what has expired goes, and a backup is made each day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import structlog
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from oneroof.journal import jobs
from oneroof.running import backups

KEPT = timedelta(days=30)  # how long jobs that are done stay


def clear_expired() -> None:
    """Remove sessions and, after a month, tokens that have expired, and jobs done a month ago."""
    SessionStore.clear_expired()
    now = timezone.now()
    jobs.forget(now - KEPT)
    for kind in ("IdempotencyKey", "Answer"):
        _remove_expired(kind, now)


def _remove_expired(kind: str, now: object) -> None:
    """Remove rows of a kind, where the house has it, whose ``expires_at`` is over."""
    try:
        model = apps.get_model("oneroof", kind)
    except LookupError:
        return
    if any(field.name == "expires_at" for field in model._meta.concrete_fields):
        model._base_manager.filter(expires_at__lt=now).delete()


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
