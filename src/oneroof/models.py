"""All tables, one line a feature: Django finds every record here."""

import oneroof.access.models
import oneroof.catalogue.models
import oneroof.journal.models
import oneroof.logistics.models
import oneroof.nations.models
import oneroof.sources.models
import oneroof.staffing.models  # noqa: F401 loaded for Django
from oneroof.access.models import ApiToken, Person, ReleaseSet, ReleaseSetParty, Secondment
from oneroof.catalogue.models import Item, ItemDetail, ItemImage, ItemName, Package, PackagePart, Substitute
from oneroof.journal.models import Checkpoint, Event, Job, KeptAnswer
from oneroof.logistics.models import Closure, Leg, LegDetail, Node, NodeDetail
from oneroof.nations.models import Coalition, CoalitionMember, Group, Partnership, Party
from oneroof.sources.models import Citation, Source
from oneroof.staffing.models import ContactDetail, ContactPoint, LiaisonDetail, LiaisonPost

__all__ = [
    "ApiToken",
    "Checkpoint",
    "Citation",
    "Closure",
    "Coalition",
    "CoalitionMember",
    "ContactDetail",
    "ContactPoint",
    "Event",
    "Group",
    "Item",
    "ItemDetail",
    "ItemImage",
    "ItemName",
    "Job",
    "KeptAnswer",
    "Leg",
    "LegDetail",
    "LiaisonDetail",
    "LiaisonPost",
    "Node",
    "NodeDetail",
    "Package",
    "PackagePart",
    "Partnership",
    "Party",
    "Person",
    "ReleaseSet",
    "ReleaseSetParty",
    "Secondment",
    "Source",
    "Substitute",
]
