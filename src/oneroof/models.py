"""All tables, one line a feature: Django finds every record here."""

from oneroof.access.models import ApiToken, Person, ReleaseSet, ReleaseSetParty, Secondment
from oneroof.catalogue.models import Item
from oneroof.journal.models import Event
from oneroof.nations.models import Party

__all__ = ["ApiToken", "Event", "Item", "Party", "Person", "ReleaseSet", "ReleaseSetParty", "Secondment"]
