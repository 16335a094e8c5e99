"""The worker's loop: ask for what is due by the clock, claim a job, do it, say so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from django.db import close_old_connections, connection
from django.utils import timezone

from oneroof.jobs import EVERY, JOBS
from oneroof.journal import jobs

PAUSE = 1.0  # seconds between looks for work
log = structlog.get_logger(__name__)


def ask_what_is_due(now: datetime | None = None) -> None:
    """Put each job of the clock once in its hour or day, however many workers there are."""
    now = now or timezone.now()
    for kind, every in EVERY.items():
        slot = int(now.timestamp() // every.total_seconds())
        if not jobs.Job.objects.filter(once=f"{kind} {slot}").exists():
            jobs.ask(kind, once=f"{kind} {slot}", due_at=datetime.fromtimestamp(slot * every.total_seconds(), UTC))


def work(stopped: Callable[[], bool], pause: Callable[[float], object], *, once: bool = False) -> int:
    """Carry out jobs until ``stopped``; with ``once`` until none waits. How many were done."""
    number = 0
    while not stopped():
        ask_what_is_due()
        job = jobs.claim()
        if job is not None:
            number += carry_out(job)
        elif once:
            break
        else:
            pause(PAUSE)
            close_old_connections()
    return number


def carry_out(job: jobs.Claimed) -> bool:
    """Do one job; whatever it raises becomes a failure that is tried again later."""
    told = log.bind(job=str(job.id), kind=job.kind, attempt=job.attempt)
    told.info("job_started")
    try:
        with _holding(job):
            JOBS[job.kind](**job.arguments)
    except Exception as error:
        told.exception("job_failed")
        jobs.failed(job, type(error).__name__)
        return False
    told.info("job_done")
    return jobs.done(job)


@contextmanager
def _holding(job: jobs.Claimed) -> Iterator[None]:
    """Make the lease longer every third of it while the work goes on."""
    ended = threading.Event()

    def hold() -> None:
        while not ended.wait(jobs.LEASE.total_seconds() / 3):
            jobs.hold(job)
            connection.close()

    holder = threading.Thread(target=hold, daemon=True)
    holder.start()
    try:
        yield
    finally:
        ended.set()
        holder.join()
