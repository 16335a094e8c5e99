"""All tables, one line a feature: Django finds every record here."""

import oneroof.access.models
import oneroof.catalogue.models
import oneroof.journal.models
import oneroof.logistics.models
import oneroof.nations.models
import oneroof.sources.models
import oneroof.staffing.models  # noqa: F401 loaded for Django
