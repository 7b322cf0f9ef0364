"""A grant by its class: its entry, its name in a journal, and its dsacls line."""

from collections.abc import Callable

import pytest

from agent.acl.ace import Ace
from agent.acl.ace_text import words
from agent.acl.rights import INET_ORG_PERSON, USER, Right
from agent.acl.sddl import sddl
from agent.acl.sid import Sid
from wizard.grants.grant_commands import dsacls_line, powershell, powershell_revoke
from wizard.permissions.grant import KINDS, Grant, grant_ace

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


@pytest.mark.parametrize(
    "name",
    [
        'a\\" & calc & \\"',
        "%COMSPEC%",
        "$(calc)",
        "`n",
        "a\u201d; calc; \u201db",
        "a\nb",
    ],
)
def test_a_name_never_becomes_a_command(name: str) -> None:
    ace = Grant(RESET).ace(OWN)
    line = dsacls_line(ace, "CORP\\svc", f"OU={name},DC=corp,DC=test")

    assert line.startswith("rem ")
    assert name not in line
    assert dsacls_line(ace, f"CORP\\{name}", PEOPLE) == line


@pytest.mark.parametrize("quote", ["'", "\u2018", "\u2019", "\u201a", "\u201b"])
@pytest.mark.parametrize("write", [powershell, powershell_revoke])
def test_no_kind_of_quote_ends_a_name(
    write: Callable[[Ace, str], str], quote: str
) -> None:
    text = write(Grant(RESET).ace(OWN), f"OU=a{quote}; calc; {quote}b,DC=corp,DC=test")

    assert f"OU=a{quote * 2}; calc; {quote * 2}b,DC=" in text
    assert f"a{quote};" not in text


def test_a_name_is_no_pattern() -> None:
    text = powershell(Grant(RESET).ace(OWN), "OU=[a]*,DC=corp,DC=test")

    assert text.count("-LiteralPath 'AD:\\OU=[a]*,DC=corp,DC=test'") == 2


def test_reading_policies_is_an_entry_for_the_container_and_what_is_below() -> None:
    grant = Grant.of("READ_PASSWORD_SETTINGS")
    ace = grant.ace(OWN)

    assert sddl(ace) == f"(A;CI;LCRPLORC;;;{OWN})"
    account = "svc@corp.test"
    place = "CN=Password Settings Container,CN=System,DC=corp,DC=test"
    assert (
        dsacls_line(ace, account, place) == f'dsacls "{place}" /I:T /G "{account}:GR"'
    )
    assert powershell(ace, place) == (
        f"$acl = Get-Acl -LiteralPath 'AD:\\{place}'; $acl.AddAccessRule("
        "[DirectoryServices.ActiveDirectoryAccessRule]::new("
        f"[Security.Principal.SecurityIdentifier]'{OWN}', "
        "'GenericRead', 'Allow', 'All')); "
        f"Set-Acl -LiteralPath 'AD:\\{place}' -AclObject $acl"
    )
