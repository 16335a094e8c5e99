"""The planning core: a problem in tables becomes a plan, with no web and no database.

Compiled loops over neighbouring values become vector instructions only where numba is told so before it is imported.
"""

import os

os.environ.setdefault("NUMBA_SLP_VECTORIZE", "1")
