"""The one Django app: its label is in every table's name."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OneRoof(AppConfig):
    """All features of the house."""

    name = "oneroof"
    label = "oneroof"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """After migrations PostgreSQL's role gets its rights and the journal its readers; sign-ins are noted."""
        from oneroof.access.event_security import open_events  # noqa: PLC0415 models are not loaded before this
        from oneroof.access.row_security import grant  # noqa: PLC0415
        from oneroof.access.sign_in import listen  # noqa: PLC0415
        from oneroof.running.logs import note_sign_ins  # noqa: PLC0415 the same

        note_sign_ins()
        post_migrate.connect(grant, sender=self)
        post_migrate.connect(open_events, sender=self)
        listen()
