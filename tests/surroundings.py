"""Loaded before everything else: where tests of the house keep their home folder, and which database they use."""

import os
import tempfile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oneroof.settings")
os.environ.setdefault("ONEROOF_HOME", tempfile.mkdtemp(prefix="oneroof-tests-"))
# Most tests sign people in without a second factor; those of sign-in ask for it (tests/access/test_sign_in.py).
os.environ.setdefault("ONEROOF_SECOND_FACTOR", "False")
