"""Puts a descriptor on the lab's controller, and really does what a right is for.

Descriptors are written by an administrator's connection; everything that a right
decides about is done by the delegated account on a connection of its own, kept open.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import ldap3
from ldap3.core.exceptions import (
    LDAPConstraintViolationResult,
    LDAPInsufficientAccessRightsResult,
    LDAPNoSuchObjectResult,
)
from ldap3.protocol.microsoft import security_descriptor_control

from agent.acl import rights
from agent.acl.ace import Ace
from agent.acl.descriptor import Control, SecurityDescriptor, parse, with_dacl
from agent.acl.rights import Right
from agent.acl.sid import Sid
from lab.controller import Lab
from tests.integration.agent.access_cases import Case, Who

OWNER_AND_DACL = security_descriptor_control(sdflags=5)
READABLE = security_descriptor_control(sdflags=7)
PASSWORD = "Canary-7f3a-Passw0rd!"
OPEN_POLICY = {
    "minPwdLength": 0,
    "pwdProperties": 0,
    "pwdHistoryLength": 0,
    "minPwdAge": 0,
    "lockoutThreshold": 0,
}
# read, write permissions and owner: so that the next descriptor can be written
ADMIN_MASK = rights.READ_CONTROL | rights.WRITE_DAC | rights.WRITE_OWNER | 0x94


def _spelled(password: str) -> bytes:
    return f'"{password}"'.encode("utf-16-le")


def read(link: Any, dn: str, name: str, controls: Any = None) -> list[bytes] | None:
    """Read one attribute; empty when it is hidden, None when the object is."""
    try:
        link.search(dn, "(objectClass=*)", "BASE", attributes=[name], controls=controls)
    except LDAPNoSuchObjectResult:  # the container may not be listed
        return None
    found = [each for each in link.response if each["type"] == "searchResEntry"]
    if not found:
        return None
    values: list[bytes] = found[0]["raw_attributes"].get(name, [])
    return values


def needed(link: Any, dn: str, name: str, controls: Any = None) -> bytes:
    """Read one value that has to be there."""
    values = read(link, dn, name, controls)
    assert values, (dn, name)
    return values[0]


@dataclass
class Target:
    """An object that the rights are about."""

    dn: str
    sid: Sid
    object_class: UUID
    password: str = PASSWORD


@dataclass
class Bench:
    """The container, what is in it, and the two connections."""

    admin: Any
    agent: Any
    container: str
    targets: list[Target]
    who: Who
    token: frozenset[Sid]
    _number: int = 0

    def put(self, case: Case) -> Target:
        """Write what the case says."""
        target = self.targets[case.target]
        if case.above is not None:
            above = self.stored(self.container)
            keep = [a for a in above.dacl.aces if a.flags & 0x10] if above.dacl else []
            aces = (*self._admin_may(), *case.above, *keep)
            self.write(self.container, with_dacl(above, aces))
        now = replace(self.stored(target.dn), owner=case.owner)
        control = now.control & ~Control.DACL_PROTECTED
        control |= Control.DACL_PROTECTED if case.protected else 0
        now = replace(now, control=int(control))
        self.write(target.dn, with_dacl(now, (*self._admin_may(), *case.aces)))
        return target

    def _admin_may(self) -> tuple[Ace, ...]:
        return (Ace(0, 0, ADMIN_MASK, self.who.admins),)

    def write(self, dn: str, descriptor: SecurityDescriptor) -> None:
        """Write owner and list, as administrator."""
        raw = descriptor.to_bytes()
        change = {"nTSecurityDescriptor": [(ldap3.MODIFY_REPLACE, [raw])]}
        self.admin.modify(dn, change, controls=OWNER_AND_DACL)

    def stored(self, dn: str) -> SecurityDescriptor:
        """What the controller made of it, as administrator."""
        return parse(needed(self.admin, dn, "nTSecurityDescriptor", READABLE))

    def seen(self, target: Target) -> list[bytes] | None:
        """The descriptor as the delegated account gets it."""
        return read(self.agent, target.dn, "nTSecurityDescriptor", READABLE)

    def works(self, target: Target, right: Right) -> bool:
        """Do it, and say whether it was let."""
        self._number += 1
        new = f"Lab-Try-{self._number}-Passw0rd"
        try:
            self.agent.modify(target.dn, _change(right, target.password, new))
        except LDAPInsufficientAccessRightsResult:
            return False
        except LDAPConstraintViolationResult as refused:
            # how a change is refused that the list does not let; anything else that
            # comes as 19 would be the policy's doing, and there is none
            if right is Right.CHANGE_PASSWORD and "in module acl" in str(refused):
                return False
            raise
        if right in (Right.RESET_PASSWORD, Right.CHANGE_PASSWORD):
            target.password = new
        return True


def _change(right: Right, old: str, new: str) -> dict[str, list[Any]]:
    match right:
        case Right.RESET_PASSWORD:
            return {"unicodePwd": [(ldap3.MODIFY_REPLACE, [_spelled(new)])]}
        case Right.CHANGE_PASSWORD:
            out = (ldap3.MODIFY_DELETE, [_spelled(old)])
            return {"unicodePwd": [out, (ldap3.MODIFY_ADD, [_spelled(new)])]}
        case Right.WRITE_LOCKOUT_TIME:
            return {"lockoutTime": [(ldap3.MODIFY_REPLACE, [b"0"])]}
        case Right.WRITE_PWD_LAST_SET:
            return {"pwdLastSet": [(ldap3.MODIFY_REPLACE, [b"0"])]}
        case _:
            raise ValueError(f"{right.name} is not tried")


@contextmanager
def bench_on(lab: Lab) -> Iterator[Bench]:
    """Make the people, the groups one in the other, and a policy that refuses nothing.

    The account itself is one of the objects, for what is said of SELF.
    """
    with lab.signed_in(lab.admin_user, lab.admin_password) as admin:
        policy = {
            name: [(ldap3.MODIFY_REPLACE, [str(value).encode()])]
            for name, value in OPEN_POLICY.items()
        }
        admin.modify(lab.base_dn, policy)  # type: ignore[no-untyped-call]
        container = f"OU=Access,{lab.base_dn}"
        admin.add(container, "organizationalUnit")  # type: ignore[no-untyped-call]
        targets = [
            _add_person(admin, container, name, kind)
            for name, kind in (
                ("plain", "user"),
                ("another", "user"),
                ("inet", "inetOrgPerson"),
                ("account", "user"),
            )
        ]
        who = _add_groups(admin, lab.base_dn, container, targets[-1])
        with lab.signed_in(f"account@{lab.realm}", PASSWORD) as agent:
            found = read(agent, "", "tokenGroups")
            assert found
            token = frozenset(map(Sid, found))
            assert token >= {who.agent, *who.groups}
            assert token.isdisjoint(who.others)
            yield Bench(admin, agent, container, targets, who, token)


def _add_person(admin: Any, container: str, name: str, kind: str) -> Target:
    dn = f"CN={name},{container}"
    more = {"sAMAccountName": name, "userPrincipalName": f"{name}@corp.test"}
    admin.add(dn, kind, more | ({"sn": name} if kind != "user" else {}))
    spelled = [(ldap3.MODIFY_REPLACE, [_spelled(PASSWORD)])]
    admin.modify(dn, {"unicodePwd": spelled})
    admin.modify(dn, {"userAccountControl": [(ldap3.MODIFY_REPLACE, [b"512"])]})
    class_ = rights.USER if kind == "user" else rights.INET_ORG_PERSON
    return Target(dn, Sid(needed(admin, dn, "objectSid")), class_)


def _add_groups(admin: Any, base: str, container: str, account: Target) -> Who:
    """Global in universal in domain local, and two that the account is not in."""
    members = [account.dn]
    sids: list[Sid] = []
    for name, kind in (("near", 0x2), ("middle", 0x8), ("far", 0x4)):
        dn = f"CN={name},{container}"
        signed = kind - 0x80000000
        admin.add(dn, "group", {"member": members, "groupType": str(signed)})
        members, sids = [dn], [*sids, Sid(needed(admin, dn, "objectSid"))]
    other = f"CN=other,{container}"
    admin.add(other, "group", {"member": [f"CN=plain,{container}"]})
    admins = needed(admin, f"CN=Domain Admins,CN=Users,{base}", "objectSid")
    others = (Sid(needed(admin, other, "objectSid")), Sid.of("S-1-5-32-550"))
    return Who(account.sid, tuple(sids), others, Sid(admins))
