"""All tables, one line a feature: Django finds every record here."""

from oneroof.access.models import ApiToken, Person, ReleaseSet, ReleaseSetParty, Secondment
from oneroof.catalogue.models import Item
from oneroof.journal.models import Event, KeptAnswer
from oneroof.nations.models import Coalition, CoalitionMember, Group, Partnership, Party
from oneroof.sources.models import Citation, Source
from oneroof.staffing.models import ContactDetail, ContactPoint, LiaisonDetail, LiaisonPost

__all__ = ["ApiToken", "Event", "Item", "KeptAnswer", "Party", "Person", "ReleaseSet", "ReleaseSetParty", "Secondment"]
__all__ = [
    "Citation",
    "Coalition",
    "CoalitionMember",
    "ContactDetail",
    "ContactPoint",
    "Event",
    "Group",
    "Item",
    "KeptAnswer",
    "LiaisonDetail",
    "LiaisonPost",
    "Partnership",
from oneroof.journal.models import Checkpoint, Event, Job, KeptAnswer
from oneroof.nations.models import Party

__all__ = [
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
    "Source",
]
