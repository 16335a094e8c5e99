"""Release of records, secondments, people: what changes who sees what."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone
from django.utils.translation import gettext as _

from oneroof.access.models import ApiToken, Person, Record, ReleaseSet, ReleaseSetParty
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import acting
from oneroof.journal.errors import Refused
from oneroof.journal.versions import Version
from oneroof.nations.models import Party


def release_set(parties: Iterable[Party] = (), *, public: bool = False) -> ReleaseSet:
    """The frozen list of these parties, made when it is asked for first; ``public`` means everybody."""
    chosen = sorted(set(parties), key=lambda party: party.code)
    words = "public" if public else " ".join(party.code for party in chosen)
    found, made = ReleaseSet.objects.get_or_create(
        key=hashlib.sha256(words.encode()).hexdigest(), defaults={"public": public}
    )
    if made and not public:
        ReleaseSetParty.objects.bulk_create(ReleaseSetParty(release_set=found, party=party) for party in chosen)
    return found


def includes(wide: ReleaseSet, narrow: ReleaseSet) -> bool:
    """Whether every party of the second set is in the first."""
    if wide.public or wide.pk == narrow.pk:
        return True
    if narrow.public:
        return False
    inside = ReleaseSetParty.objects.filter(release_set=wide).values("party")
    return not ReleaseSetParty.objects.filter(release_set=narrow).exclude(party__in=inside).exists()


def check_detail(to: ReleaseSet, detail_to: ReleaseSet) -> None:
    """Refuse a detail set that is wider than the release set."""
    if not includes(to, detail_to):
        told = _(
            "Details go to some of the parties that see the record, not to more. Add them above or leave them out here."
        )
        raise Refused({"detail_releasable_to": [told]})


def change_release(
    viewer: Viewer,
    record: Record,
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet,
    embargo_until: datetime | None,
    why: str,
    version: Version | None = None,
) -> None:
    """The owner widens or narrows who sees a record; what was read before can't be unread.

    Raises `Refused` (no reason, detail wider than release), `NotYours`, `Stale`.
    """
    if not why.strip():
        raise Refused({"why": [_("Say why the release changes: it stays in the history.")]})
    check_detail(to, detail_to)
    with acting(viewer, "release", why) as act:
        record.releasable_to, record.detail_releasable_to, record.embargo_until = to, detail_to, embargo_until
        act.write(record, version=version)


def note_use(token: ApiToken) -> None:
    """Keep the day on which a token was last used; no event, and one write a day."""
    today = timezone.localdate()
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)


def join_account(person: Person, provider: str, subject: str) -> None:
    """Join a person to the account that a sign-in server calls ``subject``; raises `Refused` where it is joined."""
    if SocialAccount.objects.filter(provider=provider, uid=subject).exists():
        told = _("This account is already joined to a person. Take it away there first.")
        raise Refused({"subject": [told]})
    SocialAccount.objects.create(user=person, provider=provider, uid=subject)


def part_accounts(person: Person) -> int:
    """Take every outside account away from a person; how many there were."""
    return int(SocialAccount.objects.filter(user=person).delete()[0])


def drop_factors(person: Person) -> int:
    """Take away a person's second factors: authenticator application, passkeys, recovery codes; how many."""
    return int(Authenticator.objects.filter(user=person).delete()[0])


def forget_addresses(person: Person) -> int:
    """Take away the addresses that sign-in keeps beside a person's own; how many there were."""
    return int(EmailAddress.objects.filter(user=person).delete()[0])
