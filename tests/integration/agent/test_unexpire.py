"""Unexpire Password, which stands on the head of the domain: decided, and tried."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import ldap3
import pytest
from ldap3.core.exceptions import LDAPInsufficientAccessRightsResult

from agent.acl.access_check import decide
from agent.acl.ace import Ace, AceType
from agent.acl.descriptor import with_dacl
from agent.acl.rights import DOMAIN, Right
from agent.acl.sid import Sid
from lab.controller import Lab
from tests.integration.agent.access_bench import Bench, bench_on
from wizard.permissions.grant import grant_ace

UNEXPIRE = Right.UNEXPIRE_PASSWORD
AUTHENTICATED = Sid.of("S-1-5-11")


@pytest.fixture
def bench(fresh_lab: Lab) -> Iterator[Bench]:
    """The service account may write pwdLastSet, which is half of what it takes."""
    with bench_on(fresh_lab) as made:
        target = made.targets[0]
        write = replace(
            grant_ace(Right.WRITE_PWD_LAST_SET, made.who.agent),
            flags=0,
            inherited_object_type=None,
        )
        held = made.stored(target.dn)
        assert held.dacl
        made.write(target.dn, with_dacl(held, (write, *held.dacl.aces)))
        yield made


def works(bench: Bench) -> bool:
    """Let a password that must be changed count as set now (MS-SAMR 3.1.1.8.5)."""
    assert try_value(bench, 0)  # that alone takes no more than the write
    return try_value(bench, -1)


def try_value(bench: Bench, value: int) -> bool:
    anyway: Any = bench.agent
    change = {"pwdLastSet": [(ldap3.MODIFY_REPLACE, [str(value)])]}
    try:
        anyway.modify(bench.targets[0].dn, change)
    except LDAPInsufficientAccessRightsResult:
        return False
    return True


def decided(bench: Bench, head: str) -> bool:
    stored = bench.stored(head)
    return decide(stored, bench.token, UNEXPIRE, classes=frozenset({DOMAIN})).allowed


def about(ace: Any) -> bool:
    return isinstance(ace, Ace) and ace.object_type == UNEXPIRE.value.guid


ALLOW, DENY = AceType.ALLOWED_OBJECT, AceType.DENIED_OBJECT
OWN = None  # the service account
CASES: dict[str, tuple[bool, tuple[tuple[Sid | None, AceType], ...]]] = {
    "everybody signed in may, as at first": (True, ((AUTHENTICATED, ALLOW),)),
    "nobody may": (False, ()),
    "the account alone may": (True, ((OWN, ALLOW),)),
    "all but the account": (False, ((OWN, DENY), (AUTHENTICATED, ALLOW))),
}


@pytest.mark.parametrize("name", CASES)
def test_unexpire_password_is_what_the_controller_makes_of_it(
    bench: Bench, fresh_lab: Lab, name: str
) -> None:
    head, mask = fresh_lab.base_dn, UNEXPIRE.value.mask
    before = bench.stored(head)
    assert before.dacl
    assert any(about(ace) for ace in before.dacl.aces)
    rest = [ace for ace in before.dacl.aces if not about(ace)]
    allowed, entries = CASES[name]
    guid = UNEXPIRE.value.guid
    made = [Ace(kind, 0, mask, who or bench.who.agent, guid) for who, kind in entries]
    bench.write(head, with_dacl(before, (*made, *rest)))

    assert decided(bench, head) is allowed
    assert works(bench) is allowed
