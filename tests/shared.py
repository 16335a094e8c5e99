"""Where the shared bench and data lie, and the mark for tests that need them."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("ONEROOF_SHARED", Path(__file__).parents[2] / "shared"))
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared bench and data are not here; set ONEROOF_SHARED to their folder"
)
