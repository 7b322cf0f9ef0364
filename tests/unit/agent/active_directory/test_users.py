"""Users are found by one exact identifier, and no other object is."""

import base64
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from agent.active_directory import users
from agent.active_directory.identifiers import user_filter
from agent.active_directory.protected_groups import ProtectedGroups
from agent.active_directory.users import User
from agent.ldap.entry import Entry, Modification
from wire.outcomes import Code, Refused
from wire.secret import Secret

GUID = UUID("00112233-4455-6677-8899-aabbccddeeff")
ESCAPED = "".join(f"\\{byte:02x}" for byte in GUID.bytes_le)


class FakeDirectory:
    """Remembers what it is asked, and gives the entries it was made with."""

    def __init__(self, *found: Entry) -> None:
        self.found = found
        self.asked: list[tuple[str, str]] = []
        self.written: list[tuple[str, tuple[Modification, ...], tuple[Any, ...]]] = []

    def search(self, base: str, query: str, *_: Any, **__: Any) -> Iterator[Entry]:
        self.asked.append((base, query))
        return iter(self.found)

    def modify(self, dn: str, changes: Any, controls: Any = ()) -> None:
        self.written.append((dn, tuple(changes), tuple(controls)))


def entry(**values: bytes) -> Entry:
    known = {"objectGUID": GUID.bytes_le, "pwdLastSet": b"7"} | values
    return Entry("CN=A,DC=x", {name: (value,) for name, value in known.items()})


@pytest.mark.parametrize(
    ("by", "value", "asserted"),
    [
        ("objectGUID", str(GUID), f"objectGUID={ESCAPED}"),
        ("objectGUID", f"{{{str(GUID).upper()}}}", f"objectGUID={ESCAPED}"),
        ("ms-DS-ConsistencyGuid", str(GUID), f"mS-DS-ConsistencyGuid={ESCAPED}"),
        (
            "ms-DS-ConsistencyGuid",
            base64.b64encode(GUID.bytes_le).decode(),
            f"mS-DS-ConsistencyGuid={ESCAPED}",
        ),
        ("mail", "a*(b)\\@x", "mail=a\\2a\\28b\\29\\5c@x"),
    ],
)
def test_an_identifier_becomes_one_exact_filter(
    by: Any, value: str, asserted: str
) -> None:
    fake: Any = FakeDirectory(entry())
    assert users.find(fake, "DC=x", user_filter(by, value)).guid == GUID
    person = "(objectCategory=person)(objectClass=user)"
    assert fake.asked == [("DC=x", f"(&{person}({asserted}))")]


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ((), Code.USER_NOT_FOUND),
        ((entry(), entry()), Code.SEVERAL_USERS),
        ((Entry("CN=A", {}),), Code.PERMISSION_DENIED),
    ],
)
def test_not_exactly_one_user_is_refused(found: tuple[Entry, ...], code: Code) -> None:
    fake: Any = FakeDirectory(*found)
    with pytest.raises(Refused) as refused:
        users.find(fake, "DC=x", user_filter("mail", "a@x"))
    assert refused.value.code is code
    hidden = code is Code.PERMISSION_DENIED
    assert ("the mail 'a@x'" in refused.value.detail) is not hidden


@pytest.mark.parametrize("value", ["", "anna", "0011", "AAAA"])
def test_what_is_no_guid_is_not_searched_for(value: str) -> None:
    fake: Any = FakeDirectory(entry())
    for by in ("objectGUID", "ms-DS-ConsistencyGuid"):
        identifier: Any = by
        with pytest.raises(Refused) as refused:
            users.find(fake, "DC=x", user_filter(identifier, value))
        assert refused.value.code is Code.BAD_REQUEST
    assert fake.asked == []


def test_a_password_is_quoted_and_spelled_in_utf_16() -> None:
    fake: Any = FakeDirectory()
    users.reset(fake, "CN=A", Secret('pä"😀'), hints=None)
    ((_, (change,), controls),) = fake.written
    assert change.values == ('"pä"😀"'.encode("utf-16-le"),)
    assert (change.operation, controls) == ("replace", ())


def test_a_change_proves_the_old_password_in_one_act() -> None:
    fake: Any = FakeDirectory()
    users.change(fake, "CN=A", Secret("old"), Secret("new"))
    ((_, (first, second), _),) = fake.written
    assert (first.operation, second.operation) == ("delete", "add")


@pytest.mark.parametrize(
    ("values", "inside"),
    [
        ({"memberOf": b"CN=Domain Admins,DC=x"}, True),
        ({"memberOf": b"CN=Staff,DC=x"}, False),
        ({"primaryGroupID": b"512"}, True),
        ({"primaryGroupID": b"513"}, False),
    ],
)
def test_members_of_protected_groups_are_known(
    values: dict[str, bytes], *, inside: bool
) -> None:
    groups = ProtectedGroups({"cn=domain admins,dc=x": "CN=Domain Admins,DC=x"})
    assert bool(groups.of(User(entry(**values), GUID))) == inside
