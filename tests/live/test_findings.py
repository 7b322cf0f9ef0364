"""What is wrong with the agent's account is found, by id, with the entry in words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ldap3
import pytest
from ldap3.protocol.microsoft import security_descriptor_control

from agent.access import Right, grant_ace
from agent.ace import Ace, AceFlag, AceType, Sid
from agent.descriptor import SecurityDescriptor, add_ace, parse
from agent.directory import Directory, Endpoint, connect
from agent.domain import Domain
from agent.findings import Finding, Level
from agent.secret import Secret
from agent.settings import Settings, validate
from agent.trustees import Names
from tests.lab import Lab
from tests.lab.people import GROUPS, OTHER, PEOPLE
from wizard.inspection.findings import find_about_account

pytestmark = pytest.mark.live
_DACL = security_descriptor_control(sdflags=4)
_OWNER = security_descriptor_control(sdflags=1)
NAME = "svc-existing"
FULL_CONTROL = 0xF01FF


def settings(lab: Lab, name: str = NAME, *containers: str) -> Settings:
    controller = {"host": lab.host, "address": lab.address}
    account = {"kind": "existing", "name": lab.accounts[name]["upn"]}
    directory = {
        "domain": lab.realm,
        "controllers": [controller],
        "ca": str(lab.ca),
        "account": account,
    }
    return validate(
        {
            "version": 1,
            "agent": "srv1",
            "relay": {"url": "https://relay.test"},
            "directory": directory,
            "scope": {"containers": list(containers) or [PEOPLE]},
        }
    )


@contextmanager
def opened(lab: Lab, name: str = NAME) -> Iterator[Directory]:
    account = lab.accounts[name]
    endpoint = Endpoint(lab.host, lab.address, 636, str(lab.ca))
    with connect(endpoint, account["upn"], Secret(account["password"])) as found:
        yield found


def find(lab: Lab, name: str = NAME, *containers: str) -> dict[str, Finding]:
    wanted = settings(lab, name, *containers)
    with opened(lab, name) as directory:
        found = find_about_account(
            directory,
            Domain(wanted),
            wanted,
            report=lambda _count: None,
            stop=lambda: False,
        )
    by_id = {finding.id: finding for finding in found}
    assert len(by_id) == len(found), "ids are unique"
    return by_id


def beyond(found: dict[str, Finding]) -> list[Finding]:
    return [each for each in found.values() if each.level not in (Level.OK, Level.INFO)]


class Administrator:
    """Somebody who changes the domain by hand."""

    def __init__(self, link: ldap3.Connection) -> None:
        self.link = link

    def replace(self, dn: str, name: str, *values: bytes, controls: Any = None) -> None:
        wanted = {name: [(ldap3.MODIFY_REPLACE, list(values))]}
        self.link.modify(dn, wanted, controls=controls)  # type: ignore[no-untyped-call]

    def read(self, dn: str, name: str) -> bytes:
        self.link.search(
            dn, "(objectClass=*)", "BASE", attributes=[name], controls=_DACL
        )
        assert self.link.response
        value: bytes = self.link.response[0]["raw_attributes"][name][0]
        return value

    def sid(self, dn: str) -> Sid:
        return Sid.parse(self.read(dn, "objectSid"))

    def add_entry(self, dn: str, ace: Ace) -> None:
        self.edit(dn, lambda old: add_ace(old, ace))

    def edit(
        self, dn: str, change: Callable[[SecurityDescriptor], SecurityDescriptor]
    ) -> None:
        new = change(parse(self.read(dn, "nTSecurityDescriptor")))
        self.replace(dn, "nTSecurityDescriptor", new.to_bytes(), controls=_DACL)

    def group(self, name: str, *members: str) -> str:
        dn = f"CN={name},{GROUPS}"
        given = {"sAMAccountName": name}
        self.link.add(dn, "group", given)  # type: ignore[no-untyped-call]
        self.join(dn, *members)
        return dn

    def join(self, group: str, *members: str) -> None:
        self.replace(group, "member", *(member.encode() for member in members))


@pytest.fixture
def admin(fresh_lab: Lab) -> Iterator[Administrator]:
    with fresh_lab.signed_in(fresh_lab.admin_user, fresh_lab.admin_password) as link:
        yield Administrator(link)


def dn_of(lab: Lab, name: str = NAME) -> str:
    return lab.accounts[name]["dn"]


def test_the_account_with_our_own_grant_has_no_warning(fresh_lab: Lab) -> None:
    found = find(fresh_lab)

    assert beyond(found) == []
    assert all(each.known for each in found.values())
    assert found["outside/people"].level is Level.OK
    assert found["unexpire"].level is Level.INFO
