"""What controllers may answer, by the thousand: an answer, or an error of ours."""

import random
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import ldap3
import pytest
from ldap3.core import connection as core
from ldap3.strategy.base import BaseStrategy

from agent.ldap.bounded_socket import BadAnswer, BoundedSocket, count_elements
from agent.ldap.connection import Connection
from agent.ldap.entry import Modification
from agent.ldap.errors import DirectoryError
from agent.ldap.pool import Pool, Target
from tests.fixtures import ber
from tests.fixtures.fuzz import (
    PARSED,
    SEED,
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
    "member;range=0-0": [b"CN=c,DC=corp,DC=test"],
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


# as `agent.ldap.tls` has it
OPTIONS: dict[str, Any] = dict.fromkeys(
    (
        *("auto_referrals", "auto_escape", "auto_range"),
        *("check_names", "return_empty_attributes"),
    ),
    False,
)
REST = ber.entry(f"CN=Ada,{BASE}", {"member;range=1-*": [b"CN=d,DC=corp,DC=test"]})
SERVER: Any = ldap3.Server(HOST, get_info=ldap3.NONE)


def signed_in(came: bytes) -> Connection:
    """Give a connection to which these bytes come."""
    recorded: Any = Recorded()
    ldap: Any = ldap3.Connection(SERVER, **OPTIONS)
    ldap.socket, ldap.closed, ldap.listening = BoundedSocket(recorded, 5.0), False, True
    ldap.strategy._outstanding = {}
    numbers: Any = ldap3.Server  # the class counts: what is asked here is number 1
    numbers._message_counter = 0
    recorded.gives = came
    return Connection(ldap, HOST)


def searched(data: bytes) -> int:
    """Have a search answered by these bytes, and its end; a part of values, too."""
    rest = ((1, ber.result(ber.DONE)), (2, REST), (2, ber.result(ber.DONE)))
    directory = signed_in(data + b"".join(ber.message(*each) for each in rest))
    found = list(directory.search(BASE, "", ("a",), paged=False))
    assert directory._connection.result["type"] == "searchResDone"
    return len(found)


def written(data: bytes) -> int:
    """Have a write answered by these bytes, and its end."""
    directory = signed_in(data + ber.message(1, ber.result(ber.ANSWER[ber.MODIFY])))
    directory.modify("CN=x", (Modification("replace", "a", (b"",)),))
    assert directory._connection.result["type"] == "modifyResponse"
    return 1


@pytest.fixture
def asks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have ldap3 spell each kind of request once: it takes longer than an answer."""
    spelled: dict[str, Any] = {}

    def once(name: str) -> None:
        spell = getattr(core, name)

        def kept(*arguments: Any, **named: Any) -> Any:
            if name not in spelled:
                spelled[name] = spell(*arguments, **named)
            return spelled[name]

        monkeypatch.setattr(core, name, kept)

    send = BaseStrategy.send

    def sent(self: Any, kind: str, request: Any, controls: Any = None) -> int:
        if kind not in spelled:
            number = int(send(self, kind, request, controls))
            spelled[kind] = self.connection.request
            return number
        number = int(self.connection.server.next_message_id())
        self.connection.request = self._outstanding[number] = dict(spelled[kind])
        return number

    once("search_operation")
    once("modify_operation")
    monkeypatch.setattr(BaseStrategy, "send", sent)


@pytest.mark.usefixtures("asks_the_same")
@pytest.mark.parametrize("ask", [searched, written])
@pytest.mark.parametrize("cases", [SHORT, pytest.param(PARSED, marks=pytest.mark.slow)])
def test_messages(cases: int, ask: Callable[[bytes], int]) -> None:
    """As ldap3 reads them, behind the door."""
    with bounded():
        refused_or_read(cases, mutated(ANSWERS, TAGS), ask, DirectoryError)


def is_whole(data: bytes) -> bool:
    """Say whether nobody waits for more of it: whole messages, or none of LDAP."""
    recorded: Any = Recorded()
    recorded.gives = data
    came = BoundedSocket(recorded, 5.0)
    came.begin()
    try:
        while came.recv(0):
            pass
    except BadAnswer:
        return True
    return not came.has_rest


@pytest.mark.parametrize("cases", [SHORT, pytest.param(SENT, marks=pytest.mark.slow)])
def test_a_controller_that_answers_anything(
    tmp_path: Path, cases: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through TLS and the pool; nothing is ever written because of an answer."""
    monkeypatch.setattr("agent.ldap.pool.READ_S", 0.2)
    broken, sent, ticks = mutated(ANSWERS, TAGS), 0, count(step=1000)
    chosen = random.Random(SEED)  # noqa: S311 - the same again by its seed

    def answer(number: int, operation: int) -> Iterator[bytes]:
        nonlocal sent
        # the half is answered well, so that what comes later is reached
        if chosen.randrange(2):
            yield from honest(number, operation)
            return
        sent += 1
        data = next(broken).replace(b"\x02\x01\x01", ber.integer(number), 1)
        data += ber.message(number, ber.result(ber.ANSWER[operation]))
        yield data
        if not is_whole(data):
            raise OSError("nobody waits for the rest")

    with ldap_server(tmp_path) as controller, bounded():
        controller.answer = answer
        target = Target((controller.endpoint,), BASE, "svc", Secret("x"))
        pool = Pool(target, clock=lambda: float(next(ticks)))
        read = refused = 0
        while sent < cases:
            try:
                with pool.connection(lambda warm: warm.directory.root()):
                    read += 1
            except DirectoryError:
                refused += 1
            assert set(controller.asked) <= {ber.BIND, ber.SEARCH}
            for kept in (controller.asked, controller.received, controller.opened):
                kept.clear()
        pool.close()
        assert min(read, refused) > cases // 20
