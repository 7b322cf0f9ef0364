"""Who may do what: the table of the access check, one line per rule."""

from uuid import UUID

import pytest

from agent.acl import access_check, rights
from agent.acl.access_check import Reason, decide, token_on
from agent.acl.ace import Ace, UnknownAce
from agent.acl.ace_text import words
from agent.acl.descriptor import Acl, SecurityDescriptor, add_ace
from agent.acl.rights import Right
from agent.acl.sddl import sddl
from tests.fixtures.sddl_text import GUIDS, ace, descriptor, sid, sids
from wizard.grants.grant_commands import dsacls_line, powershell
from wizard.permissions.grant import grant_ace

TOKEN = sids("AGENT", "GROUP", "WD", "AU")
USER = frozenset({rights.USER})
RESET, CHANGE = Right.RESET_PASSWORD, Right.CHANGE_PASSWORD
UNLOCK, MUST = Right.WRITE_LOCKOUT_TIME, Right.WRITE_PWD_LAST_SET
READ, WRITE = Right.READ_CONTROL, Right.WRITE_DACL


def ask(
    text: str | None, right: Right, *, owner: str = "DA", self_sid: str = "USER"
) -> access_check.Decision:
    found = descriptor(text, owner=owner)
    return decide(found, token_on(TOKEN, sid(self_sid)), right, classes=USER)


ALLOWED = [
    ("the right itself", "(OA;;CR;reset;;AGENT)", RESET),
    ("to a group of the token", "(OA;;CR;reset;;GROUP)", RESET),
    ("all extended rights, plain entry", "(A;;CR;;;AGENT)", RESET),
    ("all extended rights, object entry", "(OA;;CR;;;AGENT)", RESET),
    ("generic all", "(A;;GA;;;AGENT)", RESET),
    ("generic all for unlock", "(A;;GA;;;AGENT)", UNLOCK),
    ("generic write is write property", "(A;;GW;;;AGENT)", UNLOCK),
    ("inherited, effective", "(OA;CIID;CR;reset;user;AGENT)", RESET),
    ("the attribute", "(OA;;WP;lockout;;AGENT)", UNLOCK),
    ("the property set", "(OA;;WP;restrictions;;AGENT)", MUST),
    ("the class, root of all properties", "(OA;;WP;user;;AGENT)", MUST),
    ("all properties", "(A;;WP;;;AGENT)", MUST),
    ("denied something else", "(OD;;CR;change;;AGENT)(A;;CR;;;AGENT)", RESET),
    ("denied to someone else", "(D;;CR;;;SY)(A;;CR;;;AGENT)", RESET),
    ("the first entry wins", "(A;;CR;;;AGENT)(D;;CR;;;AGENT)", RESET),
    ("the deny is inherit-only", "(D;CIIO;CR;;;AGENT)(A;;CR;;;AGENT)", RESET),
    ("explicit allow before inherited deny", "(A;;CR;;;AGENT)(D;ID;CR;;;WD)", RESET),
    ("read the permissions", "(A;;RC;;;AU)", READ),
    ("unexpire", "(OA;;CR;unexpire;;AU)", Right.UNEXPIRE_PASSWORD),
    ("effective, though meant for others", "(OA;CI;CR;reset;computer;AGENT)", RESET),
    ("a condition after it", "(A;;CR;;;AGENT)(XD;;CR;;;AGENT)", RESET),
]
DENIED = [
    ("deny first", "(D;;CR;;;WD)(A;;CR;;;AGENT)", RESET),
    ("deny the right", "(OD;;CR;reset;;GROUP)(A;;GA;;;AGENT)", RESET),
    ("deny everything", "(D;;GA;;;GROUP)(A;;GA;;;AGENT)", UNLOCK),
    ("deny the property set", "(OD;;WP;restrictions;;WD)(A;;WP;;;AGENT)", MUST),
    ("deny the class", "(OD;;WP;user;;WD)(OA;;WP;lockout;;AGENT)", UNLOCK),
    ("deny meant for others counts", "(OD;;CR;reset;computer;WD)(A;;CR;;;WD)", RESET),
    ("read denied", "(D;;RC;;;WD)(A;;RC;;;AU)", READ),
]
NOT_GRANTED = [
    ("another extended right", "(OA;;CR;change;;AGENT)", RESET),
    ("another account", "(OA;;CR;reset;;USER)", RESET),
    ("inherit-only", "(OA;CIIO;CR;reset;user;AGENT)", RESET),
    ("lockoutTime is in no property set", "(OA;;WP;restrictions;;AGENT)", UNLOCK),
    ("write is no control access", "(A;;WP;;;AGENT)", RESET),
    ("control access is no write", "(A;;CR;;;AGENT)", UNLOCK),
    ("a set is no extended right", "(OA;;CR;restrictions;;AGENT)", RESET),
    ("the class is no extended right", "(OA;;CR;user;;AGENT)", RESET),
    ("generic write resets nothing", "(A;;GW;;;AGENT)", RESET),
    ("a right about a property", "(OA;;RC;pwdlast;;AGENT)", READ),
    ("SELF is someone else", "(OA;;CR;change;;PS)", CHANGE),
]


@pytest.mark.parametrize(("name", "text", "right"), ALLOWED)
def test_it_is_allowed(name: str, text: str, right: Right) -> None:
    got = ask(text, right)

    assert (got.allowed, got.reason) == (True, Reason.ALLOWED), name
    assert isinstance(got.because, Ace)
    assert got.certain


@pytest.mark.parametrize(("name", "text", "right"), DENIED)
def test_it_is_denied_by_the_first_entry(name: str, text: str, right: Right) -> None:
    got = ask(text, right)

    assert (got.allowed, got.reason) == (False, Reason.DENIED), name
    assert got.because == ace(text[1:].split(")", maxsplit=1)[0])


@pytest.mark.parametrize(("name", "text", "right"), NOT_GRANTED)
def test_nothing_grants_it(name: str, text: str, right: Right) -> None:
    got = ask(text, right)

    assert (got.allowed, got.reason) == (False, Reason.NOT_GRANTED), name
    assert got.because is None
    assert got.certain


def test_no_list_allows_and_an_empty_one_does_not() -> None:
    assert ask(None, RESET) == access_check.Decision(
        allowed=True, reason=Reason.NO_LIST
    )
    assert ask("", RESET).reason == Reason.EMPTY
    assert not ask("", RESET).allowed


def test_self_is_the_object_itself() -> None:
    text = "(OA;;CR;change;;PS)"

    assert ask(text, CHANGE, self_sid="AGENT").allowed
    assert not ask(text, CHANGE, self_sid="USER").allowed


@pytest.mark.parametrize("right", [READ, WRITE])
def test_the_owner_reads_and_writes_permissions(right: Right) -> None:
    text = "(D;;RCWD;;;AGENT)"

    assert ask(text, right, owner="AGENT").reason == Reason.OWNER
    assert ask("", right, owner="GROUP").reason == Reason.OWNER
    assert not ask(text, RESET, owner="AGENT").allowed
    assert not ask(text, Right.WRITE_OWNER, owner="AGENT").allowed


def test_owner_rights_take_the_place_of_what_an_owner_may() -> None:
    limited = "(A;;RC;;;OW)"

    assert ask(limited, READ, owner="AGENT").reason == Reason.ALLOWED
    assert ask(limited, WRITE, owner="AGENT").reason == Reason.NOT_GRANTED
    assert ask("(A;IO;RC;;;OW)", WRITE, owner="AGENT").reason == Reason.OWNER
    assert not ask(limited, READ, owner="DA").allowed


@pytest.mark.parametrize(
    "text",
    [
        "(XA;;CR;;;AGENT)",
        "(ZA;;CR;reset;;AGENT)",
        "(XD;;CR;;;AGENT)(A;;CR;;;AGENT)",
        "(ZD;;CR;reset;;AGENT)(A;;GA;;;AGENT)",
        "(XA;;CR;;;AGENT)(D;;CR;;;AGENT)",
    ],
)
def test_a_condition_is_not_guessed(text: str) -> None:
    got = ask(text, RESET)

    assert (got.allowed, got.reason) == (False, Reason.CONDITIONAL)
    assert not got.certain


def test_a_condition_does_not_hide_a_plain_grant() -> None:
    assert ask("(XA;;CR;;;AGENT)(A;;CR;;;AGENT)", RESET).allowed


def test_an_unknown_entry_stops_the_walk() -> None:
    odd = UnknownAce(b"\x63\0\4\0")
    grant = ace("A;;CR;;;AGENT")
    for aces, allowed in (((odd, grant), False), ((grant, odd), True)):
        found = SecurityDescriptor(0x8004, None, None, None, Acl(aces))
        got = decide(found, TOKEN, RESET, classes=USER)

        assert got.allowed is allowed
        assert got.certain is allowed


def test_an_unknown_entry_that_is_only_handed_down_is_passed() -> None:
    odd = UnknownAce(b"\x63\x08\4\0")
    found = SecurityDescriptor(
        0x8004, None, None, None, Acl((odd, ace("A;;CR;;;AGENT")))
    )

    assert decide(found, TOKEN, RESET, classes=USER).allowed


@pytest.mark.parametrize("right", [RESET, UNLOCK, MUST])
def test_a_grant_reaches_the_user_below_but_not_the_container(right: Right) -> None:
    grant = grant_ace(right, sid("AGENT"))
    container = add_ace(descriptor("(A;;RC;;;AU)"), grant)
    handed_down = Ace(
        grant.type, 0x12, grant.mask, grant.sid, grant.object_type, rights.USER
    )
    user = SecurityDescriptor(0x8004, None, None, None, Acl((handed_down,)))
    for found, allowed in ((container, False), (user, True)):
        got = decide(found, TOKEN, right, classes=USER)
        assert got.allowed is allowed


def test_the_grants_are_these_entries() -> None:
    written = [sddl(grant_ace(right, sid("AGENT"))) for right in (RESET, UNLOCK, MUST)]
    who = sid("AGENT")

    assert written == [
        f"(OA;CIIO;CR;{GUIDS['reset']};{GUIDS['user']};{who})",
        f"(OA;CIIO;WP;{GUIDS['lockout']};{GUIDS['user']};{who})",
        f"(OA;CIIO;WP;{GUIDS['pwdlast']};{GUIDS['user']};{who})",
    ]
    unexpire = grant_ace(Right.UNEXPIRE_PASSWORD, who)
    assert sddl(unexpire) == f"(OA;;CR;{GUIDS['unexpire']};;{who})"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "OA;CIIO;CR;reset;user;AGENT",
            "Allows CORP\\svc to reset the password on user objects below",
        ),
        (
            "D;ID;CR;;;AGENT",
            (
                "Denies CORP\\svc to use all extended rights, "
                "Reset Password among them (inherited)"
            ),
        ),
        (
            "A;CI;GA;;;AGENT",
            "Allows CORP\\svc to do everything here and on all objects below",
        ),
        (
            "OA;;RPWP;restrictions;;AGENT",
            (
                "Allows CORP\\svc to read and write the account restrictions "
                "(pwdLastSet among them)"
            ),
        ),
        ("OA;;CC;computer;;AGENT", f"Allows CORP\\svc to create {GUIDS['computer']}"),
        (
            "XA;;RC;;;AGENT",
            "Allows CORP\\svc to read the permissions, under a condition",
        ),
    ],
)
def test_an_entry_is_put_into_words(text: str, sentence: str) -> None:
    assert words(ace(text), name_of=lambda _: "CORP\\svc") == sentence


def test_an_unknown_entry_has_words_too() -> None:
    assert words(UnknownAce(b"\x63\0\4\0")) == "An entry of unknown kind (type 0x63)"
    assert words(Ace(2, 0, 0x100, sid("WD"))).startswith("Audits or labels S-1-1-0")


def test_a_grant_is_written_for_both_shells() -> None:
    where = "OU=People,DC=corp,DC=test"
    unlock = grant_ace(UNLOCK, sid("AGENT"))
    unexpire = grant_ace(Right.UNEXPIRE_PASSWORD, sid("AGENT"))

    assert dsacls_line(unlock, "CORP\\svc", where) == (
        f'dsacls "{where}" /I:S /G "CORP\\svc:WP;lockoutTime;user"'
    )
    assert dsacls_line(unexpire, "CORP\\svc", "DC=corp,DC=test") == (
        'dsacls "DC=corp,DC=test" /G "CORP\\svc:CA;Unexpire Password"'
    )
    line = powershell(unlock, "OU=O'Neil,DC=corp,DC=test")
    assert "'AD:\\OU=O''Neil,DC=corp,DC=test'" in line
    assert f"'{sid('AGENT')}', 'WriteProperty', 'Allow'" in line
    assert f"[guid]'{GUIDS['lockout']}', 'Descendents', [guid]'{GUIDS['user']}'" in line
    assert f"'None', [guid]'{UUID(int=0)}'" in powershell(unexpire, where)
