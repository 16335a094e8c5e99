"""Run in a house of its own: three parties, one of Denmark's people, signed in; prints the cookie of the session."""

from __future__ import annotations

from datetime import date

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from oneroof.access.models import Person, Secondment  # noqa: E402
from oneroof.nations.models import Party  # noqa: E402


def main() -> None:
    """Make them and print the key of the session."""
    names = {"DNK": "Denmark", "NLD": "Netherlands", "UKR": "Ukraine"}
    parties = {code: Party.objects.get_or_create(code=code, defaults={"name": name})[0] for code, name in names.items()}
    person = Person.objects.create(email="jensen@example.org", name="Jensen", demonstration=True)
    Secondment.objects.create(
        person=person, party=parties["DNK"], role="donor_representative", starts_on=date(2024, 7, 11)
    )
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    print(session.session_key)


if __name__ == "__main__":
    main()
