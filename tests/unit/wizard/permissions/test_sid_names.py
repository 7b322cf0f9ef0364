"""SIDs are called by the names that the directory has for them."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from agent.acl.sid import Sid
from agent.ldap.entry import Entry
from agent.ldap.errors import Unreachable
from wire.text import Text
from wizard.permissions.sid_names import Names

DOMAIN = "S-1-5-21-1-2-3"


class Listing:
    """A directory that knows some accounts, and counts what it is asked."""

    def __init__(self, *names: str, fails: bool = False) -> None:
        self.names, self.fails = names, fails
        self.asked: list[str] = []

    def search(
        self,
        base: str,
        filter: str,  # noqa: A002
        attributes: Sequence[str],
        **_options: Any,
    ) -> Iterator[Entry]:
        self.asked.append(filter)
        if self.fails:
            raise Unreachable("dc1", Text("no connection"), Text("check it"))
        for name in self.names:
            yield Entry(f"CN={name}", {"sAMAccountName": (name.encode(),)})


def names_in(listing: Listing) -> Names:
    return Names(cast("Any", listing), "DC=corp")


def test_a_well_known_sid_is_not_asked_for() -> None:
    listing = Listing("wrong")

    assert names_in(listing)(Sid.of("S-1-5-11")) == "Authenticated Users"
    assert listing.asked == []


def test_a_renamed_group_has_the_name_of_the_directory() -> None:
    listing = Listing("Domänen-Admins")

    assert names_in(listing)(Sid.of(f"{DOMAIN}-512")) == "Domänen-Admins"


def test_the_filter_holds_the_bytes_of_the_sid() -> None:
    listing = Listing("anna")
    sid = Sid.of(f"{DOMAIN}-1104")

    names_in(listing)(sid)

    escaped = "".join(f"\\{byte:02x}" for byte in sid.raw)
    assert listing.asked == [f"(objectSid={escaped})"]


def test_each_sid_is_asked_for_once_found_or_not() -> None:
    listing = Listing()
    names = names_in(listing)
    sid = Sid.of(f"{DOMAIN}-1104")

    assert [names(sid), names(sid)] == [str(sid)] * 2
    assert len(listing.asked) == 1


def test_a_directory_that_fails_leaves_the_text() -> None:
    names = names_in(Listing(fails=True))

    assert names(Sid.of(f"{DOMAIN}-1104")) == f"{DOMAIN}-1104"
    assert names(Sid.of(f"{DOMAIN}-512")) == f"Domain Admins ({DOMAIN}-512)"


def test_a_group_of_another_domain_does_not_pass_for_the_own_one() -> None:
    """It is not found by its SID, or as a foreign principal without an account name."""
    foreign = "S-1-5-21-7-8-9-512"
    assert names_in(Listing())(Sid.of(foreign)) == f"Domain Admins ({foreign})"
