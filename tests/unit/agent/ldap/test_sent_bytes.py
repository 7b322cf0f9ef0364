"""What is sent to a controller is what was given: no library changes it on the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.ldap.connection import connect
from agent.ldap.filters import escape
from tests.fixtures.ldap_server import LdapServer, ldap_server
from wire.secret import Secret


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[LdapServer]:
    with ldap_server(tmp_path) as running:
        yield running


# what SASLprep (RFC 4013) maps to something else, to nothing, or refuses
@pytest.mark.parametrize(
    "password",
    [
        "no\N{NO-BREAK SPACE}break",
        "soft\N{SOFT HYPHEN}hyphen",
        "liga\N{LATIN SMALL LIGATURE FI}ture",
        "wi\N{FULLWIDTH LATIN CAPITAL LETTER A}de",
        "e\N{COMBINING ACUTE ACCENT}",
        " blanks ",
        "private \ue000",
        "right \N{HEBREW LETTER ALEF} left",
    ],
)
def test_a_sign_in_sends_the_password_as_it_is(
    controller: LdapServer, password: str
) -> None:
    connect(controller.endpoint, "svc@corp.test", Secret(password)).close()

    simple = password.encode()  # AuthenticationChoice simple [0] (RFC 4511 4.2)
    assert b"\x80" + bytes((len(simple),)) + simple in controller.received[0]


@pytest.mark.parametrize(
    "value", ["stra\u00dfe", "e\u0301", " edge ", "a\\20b", "*", "x\u200by", 'q"q']
)
def test_a_filter_sends_the_value_as_it_is(controller: LdapServer, value: str) -> None:
    with connect(controller.endpoint, "svc@corp.test", Secret("x")) as directory:
        list(directory.search("DC=corp,DC=test", f"(mail={escape(value)})", ("cn",)))

    asserted = value.encode()  # AttributeValueAssertion (RFC 4511 4.1.6)
    assert (
        b"\x04\x04mail\x04" + bytes((len(asserted),)) + asserted
        in (controller.received[-1])
    )
