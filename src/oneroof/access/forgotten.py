"""Forgotten passwords by e-mail: whoever asks gets the same answer for the same work; a job sends the letter.

A letter sent while somebody waits would tell by its time that the address has an account.
"""

from __future__ import annotations

from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from oneroof.access.models import Person
from oneroof.journal import jobs


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks for an e-mail address; known or not, one job is put."""

    def save(self, request: HttpRequest, **kwargs: object) -> str:
        """Put the job; the key of the person, or nothing, is all that it holds."""
        person = next(iter(self.users), None)
        jobs.ask("send_reset", person=str(person.pk) if person is not None else "")
        return str(self.cleaned_data["email"])


def send_reset(person: str) -> None:
    """The job: send a letter with the way to a new password, in the person's language; for nobody nothing."""
    found = Person.objects.filter(pk=person, is_active=True).first() if person else None
    if found is None:
        return
    uid, key = user_pk_to_url_str(found), default_token_generator.make_token(found)
    place = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
    with translation.override(found.language):
        letter = _(
            "Somebody asked for a new password for your account. If it was you, open this address:\n\n{address}\n\n"
            "Else do nothing: your password stays."
        ).format(address=f"{settings.ADDRESS}{place}")
        send_mail(_("A new password for OneRoof"), letter, None, [found.email])
