"""Whatever a controller answers is an answer or an error of ours, and bounded."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.ldap import bounded_socket
from agent.ldap.connection import Connection, connect
from agent.ldap.entry import Modification
from agent.ldap.errors import (
    DirectoryError,
    NoSuchObject,
    SignInRefused,
    TimedOut,
    Unreachable,
)
from agent.ldap.pool import Pool, Target
from agent.ldap.whole_list import whole_list
from tests.fixtures import ber
from tests.fixtures.ldap_server import BASE, LdapServer, honest, ldap_server
from wire.secret import Secret

CANARY = "Canary-7f3a-Passw0rd!"
DEEP = ber.tlv(0x30)
for _ in range(5000):
    DEEP = ber.tlv(0x30, DEEP)


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[LdapServer]:
    with ldap_server(tmp_path) as running:
        yield running


def signed_in(controller: LdapServer, seconds: float = 10.0) -> Connection:
    password = Secret(CANARY)
    return connect(
        controller.endpoint, "svc@corp.test", password, receive_timeout=seconds
    )


def whole(operation: bytes, controls: bytes = b"") -> Callable[[int], bytes]:
    return lambda number: ber.message(number, operation, controls)


PAGED = b"1.2.840.113556.1.4.319"
BIND_ANSWERS: dict[str, Callable[[int], bytes]] = {
    "a result that nobody knows": whole(ber.result(0x61, 4711)),
    "a negative result": whole(ber.result(0x61, -1)),
    "a result of many octets": whole(ber.result(0x61, 1 << 4000)),
    "a result without its parts": whole(ber.tlv(0x61)),
    "a result that is a text": whole(ber.tlv(0x61, ber.text("0"), ber.text(""))),
    "the answer to another operation": whole(ber.result(0x65)),
    "an operation that nobody knows": whole(ber.result(0x7D)),
    "an intermediate response": whole(ber.tlv(0x79, ber.text("1.2", 0x80))),
    "a bind of NTLM": whole(
        ber.tlv(0x61, ber.integer(0, 0x0A), ber.text("NTLM"), ber.text("x"))
    ),
    "a referral": whole(ber.result(0x61, 10, "", ber.tlv(0xA3, ber.text("ldap://x")))),
    "a referral that is none": whole(ber.result(0x61, 10, "", ber.tlv(0xA3, b"\xff"))),
    "an answer to another request": lambda number: ber.message(
        number + 1, ber.result(0x61)
    ),
    "a notice that nobody knows": lambda _: ber.message(0, ber.result(0x78)),
    "the number of nothing": lambda _: ber.message(0, ber.result(0x61)),
    "no number": lambda _: ber.tlv(0x30, ber.result(0x61)),
    "an empty message": lambda _: ber.tlv(0x30),
    "no message": lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "elements of no definite length": lambda number: (
        b"\x30\x80" + ber.integer(number) + ber.result(0x61) + b"\0\0"
    ),
    "elements deep in each other": whole(DEEP),
    "a message that is longer than any": lambda _: b"\x30\x84\x7f\xff\xff\xff",
    "a length of 126 octets": lambda _: b"\x30\xfe" + b"\x01" * 200,
    "controls that are none": whole(ber.result(0x61), ber.tlv(0xA0, b"\x04\x01x")),
    "a control of another form": whole(
        ber.result(0x61), ber.tlv(0xA0, ber.tlv(0x30, ber.text(PAGED), ber.text(DEEP)))
    ),
}


@pytest.mark.parametrize("kind", BIND_ANSWERS)
def test_an_odd_answer_to_a_sign_in_is_an_error_of_ours(
    controller: LdapServer, kind: str
) -> None:
    controller.answer = lambda number, _: [BIND_ANSWERS[kind](number)]
    with pytest.raises((Unreachable, SignInRefused)) as refused:
        signed_in(controller, 1.0)
    assert CANARY not in repr(refused.value) + str(refused.value)


FOUND: dict[str, bytes] = {
    "a name that is none": ber.entry("no name", {}),
    "a name of bytes": ber.entry(b"CN=\xff\xfe", {}),
    "a name that is too long": ber.entry("CN=" + "x" * 10_000, {}),
    "attributes of another form": ber.tlv(ber.ENTRY, ber.text("CN=x"), ber.text("y")),
    "no attributes": ber.tlv(ber.ENTRY, ber.text("CN=x")),
    "a value that is none": ber.tlv(
        ber.ENTRY, ber.text("CN=x"), ber.tlv(0x30, ber.tlv(0x30, ber.text("cn")))
    ),
    "an attribute of bytes": ber.tlv(
        ber.ENTRY,
        ber.text("CN=x"),
        ber.tlv(0x30, ber.tlv(0x30, ber.text(b"\xff"), ber.tlv(0x31))),
    ),
    "a reference that is none": ber.tlv(0x73, ber.integer(7)),
}


def after_sign_in(*operations: bytes) -> Callable[[int, int], Iterator[bytes]]:
    def answer(number: int, operation: int) -> Iterator[bytes]:
        if operation == ber.BIND:
            yield from honest(number, operation)
            return
        for each in operations:
            yield ber.message(number, each)

    return answer


@pytest.mark.parametrize("kind", FOUND)
def test_an_odd_entry_is_an_entry_or_an_error_of_ours(
    controller: LdapServer, kind: str
) -> None:
    controller.answer = after_sign_in(FOUND[kind], ber.result(ber.DONE))
    with signed_in(controller) as directory:
        try:
            found = list(directory.search(BASE, "", ("cn",), paged=False))
        except Unreachable:
            assert directory.broken
        else:
            assert all(isinstance(each.dn, str) for each in found)
            assert directory.fresh


@pytest.mark.parametrize(
    "root",
    [
        (),
        (ber.entry("", {"defaultNamingContext": [b"no name"]}),),
        (ber.entry("", {"defaultNamingContext": [b"DC=other"]}),),
        (ber.entry("", {"domainFunctionality": [b"9" * 5000]}),),
        (ber.entry("", {"currentTime": [b"yesterday"]}),),
        (ber.entry("", {"currentTime": [b"99999999999999.0Z"]}),),
    ],
)
def test_a_controller_that_says_nonsense_of_itself_is_not_used(
    controller: LdapServer, root: tuple[bytes, ...]
) -> None:
    controller.answer = after_sign_in(*root, ber.result(ber.DONE))
    pool = Pool(Target((controller.endpoint,), BASE, "svc", Secret(CANARY)))
    assert pool.keep_warm() is False
    pool.close()


@pytest.mark.parametrize(
    "kind", [kind for kind in ber.ANSWER.values() if kind != ber.ANSWER[ber.MODIFY]]
)
def test_the_answer_to_something_else_is_no_answer_to_a_write(
    controller: LdapServer, kind: int
) -> None:
    controller.answer = after_sign_in(ber.result(kind))
    with signed_in(controller) as directory:
        change = Modification("replace", "unicodePwd", (CANARY.encode(),))
        with pytest.raises(TimedOut) as error:
            directory.modify("CN=x", (change,))
    assert CANARY not in repr(error.value) + str(error.value)


def test_bytes_that_nobody_asked_for_end_a_connection(controller: LdapServer) -> None:
    def answer(number: int, operation: int) -> Iterator[bytes]:
        yield b"".join(honest(number, operation)) + ber.message(0, ber.result(0x78))

    controller.answer = answer
    with signed_in(controller) as directory:
        assert not directory.fresh


def test_an_answer_that_trickles_is_given_up(controller: LdapServer) -> None:
    """It would take weeks, and is never silent for as long as it may be."""
    over = threading.Event()

    def answer(number: int, operation: int) -> Iterator[bytes]:
        if operation == ber.BIND:
            yield from honest(number, operation)
            return
        yield b"\x30\x83\x0f\xff\xff"
        while not over.wait(0.05):
            yield b"\x04"

    controller.answer = answer
    with signed_in(controller) as directory:
        directory.limit(0.3)
        with pytest.raises(Unreachable, match="no answer while searching"):
            list(directory.search(BASE, "", (), paged=False))
        directory.close()
    over.set()


def endless(part: Callable[[int], bytes]) -> Callable[[int, int], Iterator[bytes]]:
    def answer(number: int, operation: int) -> Iterator[bytes]:
        if operation == ber.BIND:
            yield from honest(number, operation)
            return
        once = part(number)
        while True:
            yield once

    return answer


MOST_KEPT = 1_000_000  # bytes
SMALL = ber.entry("CN=x", {})
MANY_VALUES = ber.entry("CN=x", {"a": [b""] * 10_000})
LARGE = ber.entry("CN=x", {"a": [b"x" * 1_000_000]})


@pytest.mark.parametrize("found", [SMALL, MANY_VALUES, LARGE])
def test_an_answer_without_an_end_is_cut_off(
    controller: LdapServer, found: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for most in ("CALL", "MESSAGES", "ELEMENTS"):
        kept = getattr(bounded_socket, f"MOST_{most}")
        monkeypatch.setattr(bounded_socket, f"MOST_{most}", kept // 20)
    controller.answer = endless(lambda number: ber.message(number, found))
    with signed_in(controller, 60.0) as directory:
        with pytest.raises(Unreachable, match="BadAnswer"):
            list(directory.search(BASE, "", ("a",), paged=False))
        assert directory.broken
    # and what the sockets of both sides hold
    assert controller.sent < bounded_socket.MOST_CALL + 16 * 1024 * 1024


def pages(*found: bytes) -> Callable[[int, int], Iterator[bytes]]:
    """Answer with pages of which none is the last."""
    cookie = ber.tlv(0x30, ber.integer(0), ber.text("again"))
    control = ber.tlv(0xA0, ber.tlv(0x30, ber.text(PAGED), ber.text(cookie)))

    def answer(number: int, operation: int) -> Iterator[bytes]:
        if operation == ber.BIND:
            yield from honest(number, operation)
            return
        for each in found:
            yield ber.message(number, each)
        yield ber.message(number, ber.result(ber.DONE), control)

    return answer


def test_pages_without_an_end_take_no_longer_than_a_connection_is_lent(
    controller: LdapServer,
) -> None:
    controller.answer = pages(SMALL)
    with signed_in(controller) as directory:
        directory.lend(0.5)
        with pytest.raises(Unreachable):
            list(directory.search(BASE, "", ("a",)))
        assert directory.broken


def test_of_pages_without_an_end_no_more_is_kept(controller: LdapServer) -> None:
    """A part would be taken for all: nobody is told from a list that has no end."""
    controller.answer = pages(*[SMALL] * 100)
    with signed_in(controller) as directory:
        found = directory.search(BASE, "", ("a",))
        with pytest.raises(Unreachable, match="more than 1000 groups"):
            whole_list(directory.host, found, 1000)
    assert controller.sent < MOST_KEPT


def test_empty_pages_without_an_end_are_left(controller: LdapServer) -> None:
    controller.answer = pages()
    with signed_in(controller) as directory:
        with pytest.raises(Unreachable, match="no end"):
            list(directory.search(BASE, "", ("a",)))
        assert directory.broken


def test_what_is_no_directory_error_never_leaves_a_pool(controller: LdapServer) -> None:
    pool = Pool(Target((controller.endpoint,), BASE, "svc", Secret(CANARY)))
    for odd in BIND_ANSWERS.values():

        def answer(
            number: int, _: int, odd: Callable[[int], bytes] = odd
        ) -> Iterator[bytes]:
            yield odd(number)

        controller.answer = answer
        with pytest.raises(DirectoryError), pool.connection(lambda warm: warm):
            pass
    pool.close()


def test_what_is_not_there_is_named(controller: LdapServer) -> None:
    """One of many containers: which, is what an administrator has to know."""
    controller.answer = after_sign_in(ber.result(ber.DONE, 32))
    with (
        signed_in(controller) as directory,
        pytest.raises(NoSuchObject, match="there is no OU=Poeple"),
    ):
        list(directory.search(f"OU=Poeple,{BASE}", "", ()))
