"""All tables, one line a feature: Django finds every record here."""

from oneroof.access.models import Person, ReleaseSet, ReleaseSetParty, Secondment
from oneroof.catalogue.models import Item
from oneroof.journal.models import Event, KeptAnswer
from oneroof.nations.models import Party

__all__ = ["Event", "Item", "KeptAnswer", "Party", "Person", "ReleaseSet", "ReleaseSetParty", "Secondment"]
