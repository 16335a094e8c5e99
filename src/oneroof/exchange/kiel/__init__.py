"""A release of the Ukraine Support Tracker of the Kiel Institute becomes a problem of outstanding deliveries.

See docs/how-to-import-the-tracker.md for what is taken, what is left out and what is made up.
"""

from oneroof.exchange.kiel.importing import import_kiel
from oneroof.exchange.kiel.report import Report

__all__ = ["Report", "import_kiel"]
