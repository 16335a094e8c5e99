"""All addresses, one line a feature."""

from __future__ import annotations

from django.urls import include, path

from oneroof.api import api

urlpatterns = [
    path("", include("oneroof.access.people_urls")),  # some of them in place of allauth's own
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
    path("", include("oneroof.access.urls")),
    path("", include("oneroof.briefings.urls")),
    path("", include("oneroof.catalogue.urls")),
    path("", include("oneroof.logistics.urls")),
    path("", include("oneroof.directory.urls")),
    path("", include("oneroof.staffing.urls")),
    path("", include("oneroof.sources.urls")),
    path("", include("oneroof.history.urls")),
]
handler400 = "oneroof.access.look.bad_request"
handler403 = "oneroof.access.look.forbidden"
handler404 = "oneroof.access.look.not_found"
handler500 = "oneroof.access.look.our_fault"
