"""Run in a house of its own: for each line on standard input (``once``: once), what its tables hold."""

from __future__ import annotations

import json
import sys
from collections import Counter

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from oneroof.access.viewer import Viewer, looking  # noqa: E402
from oneroof.catalogue.models import Item  # noqa: E402
from oneroof.journal.models import Event  # noqa: E402
from oneroof.nations.models import Party  # noqa: E402
from oneroof.running.chains import broken_chains  # noqa: E402


def count() -> dict[str, object]:
    """Codes of Denmark's items, the events of each record, breaks of the journal."""
    denmark = Party.objects.get(code="DNK").pk
    reader = Viewer(person=denmark, party=denmark, role="reader", parties=(denmark,))
    with looking(reader):
        items = {str(item.pk): item.code for item in Item.objects.visible_to(reader)}
        events = Counter(str(event.record) for event in Event.objects.filter(kind="item"))
    connection.close()
    number, breaks = broken_chains(**settings.BACKUP_DATABASE)
    return {"items": items, "events": events, "number": number, "breaks": breaks}


if __name__ == "__main__":
    for _line in [""] if sys.argv[1:] == ["once"] else sys.stdin:
        print(json.dumps(count()), flush=True)
