"""Who acts besides a viewer: the house itself by its command line, and a person on what is their own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import models

from oneroof.access.models import ApiToken, Person
from oneroof.access.roles import PARTIES, PEOPLE
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import kind_of


@dataclass(frozen=True)
class House:
    """Whoever runs a command on the machine: makes accounts and parties, and writes no party's records."""

    person: uuid.UUID | None = None
    party: uuid.UUID | None = None
    role: str = ""

    def may_write(self, record: models.Model) -> bool:
        """People, secondments and parties alone."""
        return kind_of(record) in PEOPLE | PARTIES

    def sees(self, record: models.Model) -> bool:
        """What the house writes, it sees."""
        return self.may_write(record)


@dataclass(frozen=True)
class Oneself:
    """A person in what belongs to them: their account and their tokens, whatever their role."""

    person: uuid.UUID
    party: uuid.UUID | None = None
    role: str = ""

    @classmethod
    def of(cls, viewer: Viewer) -> Oneself:
        """The viewer as owner of their account; raises ValueError for the public."""
        if viewer.person is None:
            raise ValueError("nobody is signed in")
        return cls(viewer.person, viewer.party, viewer.role)

    def may_write(self, record: models.Model) -> bool:
        """One's own account and one's own tokens."""
        if isinstance(record, ApiToken):
            return bool(record.secondment.person_id == self.person)
        return isinstance(record, Person) and record.pk == self.person

    def sees(self, record: models.Model) -> bool:
        """What is one's own."""
        return self.may_write(record)
