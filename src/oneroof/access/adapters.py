"""How sign-in behaves: nobody signs up by themselves; an unknown account from outside gets no rights."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render


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

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Stop an account that nobody joined to a person, and a check that was too weak, with a page that says so."""
        if not sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            self.stop(request, sociallogin)
        claims = (sociallogin.account.extra_data or {}).get("id_token") or {}
        if settings.OIDC_STRENGTH and claims.get("acr") != settings.OIDC_STRENGTH:
            page = render(request, "access/too_weak.html", {"asked": settings.OIDC_STRENGTH}, status=403)
            raise ImmediateHttpResponse(page)

    def stop(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        """The page for an account without rights, with the subject that an administrator needs."""
        page = render(request, "access/unknown_account.html", {"subject": sociallogin.account.uid}, status=403)
        raise ImmediateHttpResponse(page)


class Factors(DefaultMFAAdapter):
    """Second factors: secrets are kept encrypted, so that a copy of the database alone makes no codes."""

    def encrypt(self, text: str) -> str:
        """A secret as it is kept."""
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A kept secret as it is used."""
        return cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """The name beside the code in an authenticator application."""
        return "OneRoof"


def cipher() -> MultiFernet:
    """Encrypts under a key made from the secret key; reads what earlier secret keys encrypted."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(Fernet(base64.urlsafe_b64encode(digest(key))) for key in keys)


def digest(key: str) -> bytes:
    """32 bytes from the secret key, for this use alone."""
    return hashlib.blake2b(key.encode(), digest_size=32, person=b"second factors").digest()
