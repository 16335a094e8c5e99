"""The server's door."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oneroof.settings")
application = get_wsgi_application()
# All addresses are loaded now: the first request is as quick as the next.
_ = get_resolver().url_patterns
