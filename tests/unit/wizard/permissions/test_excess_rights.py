"""Rights beyond the task: each is told where it is held, and not where it is not."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from agent.acl.ace import Ace, AceType, UnknownAce
from agent.acl.descriptor import SecurityDescriptor, with_dacl
from agent.acl.rights import DOMAIN, Right
from agent.acl.sid import Sid
from tests.fixtures.sddl_text import NAMES, descriptor, sid, sids
from wire.text import Text
from wizard.permissions.excess_rights import (
    Place,
    of_groups,
    of_place,
    of_replication,
    of_unexpire,
)
from wizard.permissions.findings import Finding, Level

TOKEN = sids("AGENT", "GROUP", "WD", "AU")
AGENT = NAMES["AGENT"]
FULL = "CCSWRPWPCRRCWDWO"
PLACE = Place("head", Text("the head"), None, frozenset({DOMAIN}))


def only(found: Iterable[Finding]) -> Finding:
    (finding,) = found
    return finding


def at(place: Place, secured: SecurityDescriptor) -> Place:
    return replace(place, descriptor=secured.to_bytes())


def text(entries: str | None, owner: str = "DA") -> SecurityDescriptor:
    return descriptor(entries, owner=owner)


def entries(*aces: Ace | UnknownAce) -> SecurityDescriptor:
    return with_dacl(descriptor(""), aces)


def right(asked: Right, who: str = "AGENT", kind: int = 5) -> Ace:
    return Ace(kind, 0, asked.value.mask, sid(who), asked.value.guid)


@pytest.mark.parametrize(
    "group",
    [
        *(f"S-1-5-21-1-2-3-{rid}" for rid in (512, 516, 518, 519, 521, 526, 527)),
        # of the forest's root
        "S-1-5-21-7-8-9-519",
        *(f"S-1-5-32-{rid}" for rid in (544, 548, 549, 550, 551, 552)),
    ],
)
def test_each_protected_group_is_told(group: str) -> None:
    found = only(of_groups(TOKEN | {Sid.of(group)}, str))

    assert (found.id, found.level) == (f"groups/{group}", Level.PROBLEM)
    assert found.shown_by == f"tokenGroups has {group}"


def test_a_renamed_group_is_told_by_both_names() -> None:
    found = only(of_groups(sids("DA"), lambda _sid: "Domänen-Admins"))

    assert found.title == "It is in Domänen-Admins (Domain Admins)"


def test_ordinary_groups_are_fine() -> None:
    ordinary = TOKEN | sids("S-1-5-21-1-2-3-513", "S-1-5-32-545", "S-1-5-32-554")

    assert only(of_groups(ordinary, str)).level is Level.OK


@pytest.mark.parametrize(
    ("asked", "what", "level"),
    [
        (Right.REPLICATE, "replication/changes", Level.WARNING),
        (Right.REPLICATE_SECRETS, "replication/all", Level.PROBLEM),
        (Right.REPLICATE_FILTERED, "replication/filtered", Level.PROBLEM),
    ],
)
def test_a_right_to_replicate_is_told(asked: Right, what: str, level: Level) -> None:
    found = only(of_replication(at(PLACE, entries(right(asked))), TOKEN, str))

    assert (found.id, found.level) == (what, level)
    assert found.shown_by == f"Allows {AGENT} to {asked.value.words}"


def test_all_extended_rights_are_every_right_to_replicate() -> None:
    held = of_replication(at(PLACE, text("(A;;CR;;;GROUP)")), TOKEN, str)

    assert len(list(held)) == 3


def test_a_right_of_somebody_else_or_denied_is_not_held() -> None:
    asked = Right.REPLICATE_SECRETS
    denied = entries(right(asked, kind=AceType.DENIED_OBJECT), right(asked))

    for secured in (denied, entries(right(asked, "USER"))):
        found = only(of_replication(at(PLACE, secured), TOKEN, str))
        assert (found.id, found.level) == ("replication", Level.OK)


def test_a_right_under_a_condition_is_not_known() -> None:
    conditional = replace(right(Right.REPLICATE_SECRETS), type=0x0B)
    found = only(of_replication(at(PLACE, entries(conditional)), TOKEN, str))

    assert (found.id, found.known) == ("replication/all", False)
    assert found.title.startswith("Not known: whether it may copy every password")


@pytest.mark.parametrize(
    ("rights", "whats"),
    [
        ("WD", ["excess/write_dacl/head"]),
        ("WO", ["excess/write_owner/head"]),
        ("WP", ["excess/write_everything/head"]),
        ("GW", ["excess/write_everything/head"]),
        ("WDWO", ["excess/write_dacl/head", "excess/write_owner/head"]),
        ("GA", ["excess/full_control/head"]),
    ],
)
def test_control_over_a_place_is_told(rights: str, whats: list[str]) -> None:
    found = list(of_place(at(PLACE, text(f"(A;;{rights};;;AGENT)")), TOKEN, str))

    assert [each.id for each in found] == whats
    assert {each.level for each in found} == {Level.PROBLEM}
    assert all(each.shown_by.startswith(f"Allows {AGENT} to ") for each in found)


def test_rights_from_several_entries_are_not_called_full_control() -> None:
    several = text("(A;;WD;;;AGENT)(A;;WO;;;GROUP)(A;;WP;;;AU)")
    found = [each.id for each in of_place(at(PLACE, several), TOKEN, str)]

    assert found == [
        "excess/write_dacl/head",
        "excess/write_owner/head",
        "excess/write_everything/head",
    ]


def test_a_denied_part_of_full_control_is_left_out() -> None:
    secured = text("(D;;WO;;;AGENT)(A;;GA;;;AGENT)")
    found = [each.id for each in of_place(at(PLACE, secured), TOKEN, str)]

    assert found == ["excess/write_dacl/head", "excess/write_everything/head"]


def test_the_owner_may_change_the_permissions() -> None:
    found = only(of_place(at(PLACE, text("(A;;RC;;;AU)", "AGENT")), TOKEN, str))

    assert found.id == "excess/write_dacl/head"
    assert found.shown_by == f"{AGENT} is the owner"


def test_a_place_without_a_list_is_everybodys() -> None:
    found = only(of_place(at(PLACE, text(None)), TOKEN, str))

    assert found.id == "excess/full_control/head"
    assert found.shown_by == "there is no list: everybody may do everything"


def test_what_only_the_children_inherit_is_not_held_here() -> None:
    secured = text("(A;CIIO;GA;;;AGENT)(OA;CIIO;CR;reset;user;AGENT)")

    assert only(of_place(at(PLACE, secured), TOKEN, str)).level is Level.OK


@pytest.mark.parametrize("raw", [None, b"\1\0", b"\2" * 40])
def test_a_place_that_can_not_be_read_is_not_known(raw: bytes | None) -> None:
    place = replace(PLACE, descriptor=raw)

    for found in (
        only(of_place(place, TOKEN, str)),
        only(of_replication(place, TOKEN, str)),
        only(of_unexpire(place, TOKEN, str)),
    ):
        assert not found.known
        assert found.title.startswith("Not known: ")
        assert found.shown_by.startswith("nTSecurityDescriptor ")


def test_unexpire_password_is_information_only() -> None:
    held = at(PLACE, entries(right(Right.UNEXPIRE_PASSWORD, "AU")))

    found = only(of_unexpire(held, TOKEN, str))
    assert found.level is Level.INFO
    assert found.shown_by == "Allows S-1-5-11 to lift the expiry of passwords"
    lacking = only(of_unexpire(at(PLACE, text("")), TOKEN, str))
    assert lacking.level is Level.INFO
    assert "may not" in lacking.title
