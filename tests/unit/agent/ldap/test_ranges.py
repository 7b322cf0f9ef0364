"""Many values come in parts (MS-ADTS 3.1.1.3.1.3.3): all of them are read, or none.

Who is in more than 1500 groups is told of the first of them alone; a protected group,
or one of the deny list, may be among the others.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.ldap.connection import Connection, connect, read_entry
from agent.ldap.errors import DirectoryError
from tests.fixtures import ber
from tests.fixtures.ldap_server import LdapServer, honest, ldap_server
from wire.secret import Secret

ANNA = "CN=anna,DC=corp,DC=test"
GROUPS = [f"CN=g{number},DC=corp,DC=test".encode() for number in range(5)]
DONE, BUSY = ber.result(0x65), ber.result(0x65, 51)

Answer = Callable[[int, int], Iterator[bytes]]


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[LdapServer]:
    with ldap_server(tmp_path) as running:
        yield running


def part(name: str, values: list[bytes]) -> bytes:
    return ber.entry(ANNA, {"memberOf": [], name: values})


def in_turn(*searches: tuple[bytes, ...]) -> Answer:
    """Answer one search after the other, the last one for good."""
    left = list(searches)

    def answer(number: int, operation: int) -> Iterator[bytes]:
        if operation == ber.BIND:
            yield from honest(number, operation)
            return
        for each in left.pop(0) if len(left) > 1 else left[0]:
            yield ber.message(number, each)

    return answer


def signed_in(controller: LdapServer) -> Connection:
    endpoint, password = controller.endpoint, Secret("x")
    return connect(endpoint, "svc@corp.test", password, receive_timeout=10.0)


FIRST = part("memberOf;range=0-1", GROUPS[:2])


def test_all_parts_are_read(controller: LdapServer) -> None:
    second = part("memberOf;range=2-3", GROUPS[2:4])
    last = part("memberOf;range=4-*", GROUPS[4:])
    controller.answer = in_turn((FIRST, DONE), (second, DONE), (last, DONE))
    with closing(signed_in(controller)) as directory:
        entry = read_entry(directory, ANNA, ("memberOf",))
    assert entry is not None
    assert entry.values("memberOf") == tuple(GROUPS)


@pytest.mark.parametrize(
    "then",
    [
        (BUSY,),
        (DONE,),
        (part("memberOf", []), DONE),
        (FIRST, DONE),
        (part("memberOf;range=4-*", GROUPS[4:]), DONE),
        (part("memberOf;range=2-x", GROUPS[2:]), DONE),
    ],
    ids=["busy", "gone", "no part", "the same part", "a gap", "no range"],
)
def test_parts_that_are_not_the_whole_are_an_error(
    controller: LdapServer, then: tuple[bytes, ...]
) -> None:
    controller.answer = in_turn((FIRST, DONE), then)
    with (
        closing(signed_in(controller)) as directory,
        pytest.raises(DirectoryError, match="BadAnswer"),
    ):
        read_entry(directory, ANNA, ("memberOf",))
