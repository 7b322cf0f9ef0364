"""A grant by its class: its entry, its name in a journal, and its dsacls line."""

import pytest

from agent.access import INET_ORG_PERSON, USER, Right, grant_ace
from agent.ace import Sid
from agent.grant import KINDS, Grant, dsacls_line, words

OWN = Sid.of("S-1-5-21-1-2-3-1104")
PEOPLE = "OU=People,DC=corp,DC=test"
RESET = Right.RESET_PASSWORD


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("right", Right)
def test_a_name_is_read_back(right: Right, kind: str) -> None:
    grant = Grant(right, kind)

    assert Grant.of(grant.name) == grant


def test_journals_from_before_there_were_classes_are_read() -> None:
    assert Grant.of("RESET_PASSWORD") == Grant(RESET, "user")
    assert Grant(RESET).ace(OWN) == grant_ace(RESET, OWN)


@pytest.mark.parametrize(
    "name", ["", "RESET", "RESET_PASSWORD group", "RESET_PASSWORD user user"]
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        Grant.of(name)


def test_each_class_has_its_own_entry() -> None:
    found = {kind: Grant(RESET, kind).ace(OWN).inherited_object_type for kind in KINDS}

    assert found == {"user": USER, "inetOrgPerson": INET_ORG_PERSON}
    head = Grant(Right.UNEXPIRE_PASSWORD, "inetOrgPerson").ace(OWN)
    assert head == grant_ace(Right.UNEXPIRE_PASSWORD, OWN)


def test_the_class_is_in_the_words_and_the_command() -> None:
    ace = Grant(RESET, "inetOrgPerson").ace(OWN)

    assert words(ace).endswith("to reset the password on inetOrgPerson objects below")
    assert dsacls_line(ace, "CORP\\svc", PEOPLE) == (
        f'dsacls "{PEOPLE}" /I:S /G "CORP\\svc:CA;Reset Password;inetOrgPerson"'
    )
