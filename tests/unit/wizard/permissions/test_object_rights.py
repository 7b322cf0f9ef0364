"""What may be done to containers, groups and computers is counted, never guessed."""

from uuid import UUID

from agent.acl.ace import UnknownAce
from agent.acl.descriptor import SecurityDescriptor, with_dacl
from agent.acl.rights import CLASSES
from tests.unit.agent.acl.sddl_text import NAMES, descriptor, sids
from wizard.permissions.findings import Finding, Level
from wizard.permissions.object_rights import ObjectRights, OwnedObject

TOKEN = sids("AGENT", "GROUP", "WD", "AU")
AGENT = NAMES["AGENT"]
_CLASS = {"containers": "container", "groups": "group", "computers": "computer"}


def one(
    kind: str, made: SecurityDescriptor | bytes | None, dn: str = "CN=X"
) -> OwnedObject:
    raw = made.to_bytes() if isinstance(made, SecurityDescriptor) else made
    return OwnedObject(dn, kind, raw, frozenset({_class_of(kind)}))


def _class_of(kind: str) -> UUID:
    return CLASSES[_CLASS[kind]]


def told(*those: OwnedObject, stopped: bool = False) -> dict[str, Finding]:
    found = ObjectRights(TOKEN, stopped=stopped)
    for each in those:
        found.add(each)
    return {each.id: each for each in found.findings(str)}


def test_where_there_is_no_control_each_kind_is_fine() -> None:
    found = told(one("groups", descriptor("(A;;RC;;;AU)(OA;;CR;reset;;AGENT)")))

    assert {key: each.level for key, each in found.items()} == {
        "excess/containers": Level.OK,
        "excess/groups": Level.OK,
        "excess/computers": Level.OK,
    }


def test_all_that_are_alike_are_one_finding_with_the_first_as_example() -> None:
    list_ = descriptor("(A;;WD;;;AGENT)")
    found = told(*(one("containers", list_, f"OU={at}") for at in range(3)))

    told_ = found["excess/write_dacl/containers"]
    assert told_.title == "It may change the permissions of 3 containers"
    assert told_.shown_by == f"OU=0: Allows {AGENT} to change the permissions"
    assert told_.level is Level.PROBLEM
    assert "excess/containers" not in found


def test_a_right_that_a_wider_one_brings_along_is_not_told_again() -> None:
    assert list(told(one("groups", descriptor("(A;;GA;;;AGENT)"))))[1:2] == [
        "excess/full_control/groups"
    ]
    found = told(one("groups", descriptor("(A;;WP;;;AGENT)")))
    assert "excess/write_everything/groups" in found
    assert "excess/write_members/groups" not in found


def test_a_list_that_is_hidden_or_not_understood_is_not_known() -> None:
    found = told(one("computers", None), one("computers", b"no list"))

    hidden = found["computers/hidden"]
    assert not hidden.known
    assert hidden.title == "Not known: what it may do to 2 computers"
    assert "excess/computers" not in found


def test_an_entry_of_an_unknown_kind_is_not_known() -> None:
    plain = descriptor("(A;;RC;;;AU)")
    strange = UnknownAce(b"\x7f\x00\x08\x00" + b"\x00" * 4)
    assert plain.dacl is not None
    made = with_dacl(plain, (strange, *plain.dacl.aces))

    assert not told(one("groups", made))["groups/undecided"].known


def test_what_was_not_looked_at_is_not_known() -> None:
    found = told(stopped=True)

    assert list(found) == ["belongings/stopped"]
