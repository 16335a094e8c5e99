"""All addresses, one line a feature."""

from __future__ import annotations

from django.urls import include, path

from oneroof.api import api

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
    path("", include("oneroof.catalogue.urls")),
]
