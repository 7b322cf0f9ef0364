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
        ("mail", "stra\u00dfe@x", "mail=stra\\c3\\9fe@x"),
    ],
)
def test_an_identifier_becomes_one_exact_filter(
    by: Any, value: str, asserted: str
) -> None:
    whom = user_filter(by, value)
    found = entry(mail=value.encode(), **{"mS-DS-ConsistencyGuid": GUID.bytes_le})
    fake: Any = FakeDirectory(found)
    assert users.find(fake, "DC=x", whom).guid == GUID
    person = "(objectCategory=person)(objectClass=user)"
    assert fake.asked == [("DC=x", f"(&{person}({asserted}))")]


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ((), Code.USER_NOT_FOUND),
        ((entry(mail=b"a@x"), entry(mail=b"A@X")), Code.SEVERAL_USERS),
        ((entry(mail=b"b@x"),) * 20, Code.SEVERAL_USERS),
        ((entry(),), Code.USER_NOT_FOUND),
        ((Entry("CN=A", {"mail": (b"a@x",)}),), Code.PERMISSION_DENIED),
    ],
)
def test_not_exactly_one_user_is_refused(found: tuple[Entry, ...], code: Code) -> None:
    fake: Any = FakeDirectory(*found)
    with pytest.raises(Refused) as refused:
        users.find(fake, "DC=x", user_filter("mail", "a@x"))
    assert refused.value.code is code
    hidden = code is Code.PERMISSION_DENIED
    assert ("the mail 'a@x'" in refused.value.detail) is not hidden


# (MS-UCODEREF 3.1.5.2.4): for a directory each of these pairs is one name
ALIKE = [
    ("stra\u00dfe@x", "strasse@x"),
    ("jose@x", "jos\u00e9@x"),
    ("jose@x", "jose\u0301@x"),
    ("anna@x", "\uff41nna@x"),
    ("anna@x", "anna@x\u00ad"),
    ("anna@x", "an\u200bna@x"),
    ("a b@x", "a  b@x"),
    ("jessica@x", "je\u017f\u017fica@x"),
    ("kim@x", "\u212aim@x"),
    ("file@x", "\ufb01le@x"),
    ("i@x", "\u0131@x"),
]


@pytest.mark.parametrize(("there", "asked"), [*ALIKE, *(pair[::-1] for pair in ALIKE)])
def test_who_only_looks_like_the_one_asked_for_is_nobody(
    there: str, asked: str
) -> None:
    fake: Any = FakeDirectory(entry(mail=there.encode()))
    with pytest.raises(Refused) as refused:
        users.find(fake, "DC=x", user_filter("mail", asked))
    assert refused.value.code is Code.USER_NOT_FOUND


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ("Anna@X", "anna@x"),
        ("jos\u00e9@x", "JOSE\u0301@X"),
        ("STRA\u1e9eE@x", "stra\u00dfe@x"),
        ("\u039d\u0399\u039a\u039f\u03a3@x", "\u03bd\u03b9\u03ba\u03bf\u03c2@x"),
    ],
)
def test_case_and_composition_make_nobody_another(there: str, asked: str) -> None:
    fake: Any = FakeDirectory(entry(mail=there.encode()))
    assert users.find(fake, "DC=x", user_filter("mail", asked)).guid == GUID


def test_the_one_asked_for_is_found_beside_one_who_looks_alike() -> None:
    other = Entry("CN=B", {"mail": (b"strasse@x",), "objectGUID": (b"0" * 16,)})
    fake: Any = FakeDirectory(other, entry(mail="stra\u00dfe@x".encode()))
    assert users.find(fake, "DC=x", user_filter("mail", "stra\u00dfe@x")).guid == GUID


def test_a_guid_that_was_not_asked_for_is_nobodys() -> None:
    fake: Any = FakeDirectory(entry())
    other = UUID(int=GUID.int + 1)
    with pytest.raises(Refused) as refused:
        users.find(fake, "DC=x", user_filter("objectGUID", str(other)))
    assert refused.value.code is Code.USER_NOT_FOUND


@pytest.mark.parametrize("value", [" anna", "anna ", "anna\u3000", "\u00a0anna"])
def test_blanks_around_an_identifier_are_refused(value: str) -> None:
    with pytest.raises(Refused, match="must not begin or end with a blank") as refused:
        user_filter("mail", value)
    assert refused.value.code is Code.BAD_REQUEST


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
