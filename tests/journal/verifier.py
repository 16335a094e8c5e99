"""The one-file verifier, loaded from where it lies, as somebody outside runs it."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

PLACE = Path(__file__).resolve().parents[2] / "tools" / "verify_journal.py"
_spec = spec_from_file_location("verify_journal", PLACE)
assert _spec is not None
assert _spec.loader is not None
alone = module_from_spec(_spec)
_spec.loader.exec_module(alone)
