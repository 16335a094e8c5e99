"""Waiting jobs: asked for, claimed by one worker at a time, tried again when a worker dies or fails.

A job may be carried out more than once (a worker that is killed just before it says that it is done): whatever a job
does, doing it twice must be the same as doing it once.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from oneroof.journal.models import Job

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
FIRST_WAIT = timedelta(seconds=30)  # before the second attempt; it doubles each time


@dataclass(frozen=True)
class Claimed:
    """A job that is ours until ``lease_until``; ``claim`` proves it."""

    id: uuid.UUID
    kind: str
    arguments: Mapping[str, Any]
    claim: uuid.UUID
    attempt: int


def ask(kind: str, *, once: str | None = None, due_at: datetime | None = None, **arguments: Any) -> bool:
    """Put a job; False where one with the same ``once`` was put before. Within a transaction it comes with it."""
    now = timezone.now()
    job = Job(kind=kind, arguments=arguments, once=once, asked_at=now, due_at=due_at or now)
    return bool(Job.objects.bulk_create([job], ignore_conflicts=True)) and Job.objects.filter(pk=job.pk).exists()


def claim(now: datetime | None = None) -> Claimed | None:
    """The job that has waited longest, now ours, or None. Two workers never hold the same one at a time.

    A job whose lease ran out is claimed anew; one that has been tried too often ends as failed.
    """
    now = now or timezone.now()
    free = models.Q(lease_until=None) | models.Q(lease_until__lte=now)
    waiting = Job.objects.filter(free, ended_at=None, due_at__lte=now)
    while (job := waiting.order_by("due_at", "id").first()) is not None:
        mine = Job.objects.filter(pk=job.pk, claim=job.claim, ended_at=None, attempts=job.attempts)
        if job.attempts >= MOST_ATTEMPTS:
            mine.update(ended_at=now, failure=job.failure or "the worker died each time")
            continue
        key = uuid.uuid4()
        if mine.update(claim=key, lease_until=now + LEASE, attempts=job.attempts + 1):
            return Claimed(job.pk, job.kind, job.arguments, key, job.attempts + 1)
    return None


def hold(job: Claimed, now: datetime | None = None) -> bool:
    """Make the lease longer while the work goes on; False where it was lost to another worker."""
    until = (now or timezone.now()) + LEASE
    return bool(_held(job).update(lease_until=until))


def done(job: Claimed) -> bool:
    """Say that it is done; False where the lease was lost and another worker is at it."""
    return bool(_held(job).update(ended_at=timezone.now(), lease_until=None, failure=""))


def failed(job: Claimed, failure: str) -> bool:
    """Say that it failed: it waits and is tried again, or ends for good; False where the lease was lost."""
    now = timezone.now()
    if job.attempt >= MOST_ATTEMPTS:
        return bool(_held(job).update(ended_at=now, lease_until=None, failure=failure[:200]))
    later = now + FIRST_WAIT * 2 ** (job.attempt - 1)
    return bool(_held(job).update(claim=None, lease_until=None, due_at=later, failure=failure[:200]))


def forget(before: datetime) -> None:
    """Remove jobs that were done before an instant; those that failed stay until somebody has looked."""
    Job.objects.filter(ended_at__lt=before, failure="").delete()


def _held(job: Claimed) -> models.QuerySet[Job]:
    return Job.objects.filter(pk=job.id, claim=job.claim, ended_at=None)
