"""How sign-in behaves: nobody signs up by themselves; an unknown account from outside gets no rights."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class Accounts(DefaultAccountAdapter):
    """Local accounts are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False


class OutsideAccounts(DefaultSocialAccountAdapter):
    """Accounts of an OIDC server are joined to people by issuer and subject, by an administrator."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        """An account that nobody joined to a person signs in to nothing."""
        return False
