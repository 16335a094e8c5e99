"""Forms about sources and citations."""

from __future__ import annotations

from oneroof.access.record_form import RecordForm
from oneroof.sources.models import Citation, Source


class SourceForm(RecordForm):
    """A source and its grade."""

    class Meta:
        model = Source
        fields = ("publisher", "title", "published_on", "url", "language", "reliability", "note")


class CitationForm(RecordForm):
    """What a source says of a record, and how credible that is."""

    class Meta:
        model = Citation
        fields = ("source", "about", "claim", "place", "credibility")
