"""Addresses of accounts, people, secondments, tokens and release."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path

from oneroof.access import account_views, own_needs, people_views, release_views
from oneroof.access.today import needs


def nowhere(request: HttpRequest, *_more: object) -> HttpResponse:
    """A page of allauth that the house does not have: e-mails and outside accounts are kept by administrators."""
    raise Http404


urlpatterns = [
    re_path(r"^accounts/(email|confirm-email|signup|3rdparty|inactive)/", nowhere),
    path("accounts/password/reset/", account_views.forgotten),
    path("accounts/password/set/", account_views.new_password),
    path("link/<str:key>/", account_views.link, name="link"),
    path("me/", account_views.me, name="me"),
    path("me/welcome/", account_views.welcome, name="welcome"),
    path("me/password/", account_views.new_password, name="new_password"),
    path("me/second-factor/", account_views.second_factor, name="second_factor"),
    path("me/waiting/", account_views.waiting, name="waiting"),
    path("me/no-role/", account_views.no_role, name="no_role"),
    path("me/secondments/", account_views.secondments, name="secondments"),
    path("me/sessions/", account_views.sessions, name="sessions"),
    path("me/sign-out-everywhere/", account_views.out_everywhere, name="out_everywhere"),
    path("me/tokens/", account_views.tokens, name="tokens"),
    path("me/tokens/add/", account_views.token_add, name="token_add"),
    path("me/tokens/<uuid:pk>/revoke/", account_views.token_revoke, name="token_revoke"),
    path("people/", people_views.people, name="people"),
    path("people/add/", people_views.person_add, name="person_add"),
    path("people/<uuid:pk>/", people_views.person, name="person"),
    path("people/<uuid:pk>/change/", people_views.person_change, name="person_change"),
    path("people/<uuid:pk>/link/", people_views.person_link, name="person_link"),
    path("people/<uuid:pk>/recovery/", people_views.person_recovery, name="person_recovery"),
    path("people/<uuid:pk>/factors/", people_views.person_factors, name="person_factors"),
    path("people/<uuid:pk>/outside/", people_views.person_outside, name="person_outside"),
    path("people/<uuid:pk>/second/", people_views.secondment_add, name="secondment_add"),
    path("secondments/<uuid:pk>/", people_views.secondment_end, name="secondment_end"),
    path("release/<slug:kind>/<uuid:pk>/", release_views.release, name="release"),
    path("release/<slug:kind>/<uuid:pk>/change/", release_views.release_change, name="release_change"),
    path("release/<slug:kind>/<uuid:pk>/preview/", release_views.release_preview, name="release_preview"),
]

needs += [own_needs.secondments, own_needs.tokens, own_needs.embargoes]
