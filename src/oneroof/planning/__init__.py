"""The planning core: a problem in tables becomes a plan, with no web and no database.

Compiled loops over neighbouring values become vector instructions only where numba is told so before it is imported.
The threads that numpy keeps for products wait awake and would take the cores from ours.
"""

import os

os.environ.setdefault("NUMBA_SLP_VECTORIZE", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
