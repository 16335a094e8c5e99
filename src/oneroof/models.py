"""All tables, one line a feature: Django finds every record here."""

from oneroof.access.models import ApiToken, Person, ReleaseSet, ReleaseSetParty, Secondment
from oneroof.catalogue.models import Item
from oneroof.journal.models import Checkpoint, Event, Job, KeptAnswer
from oneroof.nations.models import Party

__all__ = [
    "ApiToken",
    "Checkpoint",
    "Event",
    "Item",
    "Job",
    "KeptAnswer",
    "Party",
    "Person",
    "ReleaseSet",
    "ReleaseSetParty",
    "Secondment",
]
