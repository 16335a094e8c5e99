"""Sources with their grade, and what each says of a record."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from oneroof.access.kinds import record_kinds
from oneroof.access.models import Record
from oneroof.access.visibility import Walled
from oneroof.journal.actions import kind_of
from oneroof.nations.models import Coalition, Partnership, Party

if TYPE_CHECKING:
    from oneroof.access.viewer import Viewer

# Kinds without walls that may cite sources.
OPEN_KINDS = (Party, Partnership, Coalition)


class Source(Record):
    """A publication that says something, with how far its publisher is to be trusted."""

    class Reliability(models.TextChoices):
        """The publisher's record so far, in the letters of the Admiralty code."""

        A = "A", _("A: completely reliable")
        B = "B", _("B: usually reliable")
        C = "C", _("C: fairly reliable")
        D = "D", _("D: not usually reliable")
        E = "E", _("E: unreliable")
        F = "F", _("F: can’t be judged")

    publisher = models.CharField(_("publisher"), max_length=160)
    title = models.CharField(_("title"), max_length=300)
    published_on = models.DateField(_("date"), null=True, blank=True, help_text=_("Day of publication, if known."))
    url = models.CharField(
        _("address"),
        max_length=600,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=_("Where it can be read: https://www.nato.int/…"),
    )
    language = models.CharField(
        _("language"), max_length=12, default="en", help_text=_("Code of its language: en, uk, de.")
    )
    reliability = models.CharField(_("reliability"), max_length=1, choices=Reliability)
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("What a reader should know of it."))

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("publisher", "title", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "url"),
                condition=~Q(url=""),
                name="source_url_of_owner",
                violation_error_message=_("You already have a source with this address. Change that one."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("source", args=[self.pk])


class Citations(Walled["Citation"]):
    """Citations are seen where the citation, its source and the cited record are all three seen."""

    def wall(self, viewer: Viewer) -> Q:
        """The wall of the citation itself, of its source, and of the record that it is about, kind by kind."""
        return self.wall_of(viewer, citable())

    def wall_of(self, viewer: Viewer, kinds: Iterable[str]) -> Q:
        """The wall of citations about some kinds of records."""
        cited = Q(pk__in=())
        for word in kinds:
            cited |= Q(kind=word, record__in=visible(viewer, word).values("pk"))
        return super().wall(viewer) & Q(source__in=Source.objects.visible_to(viewer).values("pk")) & cited

    def stands(self, viewer: Viewer, record: models.Model) -> bool:
        """Whether a citation is visible; only the kind that it is about is asked for, which is much quicker."""
        kinds = {kind for kind in citable() if isinstance(record, Citation) and kind == record.kind}
        return self.within(viewer, self.wall_of(viewer, kinds)).filter(pk=record.pk).exists()


class Citation(Record):
    """What one source says of one record, with how credible that is."""

    class Credibility(models.IntegerChoices):
        """How far what is said is borne out by others, in the digits of the Admiralty code."""

        CONFIRMED = 1, _("1: confirmed by others")
        PROBABLE = 2, _("2: probably true")
        POSSIBLE = 3, _("3: possibly true")
        DOUBTFUL = 4, _("4: doubtful")
        IMPROBABLE = 5, _("5: improbable")
        UNKNOWN = 6, _("6: can’t be judged")

    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("source"))
    kind = models.CharField(_("kind"), max_length=40, editable=False, help_text="Kind of the cited record.")
    record = models.UUIDField(_("record"), editable=False)
    about = models.CharField(
        _("about"), max_length=80, help_text=_("The matter in a word or two, alike for all sources: capacity, lead.")
    )
    claim = models.CharField(_("what it says"), max_length=500, help_text=_("In one sentence, with figure and unit."))
    place = models.CharField(_("where in it"), max_length=80, blank=True, help_text=_("Page, paragraph, row."))
    credibility = models.PositiveSmallIntegerField(_("credibility"), choices=Credibility)

    objects = Citations()

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ("about", "credibility", "id")
        indexes = (models.Index(fields=("kind", "record"), name="citation_of_record"),)
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "source", "kind", "record", "about", "claim"),
                name="citation_once_of_owner",
                violation_error_message=_("You already cite this source with these words. Change that citation."),
            ),
        )

    def __str__(self) -> str:
        return self.claim

    def clean(self) -> None:
        """Refuse a kind of record that cites nothing."""
        super().clean()
        if self.kind not in citable():
            raise ValidationError(_("There is no such record."))


@cache
def citable() -> dict[str, Any]:
    """The kinds that may cite sources: every kind of record under the walls but these two, and the open ones."""
    every = {kind_of(kind): kind for kind in OPEN_KINDS} | record_kinds()
    return {word: kind for word, kind in every.items() if kind not in (Source, Citation)}


def visible(viewer: Viewer, kind: str) -> Any:
    """What a viewer sees of a kind that may cite sources; nothing of another kind."""
    found = citable().get(kind)
    if found is None:
        return Source.objects.visible_to(viewer).none()
    if found not in OPEN_KINDS:
        return found.objects.visible_to(viewer)
    open_kind = found
    return open_kind.objects.all() if viewer.person is not None else open_kind.objects.none()
