"""All tables, one line a feature: Django finds every record here."""

import oneroof.access.models
import oneroof.catalogue.models
import oneroof.journal.models
import oneroof.nations.models
import oneroof.sources.models
import oneroof.staffing.models  # noqa: F401 loaded for Django
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
