"""The least grants, judged by lists that are made up; the lab has the real ones."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from agent.acl.ace import Ace, AceFlag, AceType
from agent.acl.descriptor import Acl, Control, SecurityDescriptor, add_ace, remove_ace
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.config.settings import Scope
from agent.config.settings_file import validate
from agent.ldap.connection import Connection
from agent.ldap.dn import is_below, same
from agent.ldap.entry import Entry
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wizard.grants import grants as grants_of_grants
from wizard.grants.acl import rewrite, rights_of
from wizard.grants.effective_rights import ContainerRights, judge
from wizard.grants.grant_rows import row_of
from wizard.grants.grant_targets import grant_targets
from wizard.permissions.grant import Grant, grant_ace
from wizard.permissions.inheritance import find_blocked
from wizard.plan.change import StepFailed

PEOPLE = "OU=People,DC=corp,DC=test"
BERLIN = f"OU=Berlin,{PEOPLE}"
OWN, GROUP = Sid.of("S-1-5-21-1-2-3-1104"), Sid.of("S-1-5-21-1-2-3-1200")
TOKEN = frozenset({OWN, GROUP})
RESET, UNLOCK = Right.RESET_PASSWORD, Right.WRITE_LOCKOUT_TIME


@dataclass
class Lists:
    """A directory that holds lists by name; people are CN=, containers OU=."""

    held: dict[str, bytes | None] = field(default_factory=dict)
    written: int = 0
    host: str = "dc1.corp.test"

    def search(
        self, base: str, query: str, wanted: Sequence[str], **how: Any
    ) -> Iterator[Entry]:
        del wanted
        for dn, raw in self.held.items():
            at = same(dn, base) if how.get("scope") == "base" else is_below(dn, base)
            kind = "inetOrgPerson" if dn.startswith("CN=inet") else "user"
            if not at or (dn.startswith("CN=") and not _asks_for(query, kind)):
                continue
            if dn.startswith("OU=") and "organizationalUnit" not in query and query:
                continue
            values: Mapping[str, tuple[bytes, ...]] = (
                {} if raw is None else {"nTSecurityDescriptor": (raw,)}
            )
            yield Entry(dn, values)

    def modify(self, *_: Any) -> None:
        self.written += 1


def _asks_for(query: str, kind: str) -> bool:
    return "user" in query and ("(!(objectClass=inet" in query) is (kind == "user")


def listed(*aces: Ace, protected: bool = False) -> bytes:
    control = Control.DACL_PRESENT | Control.SELF_RELATIVE
    control |= Control.DACL_PROTECTED if protected else Control(0)
    return SecurityDescriptor(
        int(control), OWN_DOMAIN, None, None, Acl(aces)
    ).to_bytes()


OWN_DOMAIN = Sid.of("S-1-5-32-544")


def inherited(right: Right, sid: Sid = GROUP) -> Ace:
    ace = grant_ace(right, sid)
    return replace(ace, flags=int(AceFlag.CONTAINER_INHERIT | AceFlag.INHERITED))


def deny(right: Right, kind: AceType = AceType.DENIED_OBJECT) -> Ace:
    return replace(inherited(right), type=kind, flags=0)


def people(count: int, raw: bytes | None, container: str = PEOPLE) -> dict[str, Any]:
    return {f"CN=p{at:03}{hash(raw) % 997},{container}": raw for at in range(count)}


def judged(
    *groups: Mapping[str, bytes | None],
    rights: Sequence[Right] = (RESET,),
    scope: Sequence[str] = (PEOPLE,),
    excluded: Sequence[str] = (),
    at: str = PEOPLE,
) -> ContainerRights:
    opened = lists(*groups)
    named = Scope(containers=tuple(scope), exclude_containers=tuple(excluded))
    where = grant_targets(opened, named)
    return judge(opened, at, rights, where, token=TOKEN, own=OWN)


def lists(*groups: Mapping[str, bytes | None]) -> Connection:
    held: dict[str, bytes | None] = {PEOPLE: listed()}
    for group in groups:
        held |= group
    return cast("Connection", Lists(held))


GRANTED, LACKING = listed(inherited(RESET)), listed(inherited(UNLOCK))


def test_everybody_counts_not_the_first_ones() -> None:
    found = judged(people(300, GRANTED), people(60, LACKING))

    assert found.missing == (Grant(RESET),)
    assert found.people == 360


def test_one_who_is_denied_among_people_who_have_it_needs_no_grant() -> None:
    denied = listed(deny(RESET), inherited(RESET))
    found = judged(people(20, GRANTED), people(1, denied))

    assert found.missing == ()
    assert [(each.people, each.rights) for each in found.unreached] == [(1, (RESET,))]
    row = row_of(PEOPLE, found, (RESET,))
    assert row.detail == "Granted, but refused for 1 of 21 people: Reset Password."


def test_one_who_is_denied_without_an_entry_beneath_needs_none_either() -> None:
    found = judged(people(20, GRANTED), people(1, listed(deny(RESET))))

    assert found.missing == ()


def test_where_everybody_is_denied_and_nothing_allows_it_a_grant_is_missing() -> None:
    assert judged(people(9, listed(deny(RESET)))).missing == (Grant(RESET),)
    denied = listed(deny(RESET), inherited(RESET))
    assert judged(people(9, denied)).missing == ()


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        # an entry that allows under a condition may not hold: a grant settles it
        (AceType.ALLOWED_CALLBACK_OBJECT, (Grant(RESET),)),
        # one that denies under a condition comes first, whatever is granted
        (AceType.DENIED_CALLBACK_OBJECT, ()),
    ],
)
def test_a_condition_is_granted_past_where_that_helps(
    kind: AceType, missing: tuple[Grant, ...]
) -> None:
    found = judged(people(20, GRANTED), people(1, listed(deny(RESET, kind))))

    assert found.missing == missing


def test_where_nobody_is_yet_the_grant_is_missing() -> None:
    assert judged().missing == (Grant(RESET),)


def test_those_a_grant_does_not_reach_ask_for_none() -> None:
    blocked = {BERLIN: listed(protected=True)}
    found = judged(people(20, GRANTED), blocked, people(3, LACKING, BERLIN))

    assert found.missing == ()
    assert sum(each.people for each in found.unreached) == 3


def test_a_list_that_is_not_understood_is_told_and_stops_nobody() -> None:
    broken = people(1, b"\x01\x00 no list")
    found = judged(people(20, GRANTED), broken, people(2, None))

    assert (found.missing, found.people, found.unknown) == ((), 20, 3)
    row = row_of(PEOPLE, found, (RESET,))
    assert row.state == "warning"
    assert row.detail.startswith("Not known for 3 of 23 people, such as CN=p000")


def test_a_class_of_its_own_is_judged_by_itself() -> None:
    found = judged(people(2, GRANTED), {f"CN=inet,{PEOPLE}": LACKING})

    assert found.missing == (Grant(RESET, "inetOrgPerson"),)


@pytest.mark.parametrize(
    ("at", "losing"), [(PEOPLE, BERLIN), (BERLIN, PEOPLE), (PEOPLE, PEOPLE)]
)
def test_entries_that_go_do_not_count_for_those_that_come(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: str, losing: str
) -> None:
    rights = rights_of(SETTINGS.features)
    held = listed(*(inherited(right, OWN) for right in rights))
    opened = lists({BERLIN: listed()}, people(9, held, BERLIN))
    for name, found in {
        "as_agent": nullcontext(opened),
        "own_sids": TOKEN,
        "sid_of": OWN,
        "refuse_protected": None,
    }.items():
        place = f"{grants_of_grants.missing.__module__}.{name}"
        monkeypatch.setattr(place, lambda *_, _found=found: _found)
    plain = SETTINGS.model_dump(mode="json")
    wanted = validate(plain | {"scope": {"containers": [at]}})
    context = on(FakeHost(tmp_path))

    assert grants_of_grants.missing(wanted, context) == [(at, ())]
    ((where, missing),) = grants_of_grants.missing(wanted, context, (losing,))
    assert (where, {grant.right for grant in missing}) == (at, set(rights))


@pytest.mark.parametrize("scope", [(PEOPLE, BERLIN), (BERLIN, PEOPLE)])
def test_a_container_inside_another_gets_no_entries_of_its_own(
    scope: tuple[str, ...],
) -> None:
    opened = lists({BERLIN: listed()})

    assert grant_targets(opened, Scope(containers=scope)).containers == (PEOPLE,)


def test_who_is_in_an_excluded_container_asks_for_no_grant() -> None:
    berlin = {BERLIN: listed(protected=True)}
    lacking = people(3, LACKING, BERLIN)

    everybody = judged(people(5, GRANTED), people(3, LACKING, BERLIN))
    assert everybody.missing == (Grant(RESET),)
    found = judged(people(5, GRANTED), berlin, lacking, excluded=(BERLIN,))
    assert (found.missing, found.people, found.unreached) == ((), 5, ())


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ((), ""),
        (("Berlin",), "; 1 excluded container below inherits it, where the agent"),
        (("Berlin", "Bonn"), "; 2 excluded containers below inherit it, where the"),
    ],
)
def test_a_grant_says_that_it_reaches_into_excluded_containers(
    inside: tuple[str, ...], says: str
) -> None:
    plain = SETTINGS.model_dump(mode="json")
    excluded = [f"OU={name},{PEOPLE}" for name in (*inside, "Elsewhere")]
    excluded[-1] = f"OU=Inner,OU=Other,{PEOPLE.partition(',')[2]}"
    other = f"OU=Other,{PEOPLE.partition(',')[2]}"
    scope = {"containers": [PEOPLE, other], "exclude_containers": excluded}
    wanted = validate(plain | {"scope": scope})

    summary = grants_of_grants.grant_change(wanted, PEOPLE, (Grant(RESET),)).summary
    assert says in summary
    assert ("excluded" in summary) is bool(says)


def test_a_container_that_inherits_nothing_gets_its_own() -> None:
    scope, blocked = (PEOPLE, BERLIN), {BERLIN: listed(protected=True)}
    lacking = people(3, LACKING, BERLIN)

    assert grant_targets(lists(blocked), Scope(containers=scope)).containers == scope
    found = judged(people(5, GRANTED), blocked, lacking, scope=scope)
    assert (found.missing, found.people) == ((), 5)
    found = judged(people(5, GRANTED), blocked, lacking, scope=scope, at=BERLIN)
    assert (found.missing, found.people) == ((Grant(RESET),), 3)


def test_inheritance_that_is_off_between_two_counts() -> None:
    mitte = f"OU=Mitte,{BERLIN}"
    opened = lists({BERLIN: listed(protected=True), mitte: listed()})

    assert grant_targets(opened, Scope(containers=(PEOPLE, mitte))).containers == (
        PEOPLE,
        mitte,
    )
    assert grant_targets(
        opened, Scope(containers=(PEOPLE, PEOPLE.lower()))
    ).containers == (PEOPLE,)


def test_looking_for_cuts_can_be_stopped() -> None:
    opened = lists({BERLIN: listed(protected=True)})

    assert find_blocked(opened, (PEOPLE,)) == (BERLIN,)
    assert find_blocked(opened, (PEOPLE,), lambda: True) == ()


def test_a_list_that_takes_no_entry_is_told_with_what_to_do() -> None:
    none = SecurityDescriptor(int(Control.SELF_RELATIVE), OWN_DOMAIN, None, None, None)
    many = tuple(
        grant_ace(RESET, Sid.of(f"S-1-5-21-1-2-3-{rid}")) for rid in range(2000, 2910)
    )
    for raw, reason in ((none.to_bytes(), "NULL DACL"), (listed(*many), "no more")):
        fake = Lists({PEOPLE: raw})
        opened, ace = cast("Connection", fake), grant_ace(RESET, OWN)
        with pytest.raises(StepFailed, match=reason) as raised:
            rewrite(opened, PEOPLE, (ace,), add_ace)
        assert raised.value.remedy
        assert not fake.written
        assert rewrite(opened, PEOPLE, (ace,), remove_ace) == ()
