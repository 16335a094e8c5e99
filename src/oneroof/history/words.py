"""The verbs of actions as the log says them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

VERBS: dict[str, Any] = {
    "add": pgettext_lazy("log", "added"),
    "change": pgettext_lazy("log", "changed"),
    "release": pgettext_lazy("log", "changed who may see it"),
    "remove": pgettext_lazy("log", "removed"),
    "import": pgettext_lazy("log", "imported"),
    "cite": pgettext_lazy("log", "cited a source"),
    "change_end": pgettext_lazy("log", "changed the end"),
    "second": pgettext_lazy("log", "seconded"),
    "part_name": pgettext_lazy("log", "removed the name"),
    # A liaison post moves one step on; its statuses are the verbs.
    "proposed": pgettext_lazy("log", "proposed"),
    "discussed": pgettext_lazy("log", "began to discuss"),
    "agreed": pgettext_lazy("log", "agreed"),
    "open": pgettext_lazy("log", "opened"),
    "shelved": pgettext_lazy("log", "shelved"),
    "closed": pgettext_lazy("log", "closed"),
}
