"""Words that make no password: those of the house itself, which whoever guesses tries first."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from oneroof.nations.models import Party

# The list that ASVS 6.1.2 asks for; names and codes of parties, and of the server, come to it.
WORDS = (
    "administrator",
    "assistance",
    "coalition",
    "donor",
    "headquarters",
    "nato",
    "nsatu",
    "oneroof",
    "password",
    "planner",
    "ukraine",
    "welcome",
)
# So many letters must be left when the words are taken out.
LEAST = 8


class ContextValidator:
    """Refuses passwords that are made of the house's own words, with digits and signs around them."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError where fewer than `LEAST` letters are left without those words."""
        left = re.sub(r"[\W\d_]+", " ", password.casefold())
        for word in sorted(house_words(), key=len, reverse=True):
            left = left.replace(word, " ")
        taken = len(left.replace(" ", "")) < len(re.sub(r"[\W\d_]", "", password))
        if taken and len(left.replace(" ", "")) < LEAST:
            raise ValidationError(self.get_help_text(), code="password_of_the_house")

    def get_help_text(self) -> str:
        """What is asked of a password."""
        return _("A password is not made of words of this house: its name, its parties, its roles. Take other words.")


def house_words() -> set[str]:
    """The words of the list, of the server's name, and of parties in both languages; three letters at least."""
    host = urlsplit(settings.ADDRESS).hostname or ""
    names = [part for row in Party.objects.values_list("code", "name", "name_uk") for part in row]
    return {word for text in (*WORDS, host, *names) for word in re.findall(r"[^\W\d_]{3,}", text.casefold())}
