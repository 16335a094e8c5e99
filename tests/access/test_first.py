"""The first people of a house, and those for demonstration."""

import os
import re
import subprocess
import sys

import pytest
from django.test import Client

from oneroof.access.demonstration import PEOPLE, links, make_people
from oneroof.access.first import link_for, make_administrator
from oneroof.access.models import Person
from oneroof.access.roles import Role
from oneroof.access.viewer import PUBLIC, looking
from oneroof.journal.errors import Refused
from oneroof.nations.models import Party


@pytest.fixture
def nobody(db):
    with looking(PUBLIC):
        yield


def follow(address):
    browser = Client()
    browser.post(re.sub(r"^http://[^/]+", "", address))
    return browser


def test_an_empty_house_gets_a_headquarters_and_an_administrator_without_password(nobody):
    held, address = make_administrator("Anna@Example.org", "Anna")

    assert (held.party.code, held.role, held.person.email) == ("HQ", "administrator", "anna@example.org")
    assert not held.person.has_usable_password()
    seen = follow(address).get("/people/").wsgi_request
    assert (seen.secondment, seen.viewer.parties) == (held, ())


def test_the_same_administrator_again_gets_a_new_link_and_nothing_else(nobody):
    held, first = make_administrator("anna@example.org", "Anna")

    again, second = make_administrator("anna@example.org", "Anna")

    assert (again, first != second) == (held, True)
    assert Person.objects.count() == Party.objects.count() == 1


def test_wrong_addresses_and_parties_are_refused(nobody):
    with pytest.raises(Refused, match="no party XYZ"):
        make_administrator("anna@example.org", "Anna", "XYZ")
    with pytest.raises(Refused) as refused:
        make_administrator("anna", "")
    assert set(refused.value.faults) == {"email", "name"}
    with pytest.raises(Refused, match="Nobody has"):
        link_for("nobody@example.org")


def test_there_is_a_demonstration_person_for_each_role_made_once(parties, nobody):
    Party.objects.create(code="GBR", name="United Kingdom")
    made = make_people()

    assert {s.role for s in made} == set(Role.values)
    assert len(make_people()) == len(made) == len(PEOPLE) + 1
    assert all(s.person.demonstration and not s.person.has_usable_password() for s in made)


def test_each_demonstration_person_signs_in_by_link_without_a_second_factor(parties, nobody, settings):
    settings.SECOND_FACTOR = True
    told = links()

    for name, role, codes, address in told:
        seen = follow(address).get("/items/").wsgi_request
        assert (seen.user.name, str(seen.secondment.get_role_display())) == (name, role)
        assert seen.secondment.party.code in codes
    assert len(told) == len(PEOPLE) - 1, "nobody made the United Kingdom here"


def test_the_command_prints_the_link_of_the_first_administrator(tmp_path):
    world = {**os.environ, "ONEROOF_HOME": str(tmp_path)}
    world.pop("ONEROOF_DATABASE_URL", None)

    def run(*words):
        command = [sys.executable, "-m", "oneroof", *words]
        return subprocess.run(command, env=world, capture_output=True, text=True, check=False)

    first = run("administrator", "anna@example.org", "--name", "Anna")
    again = run("link", "ANNA@example.org")
    wrong = run("link", "nobody@example.org")

    assert (first.returncode, again.returncode, wrong.returncode) == (0, 0, 2), first.stderr + again.stderr
    addresses = [told.stdout.splitlines()[-1] for told in (first, again)]
    assert all(re.fullmatch(r"http://127\.0\.0\.1:8000/link/\d+\.[\w-]{40,}/", a) for a in addresses), addresses
    assert "Nobody has the e-mail nobody@example.org" in wrong.stderr
