"""``oneroof administrator`` and ``oneroof link``: the way in for the first person, and for whoever is locked out."""

from __future__ import annotations

from typing import Annotated

import typer

from oneroof.commands.ending import RefusedError
from oneroof.commands.screen import say
from oneroof.commands.server import answering, ready

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address by which the person signs in.")]


def administrator(
    email: Email,
    name: Annotated[str, typer.Option(help="The person's name.")],
    party: Annotated[str, typer.Option(help="Code of the party; without it the headquarters.")] = "",
) -> None:
    """Make an administrator, and print a link that signs in once, within a day.

    An administrator keeps accounts and reads no party's records. There is no password to begin with: the link leads to
    a page on which the person chooses one, or adds a passkey.

    Example: `oneroof administrator anna@example.org --name "Anna Jensen"`
    """
    prepare()
    from oneroof.access.first import make_administrator
    from oneroof.journal.errors import Refused

    try:
        held, address = make_administrator(email, name, party)
    except Refused as refused:
        raise RefusedError(told(refused)) from refused
    say(f"{held.person.name} keeps the accounts of {held.party.code}.")
    show(address)


def link(
    email: Email,
    take_factors_away: Annotated[
        str, typer.Option(metavar="WHY", help="Take the second factors away first; the reason stays in the journal.")
    ] = "",
) -> None:
    """Print a link that signs somebody in once, within a day; a second factor is still asked for.

    Links made before stop working. That a link was made stays in the journal.

    Example: `oneroof link anna@example.org`
    """
    prepare()
    from oneroof.access.first import link_for
    from oneroof.journal.errors import Refused

    try:
        address = link_for(email, take_factors_away)
    except Refused as refused:
        raise RefusedError(told(refused)) from refused
    show(address)


def prepare() -> None:
    """Django ready, the database there, the embedded one with its tables; RefusedError where it is not."""
    ready()
    answering()
    from django.db import connection

    from oneroof.commands.serving import fit_to_serve, migrate_tables

    if connection.vendor == "sqlite":
        migrate_tables()
    fit_to_serve()


def told(refused: Exception) -> str:
    """The faults of a refusal, each with its field."""
    faults: dict[str, list[str]] = getattr(refused, "faults", {})
    lines = [f"{field}: {message}" if field else message for field, said in faults.items() for message in said]
    return "\n".join(lines) or str(refused)


def show(address: str) -> None:
    """Print a link as one line that can be copied."""
    say("This link signs in once, within 24 hours. Hand it over by a way that you trust:")
    typer.echo(address)
