"""What controllers may answer, by the thousand: an answer, or an error of ours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ldap3
import pytest

from agent.ldap.bounded_socket import BadAnswer, BoundedSocket, count_elements
from agent.ldap.connection import Connection
from agent.ldap.entry import Modification
from agent.ldap.errors import DirectoryError
from agent.ldap.pool import Pool, Target
from tests.fixtures import ber
from tests.fixtures.fuzz import (
    PARSED,
    SENT,
    SHORT,
    bounded,
    mutated,
    refused_or_read,
)
from tests.fixtures.ldap_server import BASE, HOST, ROOT_DSE, honest, ldap_server
from wire.secret import Secret

PAGED = b"1.2.840.113556.1.4.319"
COOKIE = ber.tlv(0x30, ber.integer(0), ber.text("again"))
CONTROLS = ber.tlv(0xA0, ber.tlv(0x30, ber.text(PAGED), ber.text(COOKIE)))
PERSON = {
    "objectSid": [bytes.fromhex("010500000000000515000000") + bytes(16)],
    "objectGUID": [bytes(16)],
    "memberOf": [b"CN=a,DC=corp,DC=test", b"CN=b,DC=corp,DC=test"],
    "member;range=0-1": [b"CN=c,DC=corp,DC=test"],
    "pwdLastSet": [b"133480000000000000"],
}
ANSWERS = [
    ber.message(1, ber.entry("", ROOT_DSE)),
    ber.message(1, ber.entry(f"CN=Ada,{BASE}", PERSON)),
    ber.message(1, ber.result(ber.DONE)),
    ber.message(1, ber.result(ber.DONE), CONTROLS),
    ber.message(1, ber.result(ber.DONE, 10, "", ber.tlv(0xA3, ber.text("ldap://x")))),
    ber.message(1, ber.tlv(0x73, ber.text("ldap://dc2.corp.test/DC=corp"))),
    ber.message(1, ber.result(0x61, 49, "80090308: LdapErr: data 52e, v4563")),
    ber.message(1, ber.result(0x67, 19, "0000052D: AtrErr: DSID")),
    ber.message(0, ber.result(0x78, 2, "", ber.text("1.3.6.1.4.1.1466.20036", 0x8A))),
]
TAGS = [
    *(
        b"\x30\x80",
        b"\x30\x00",
        b"\x04\x00",
        b"\x0a\x01\x00",
        b"\x02\x01\x01",
        b"\x00\x00",
    ),
    *(b"\x30\x84\x00\x00\x00\x05", b"\x84\xff\xff\xff\xff", b"\x61", b"\x64", b"\x65"),
    *(
        b"\xa0\x00",
        b"\xa3\x00",
        b"\x78\x00",
        b"\x79\x00",
        b"\x1f\xff",
        b"\x30",
        b"\x31\x00",
    ),
]


@pytest.mark.parametrize("cases", [SHORT, pytest.param(PARSED, marks=pytest.mark.slow)])
def test_elements(cases: int) -> None:
    with bounded():
        refused_or_read(cases, mutated(ANSWERS, TAGS), count_elements, BadAnswer)


class Recorded:
    """A socket from which comes what a test gives."""

    def __init__(self) -> None:
        self.gives = b""

    def recv(self, size: int) -> bytes:
        given, self.gives = self.gives[:size], self.gives[size:]
        return given

    def sendall(self, data: bytes) -> None:
        pass

    def settimeout(self, seconds: float) -> None:
        pass

    def pending(self) -> int:
        return 0

    def shutdown(self, how: int) -> None:
        pass

    def close(self) -> None:
        pass

    def fileno(self) -> int:
        return -1


def answered(given: bytes) -> list[str]:
    """Have a search, then a write, answered by these bytes."""
    recorded: Any = Recorded()
    server: Any = ldap3.Server("dc1.corp.test", get_info=ldap3.NONE)
    ldap: Any = ldap3.Connection(server, auto_referrals=False, check_names=False)
    ldap.socket, ldap.closed, ldap.listening = BoundedSocket(recorded, 5.0), False, True
    ldap.strategy._outstanding = {}
    directory = Connection(ldap, HOST)
    server._message_id = server._message_counter = 0
    recorded.gives = given
    found = [each.dn for each in directory.search(BASE, "", ("a",), paged=False)]
    recorded.gives = given
    ldap.server._message_counter = 0
    directory.modify("CN=x", (Modification("replace", "a", (b"",)),))
    return found


@pytest.mark.parametrize("cases", [SHORT, pytest.param(PARSED, marks=pytest.mark.slow)])
def test_messages(cases: int) -> None:
    """As ldap3 reads them, behind the door; each is two calls of it."""
    with bounded():
        refused_or_read(
            cases, mutated(ANSWERS, TAGS), answered, DirectoryError, both=False
        )


@pytest.mark.parametrize("cases", [500, pytest.param(SENT, marks=pytest.mark.slow)])
def test_a_controller_that_answers_anything(
    tmp_path: Path, cases: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through TLS and the pool; nothing is ever written because of an answer."""
    monkeypatch.setattr("agent.ldap.pool.READ_S", 0.2)
    broken = mutated(ANSWERS, TAGS)

    turn = iter(range(1 << 40))

    def answer(number: int, operation: int) -> Iterator[bytes]:
        # the half is answered well, so that what comes later is reached
        if next(turn) % 7:
            yield from honest(number, operation)
        else:
            yield next(broken).replace(b"\x02\x01\x01", ber.integer(number), 1)
            yield ber.message(number, ber.result(ber.ANSWER[operation]))

    with ldap_server(tmp_path) as controller, bounded():
        controller.answer = answer
        read = 0
        for _ in range(cases):
            pool = Pool(Target((controller.endpoint,), BASE, "svc", Secret("x")))
            try:
                with pool.connection(lambda warm: warm.directory.root()):
                    read += 1
            except DirectoryError:
                pass
            finally:
                pool.close()
        assert set(controller.asked) <= {ber.BIND, ber.SEARCH}
        assert 0 < read < cases
