"""What may be done to containers, groups and computers is counted, never guessed."""

from agent.acl.ace import UnknownAce
from agent.acl.descriptor import SecurityDescriptor, with_dacl
from agent.acl.rights import CLASSES
from tests.fixtures.sddl_text import NAMES, descriptor, sids
from wizard.permissions.findings import Finding, Level
from wizard.permissions.object_rights import ObjectRights
from wizard.permissions.rights_tally import Kind, SecuredObject

TOKEN = sids("AGENT", "GROUP", "WD", "AU")
AGENT = NAMES["AGENT"]
_CLASS = {
    Kind.CONTAINERS: "container",
    Kind.GROUPS: "group",
    Kind.COMPUTERS: "computer",
}
Secured = tuple[Kind, SecuredObject]


def one(
    kind: Kind, secured: SecurityDescriptor | bytes | None, dn: str = "CN=X"
) -> Secured:
    raw = secured.to_bytes() if isinstance(secured, SecurityDescriptor) else secured
    return kind, SecuredObject(dn, raw, frozenset({CLASSES[_CLASS[kind]]}))


def findings(*objects: Secured, stopped: bool = False) -> dict[str, Finding]:
    rights = ObjectRights(TOKEN, stopped=stopped)
    for kind, secured in objects:
        rights.add(kind, secured)
    return {each.id: each for each in rights.findings(str)}


def test_where_there_is_no_control_each_kind_is_fine() -> None:
    found = findings(one(Kind.GROUPS, descriptor("(A;;RC;;;AU)(OA;;CR;reset;;AGENT)")))

    assert {key: each.level for key, each in found.items()} == {
        "excess/containers": Level.OK,
        "excess/groups": Level.OK,
        "excess/computers": Level.OK,
    }


def test_all_that_are_alike_are_one_finding_with_the_first_as_example() -> None:
    list_ = descriptor("(A;;WD;;;AGENT)")
    found = findings(*(one(Kind.CONTAINERS, list_, f"OU={at}") for at in range(3)))

    finding = found["excess/write_dacl/containers"]
    assert finding.title == "It may change the permissions of 3 containers"
    assert finding.shown_by == f"OU=0: Allows {AGENT} to change the permissions"
    assert finding.level is Level.PROBLEM
    assert "excess/containers" not in found


def test_a_right_that_a_wider_one_brings_along_is_not_findingagain() -> None:
    assert list(findings(one(Kind.GROUPS, descriptor("(A;;GA;;;AGENT)"))))[1:2] == [
        "excess/full_control/groups"
    ]
    found = findings(one(Kind.GROUPS, descriptor("(A;;WP;;;AGENT)")))
    assert "excess/write_everything/groups" in found
    assert "excess/write_members/groups" not in found


def test_a_list_that_is_hidden_or_not_understood_is_not_known() -> None:
    found = findings(one(Kind.COMPUTERS, None), one(Kind.COMPUTERS, b"no list"))

    hidden = found["computers/hidden"]
    assert not hidden.known
    assert hidden.title == "Not known: what it may do to 2 computers"
    assert "excess/computers" not in found


def test_an_entry_of_an_unknown_kind_is_not_known() -> None:
    plain = descriptor("(A;;RC;;;AU)")
    strange = UnknownAce(b"\x7f\x00\x08\x00" + b"\x00" * 4)
    assert plain.dacl is not None
    secured = with_dacl(plain, (strange, *plain.dacl.aces))

    assert not findings(one(Kind.GROUPS, secured))["groups/undecided"].known


def test_what_was_not_looked_at_is_not_known() -> None:
    found = findings(stopped=True)

    assert list(found) == ["belongings/stopped"]
