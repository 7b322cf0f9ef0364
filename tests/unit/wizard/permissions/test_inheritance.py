"""Where inheritance is off around one container: above it, itself, and below."""

from collections.abc import Iterator
from typing import Any, cast

from agent.ldap.connection import Connection
from agent.ldap.dn import is_below, same
from agent.ldap.entry import DESCRIPTOR, Entry
from tests.fixtures.sddl_text import descriptor
from wizard.permissions.inheritance import find_blocked_around

HEAD = "DC=corp,DC=test"
PEOPLE = f"OU=People,{HEAD}"
ZURICH = f"OU=Zurich,{PEOPLE}"
IT = f"OU=IT,{ZURICH}"
CORE = f"OU=Core,{IT}"
BASEL = f"OU=Basel,{PEOPLE}"
EVERY = (HEAD, PEOPLE, ZURICH, IT, CORE, BASEL)


class Fake:
    """A directory of containers, some of which inherit nothing."""

    def __init__(self, *protected: str) -> None:
        self.protected = protected
        self.read: list[str] = []

    def search(self, base: str, *_: Any, **how: Any) -> Iterator[Entry]:
        alone = how.get("scope") == "base"
        for name in EVERY:
            if same(name, base) if alone else is_below(name, base):
                self.read.append(name)
                yield Entry(name, {DESCRIPTOR: (self._descriptor(name),)})

    def _descriptor(self, name: str) -> bytes:
        protected = name in self.protected
        return descriptor("(A;;RP;;;AU)", protected=protected).to_bytes()


def around(fake: Fake, within: str, *containers: str) -> tuple[str, ...]:
    return find_blocked_around(cast("Connection", fake), containers, within)


def test_above_below_and_itself_are_found_deepest_first() -> None:
    fake = Fake(ZURICH, IT, CORE, BASEL)
    assert around(fake, IT, PEOPLE) == (CORE, IT, ZURICH)


def test_the_rest_of_the_domain_is_not_read() -> None:
    fake = Fake()
    assert around(fake, IT, HEAD) == ()
    assert BASEL not in fake.read
    assert fake.read.count(ZURICH) == 1


def test_one_of_the_scope_does_not_count() -> None:
    assert around(Fake(PEOPLE, ZURICH), IT, PEOPLE) == (ZURICH,)
    assert around(Fake(PEOPLE, ZURICH), IT, PEOPLE, ZURICH) == ()
    assert around(Fake(HEAD, PEOPLE), PEOPLE, PEOPLE) == ()
