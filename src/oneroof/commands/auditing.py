"""``oneroof audit``: verify the journal, sign checkpoints of its chains, hand chains out, part names from events."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oneroof.commands.checking import Json
from oneroof.commands.ending import WRONG_INPUT, RefusedError
from oneroof.commands.screen import counted, err, say, say_json
from oneroof.commands.server import answering, ready

if TYPE_CHECKING:
    from oneroof.journal.verifying import Walked

app = typer.Typer(no_args_is_help=True, help="Verify the journal, sign and hand out checkpoints of its chains.")
HOUSE = "house"
Party = Annotated[str, typer.Option("--party", metavar="CODE", help="The party, or `house` for the house's own chain.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write; else standard output.")]


def open_journal() -> None:
    """Make Django ready as whoever reads the whole journal. Raises RefusedError where this role sees a part alone."""
    ready(as_owner=True)
    answering()
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(relowner, 'USAGE') OR NOT row_security_active(oid), current_user "
            "FROM pg_class WHERE oid = to_regclass('oneroof_event')"
        )
        whole, role = cursor.fetchone() or (True, "")
    if not whole:
        raise RefusedError(
            f"The role {role} sees the journal through the walls, so not all of it. Set ONEROOF_OWNER_DATABASE_URL to "
            "the role that owns the tables, and run this again."
        )


def refusals_as_words(refused: Any) -> RefusedError:
    """What the journal refused, as the command line tells it."""
    return RefusedError("\n".join(word for told in refused.faults.values() for word in told))


@app.command()
def verify(
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", metavar="FILE", help="Checkpoints kept elsewhere; repeatable.")
    ] = None,
    key: Annotated[
        list[Path] | None, typer.Option("--key", metavar="FILE", help="Public keys (PEM) besides the house's own.")
    ] = None,
    json: Json = False,
) -> None:
    """Verify every chain of the journal against its hashes and checkpoints.

    Checkpoints that the database keeps are used too; those kept elsewhere prove more. The exit status is 2 when
    something was changed.

    Example: `oneroof audit verify --checkpoint DNK.checkpoint`
    """
    open_journal()
    from oneroof.journal.rows import every_row
    from oneroof.journal.verifying import walk

    known = _known(checkpoint or [], key or [])
    began = time.monotonic()
    progress = None if json else lambda events: say(f"{events:,} events, {time.monotonic() - began:.0f} s", to=err())
    walked = walk(every_row(), known, progress or (lambda events: None))
    _tell(walked, time.monotonic() - began, json)
    if walked.faults:
        raise typer.Exit(WRONG_INPUT)


def _known(files: list[Path], keys: list[Path]) -> dict[str, dict[int, list[tuple[str, str]]]]:
    """The hashes that checkpoints give: those of the database and those of files, signatures verified."""
    from django.conf import settings

    from oneroof.journal.checkpoints import as_line, key_id, private_key, read_checkpoints, read_public
    from oneroof.journal.errors import Refused
    from oneroof.journal.models import Checkpoint

    known: dict[str, dict[int, list[tuple[str, str]]]] = {}
    try:
        at_hand = {key_id(public): public for public in (read_public(file.read_bytes()) for file in keys)}
        if settings.CHECKPOINT_KEY.exists():
            own = private_key().public_key()
            at_hand[key_id(own)] = own
        found = [(told, str(file)) for file in files for told in read_checkpoints(file.read_text(), str(file), at_hand)]
        kept = "".join(map(as_line, Checkpoint.objects.filter(key__in=at_hand).order_by("chain", "position")))
        where = "a checkpoint of the database"
        found += [(told, where) for told in (read_checkpoints(kept, where, at_hand) if kept else [])]
    except Refused as refused:
        raise refusals_as_words(refused) from refused
    for fields, where in found:
        known.setdefault(fields["chain"], {}).setdefault(fields["position"], []).append((fields["hash"], where))
    return known


def _tell(walked: Walked, seconds: float, json: bool) -> None:
    """What was verified and what was found."""
    codes = _codes()
    if json:
        say_json(
            {
                "whole": not walked.faults,
                "events": walked.events,
                "seconds": round(seconds, 2),
                "chains": {codes.get(c, c): n for c, n in walked.chains.items()},
                "checkpoints": sum(walked.checkpoints.values()),
                "faults": [vars(fault) | {"party": codes.get(fault.chain, "")} for fault in walked.faults],
            }
        )
        return
    for fault in walked.faults:
        name = codes.get(fault.chain, fault.chain)
        say(f"Chain {name}, position {fault.position}{f', event {fault.event}' if fault.event else ''}: {fault.what}.")
        say(f"{fault.why} {fault.cure}", indent=2)
    fits = counted(sum(walked.checkpoints.values()), "checkpoint")
    chains = counted(len(walked.chains), "chain")
    say(f"{counted(walked.events, 'event')} in {chains} and {fits} verified in {seconds:.1f} s: "
        + (f"{counted(len(walked.faults), 'chain')} changed." if walked.faults else "all whole."))  # fmt: skip
    if not walked.checkpoints and not walked.faults:
        say("No checkpoint was at hand: events cut off at the end would go unseen. Run `oneroof audit checkpoint`.")


def _codes() -> dict[str, str]:
    """Codes of parties by the key of their chain."""
    from oneroof.journal import actions
    from oneroof.nations import models

    return {str(actions.HOUSE): HOUSE, **{str(p.pk): p.code for p in models.Party.objects.all()}}


def _chain(code: str) -> uuid.UUID:
    """The key of a party's chain. Raises RefusedError."""
    found = {name: key for key, name in _codes().items()}.get(code)
    if found is None:
        raise RefusedError(f"--party is {code!r}, but no party has that code. Codes are as in DNK, NATO, or `house`.")
    return uuid.UUID(found)


def _write(text: bytes, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_bytes(text)


@app.command()
def checkpoint(party: Party = "", out: Out = None) -> None:
    """Sign the last hash of a party's chain, or of every chain.

    Give each party its own line, and let it keep the line outside this house.

    Example: `oneroof audit checkpoint --party DNK --out DNK.checkpoint`
    """
    open_journal()
    from oneroof.journal import actions
    from oneroof.journal.checkpoints import as_line
    from oneroof.journal.errors import Refused

    chains = [_chain(party)] if party else [uuid.UUID(key) for key in sorted(_codes())]
    try:
        made = [found for chain in chains if (found := actions.checkpoint(chain)) is not None]
    except Refused as refused:
        raise refusals_as_words(refused) from refused
    if party and not made:
        raise RefusedError(f"Nothing has happened in the chain of {party} yet, so there is nothing to sign.")
    _write("".join(map(as_line, made)).encode(), out)
    if out is not None:
        say(f"{counted(len(made), 'checkpoint')} written to {out}.")


@app.command()
def export(party: Party, out: Out = None) -> None:
    """Write the events of a party's chain, one line of JSON each, oldest first.

    `tools/verify_journal.py` verifies the file with nothing but Python.

    Example: `oneroof audit export --party DNK --out DNK.jsonl`
    """
    open_journal()
    from oneroof.journal.rows import exported

    chain = _chain(party)
    if out is None:
        for line in exported(chain):
            typer.echo(line, nl=False)
        return
    with out.open("wb") as file:
        number = sum(bool(file.write(line)) for line in exported(chain))
    say(f"{counted(number, 'event')} written to {out}.")


@app.command()
def key(out: Out = None) -> None:
    """Write the public key that verifies checkpoints.

    Hand it out once, on another way than the checkpoints.

    Example: `oneroof audit key --out oneroof-key.pem`
    """
    ready()
    from oneroof.journal.checkpoints import key_id, private_key, public_pem
    from oneroof.journal.errors import Refused

    try:
        public = private_key().public_key()
    except Refused as refused:
        raise refusals_as_words(refused) from refused
    _write(public_pem(public).encode(), out)
    if out is not None:
        say(f"Public key {key_id(public)} written to {out}.")


@app.command()
def part_name(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The person's e-mail address.")],
    why: Annotated[str, typer.Option("--why", help="The reason; it stays in the journal. Write no name.")],
) -> None:
    """Remove a person's name and e-mail for good; the events stay and verify.

    Example: `oneroof audit part-name m.jensen@example.org --why "Left; asked for it"`
    """
    ready()
    answering()
    from oneroof.access.actors import House
    from oneroof.access.models import Person
    from oneroof.access.parting import part_name as part
    from oneroof.access.viewer import PUBLIC, looking
    from oneroof.journal.errors import Refused

    found = Person.objects.filter(email__iexact=person).first()
    if found is None:
        raise RefusedError(f"Nobody has the e-mail address {person!r}. See the list of people for how it is spelled.")
    try:
        with looking(PUBLIC):
            part(House(), found, why)
    except Refused as refused:
        raise refusals_as_words(refused) from refused
    say(f"Done. In the journal this person is {found.pk}, and nothing here says who that was. Older backups do.")
