"""Parties and how they belong together: reference records that everybody inside may read."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Party(models.Model):
    """A nation, an organisation, or a part of one: whoever may own records."""

    class Kind(models.TextChoices):
        """What sort of party this is."""

        NATION = "nation", _("nation")
        ORGANISATION = "organisation", _("international organisation")
        HEADQUARTERS = "headquarters", _("headquarters")
        MINISTRY = "ministry", _("ministry")
        AGENCY = "agency", _("agency")
        UNIT = "unit", _("unit")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(
        _("code"),
        max_length=20,
        unique=True,
        help_text=_("ISO 3166 alpha-3 for a nation (DNK); a short name for a body (NATO)."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NATION)
    name = models.CharField(_("name"), max_length=120, help_text=_("In English."))
    name_uk = models.CharField(_("name in Ukrainian"), max_length=120, blank=True)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("part of"), related_name="parts"
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name_uk if get_language() == "uk" and self.name_uk else self.name
