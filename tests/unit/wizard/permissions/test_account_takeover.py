"""Who could take the account over, and who administers the domain anyway."""

from dataclasses import replace

import pytest

from agent.acl.ace import Ace, UnknownAce
from agent.acl.descriptor import SecurityDescriptor, with_dacl
from agent.acl.rights import CLASSES, USER, Right
from agent.acl.sid import Sid
from tests.fixtures.sddl_text import DOMAIN, NAMES, descriptor, sid, sids
from wire.text import Text
from wizard.permissions.account_takeover import (
    ACCOUNT,
    GROUP,
    Guarded,
    of_guarded,
    of_holders,
)
from wizard.permissions.findings import Finding, Level

ITSELF = Guarded("account", Text("the account"), None, frozenset({USER}), ACCOUNT)
HOLDER = Guarded("G", Text("the group"), None, frozenset({CLASSES["group"]}), GROUP)
USER_SID, AGENT = NAMES["USER"], sid("AGENT")


ROOT = Sid.of("S-1-5-21-7-8-9")


def found(
    guarded: Guarded, secured: SecurityDescriptor | None, root: Sid | None = ROOT
) -> list[Finding]:
    raw = secured.to_bytes() if secured else None
    return list(of_guarded(replace(guarded, descriptor=raw), AGENT, root, str))


def entry(right: Right, who: str = "USER", kind: int = 5) -> Ace:
    return Ace(kind, 0, right.value.mask, sid(who), right.value.guid)


def entries(*aces: Ace | UnknownAce) -> SecurityDescriptor:
    return with_dacl(descriptor(""), aces)


@pytest.mark.parametrize(
    "who",
    [
        "SY",
        "DA",
        f"{ROOT}-519",
        "S-1-5-32-544",
        # itself, and what the owner, asked by its own SID, is given
        "PS",
        "AGENT",
        "OW",
    ],
)
def test_default_administrators_are_left_out(who: str) -> None:
    (finding,) = found(ITSELF, descriptor(f"(A;;GA;;;{who})"))

    assert (finding.id, finding.level) == ("guard/account", Level.OK)


@pytest.mark.parametrize(
    "who",
    [
        # administrators of a domain that is only trusted, or another of the forest
        "S-1-5-21-4-5-6-512",
        "S-1-5-21-4-5-6-519",
        f"{ROOT}-512",
        # these exist in the root alone
        f"{DOMAIN}-519",
    ],
)
def test_administrators_of_another_domain_are_told(who: str) -> None:
    (finding,) = found(ITSELF, descriptor(f"(A;;GA;;;{who})"))

    assert (finding.id, finding.level) == (f"guard/account/{who}", Level.WARNING)


def test_a_root_that_is_not_known_makes_nobody_an_administrator() -> None:
    (finding,) = found(ITSELF, descriptor(f"(A;;GA;;;{ROOT}-519)"), root=None)

    assert finding.level is Level.WARNING


def test_account_operators_are_information() -> None:
    finding, fine = found(ITSELF, descriptor("(A;;GA;;;S-1-5-32-548)"))

    assert (finding.id, finding.level) == ("guard/account/S-1-5-32-548", Level.INFO)
    assert finding.title == "S-1-5-32-548 may do everything: the account"
    assert fine.level is Level.OK


@pytest.mark.parametrize(
    ("rights", "about", "action"),
    [
        ("CR", "reset", "reset the password"),
        ("WD", "", "change the permissions"),
        ("WO", "", "take ownership"),
        ("WP", "", "write all properties"),
    ],
)
def test_each_way_in_is_told(rights: str, about: str, action: str) -> None:
    kind = "OA" if about else "A"
    (finding,) = found(ITSELF, descriptor(f"({kind};;{rights};{about};;USER)"))

    assert (finding.id, finding.level) == (f"guard/account/{USER_SID}", Level.WARNING)
    assert finding.title == f"{USER_SID} may {action}: the account"
    assert finding.shown_by == f"Allows {USER_SID} to {action}"


def test_several_ways_in_of_one_are_one_finding() -> None:
    secured = descriptor("(OA;;CR;reset;;USER)(A;;WDWO;;;USER)")
    (finding,) = found(ITSELF, secured)

    assert finding.title == (
        f"{USER_SID} may reset the password, change the permissions and "
        "take ownership: the account"
    )
    assert finding.shown_by.count("Allows") == 2


def test_an_owner_may_change_the_permissions() -> None:
    (finding,) = found(ITSELF, descriptor("(A;;RC;;;AU)", owner="USER"))

    assert finding.id == f"guard/account/{USER_SID}"
    assert finding.shown_by == f"{USER_SID} is the owner"


@pytest.mark.parametrize("who", ["WD", "AU", "S-1-5-21-1-2-3-513", "S-1-5-32-545"])
def test_everybody_is_a_problem(who: str) -> None:
    (finding,) = found(ITSELF, descriptor(f"(OA;;CR;reset;;{who})"))

    assert finding.level is Level.PROBLEM


def test_what_everybody_has_by_default_is_no_way_in() -> None:
    usual = "(OA;;CR;change;;WD)(OA;;CR;change;;PS)(A;;RPRC;;;AU)(A;CIIO;GA;;;USER)"
    (finding,) = found(ITSELF, descriptor(usual))

    assert finding.level is Level.OK


def test_a_right_denied_is_not_told() -> None:
    secured = descriptor("(OD;;CR;reset;;USER)(OA;;CR;reset;;USER)")

    assert [each.id for each in found(ITSELF, secured)] == ["guard/account"]


@pytest.mark.parametrize(
    ("right", "action"),
    [
        (Right.WRITE_MEMBERS, "choose the members"),
        (Right.ADD_SELF, "become a member"),
    ],
)
def test_who_may_join_a_group_is_told(right: Right, action: str) -> None:
    (finding,) = found(HOLDER, entries(entry(right)))

    assert (finding.id, finding.level) == (f"guard/G/{USER_SID}", Level.WARNING)
    assert finding.shown_by == f"Allows {USER_SID} to {action}"


def test_the_set_of_membership_gives_the_members_too() -> None:
    membership = replace(
        entry(Right.WRITE_MEMBERS), object_type=Right.WRITE_MEMBERS.value.property_set
    )

    assert found(HOLDER, entries(membership))[0].level is Level.WARNING


def test_no_list_is_everybodys() -> None:
    (finding,) = found(ITSELF, descriptor(None))

    assert (finding.id, finding.level) == ("guard/account/S-1-1-0", Level.PROBLEM)


def test_hidden_permissions_are_not_known() -> None:
    (finding,) = found(ITSELF, None)

    assert (finding.id, finding.known) == ("guard/account", False)


def test_a_condition_is_not_known() -> None:
    (finding,) = found(ITSELF, descriptor("(ZA;;CR;reset;;USER)"))

    assert (finding.id, finding.known) == (f"guard/account/{USER_SID}", False)


def test_an_entry_of_unknown_kind_is_not_known_whoever_it_is_for() -> None:
    (finding,) = found(ITSELF, entries(UnknownAce(bytes((4, 0, 8, 0, 0, 0, 0, 0)))))

    assert (finding.id, finding.known) == ("guard/account/unknown", False)
    assert finding.shown_by == "An entry of unknown kind (RESERVED_COMPOUND)"


def test_an_entry_of_unknown_kind_hides_nobody_who_is_known() -> None:
    stranger = UnknownAce(bytes((4, 0, 8, 0, 0, 0, 0, 0)))
    reset = entry(Right.RESET_PASSWORD)
    unknown, finding = found(
        ITSELF, entries(reset, stranger, entry(Right.ADD_SELF, "AU"))
    )

    assert not unknown.known
    assert finding.id == f"guard/account/{USER_SID}"


def test_an_entry_of_unknown_kind_for_children_only_says_nothing_here() -> None:
    (finding,) = found(ITSELF, entries(UnknownAce(bytes((4, 8, 8, 0, 0, 0, 0, 0)))))

    assert finding.level is Level.OK


def test_rights_held_by_everybody_are_told() -> None:
    (finding,) = of_holders(sids("AGENT", "GROUP", "AU"), AGENT, str)

    assert (finding.id, finding.level) == ("grants/S-1-5-11", Level.PROBLEM)
