"""What is wrong with the service account is found, by id, with the entry in words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import ldap3
import pytest
from ldap3.protocol.microsoft import security_descriptor_control

from agent.acl.ace import Ace, AceFlag, AceType
from agent.acl.descriptor import SecurityDescriptor, add_ace, parse
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.active_directory.domain_cache import DomainCache
from agent.config.secret_store import DIRECTORY_PASSWORD
from agent.config.settings import Settings
from agent.config.settings_file import validate
from agent.ldap.certificates import Endpoint
from agent.ldap.connection import Connection, connect
from lab.controller import Lab
from lab.people import GROUPS, OTHER, PEOPLE
from lab.sandbox import sandbox
from tests.fixtures.filetime import to_filetime
from tests.integration.wizard.test_install import install
from wire.secret import Secret
from wizard.permissions.account_report import find_about_account
from wizard.permissions.findings import Finding, Level
from wizard.permissions.grant import grant_ace
from wizard.permissions.sid_names import Names

_DACL = security_descriptor_control(sdflags=4)
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
def opened(lab: Lab, name: str = NAME) -> Iterator[Connection]:
    account = lab.accounts[name]
    endpoint = Endpoint(lab.host, lab.address, 636, lab.ca)
    with connect(endpoint, account["upn"], Secret(account["password"])) as found:
        yield found


def find(lab: Lab, name: str = NAME, *containers: str) -> dict[str, Finding]:
    with opened(lab, name) as directory:
        return judged(directory, settings(lab, name, *containers))


def judged(directory: Connection, wanted: Settings) -> dict[str, Finding]:
    found = find_about_account(
        directory,
        DomainCache(wanted),
        report=lambda _count: None,
        stop=lambda: False,
    )
    by_id = {finding.id: finding for finding in found}
    assert len(by_id) == len(found), "ids are unique"
    return by_id


def beyond(found: dict[str, Finding]) -> list[Finding]:
    return [each for each in found.values() if each.level not in (Level.OK, Level.INFO)]


def test_an_account_and_grant_made_by_the_wizard_have_no_warning(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    with sandbox(fresh_lab, tmp_path) as whole:
        wanted = install(whole)
        password = whole.host.secrets.get(DIRECTORY_PASSWORD)
        assert password is not None
        endpoint = Endpoint(fresh_lab.host, fresh_lab.address, 636, fresh_lab.ca)
        name = wanted.directory.sign_in_name
        with connect(endpoint, name, password) as directory:
            found = judged(directory, wanted)

    assert beyond(found) == []
    assert found["password/age"].title == "Its password is 0 days old"


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
        attributes = {"sAMAccountName": name}
        self.link.add(dn, "group", attributes)  # type: ignore[no-untyped-call]
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


def entry(dn_sid: Sid, mask: int, *, inherit: bool = False) -> Ace:
    flags = int(AceFlag.CONTAINER_INHERIT) if inherit else 0
    return Ace(AceType.ALLOWED, flags, mask, dn_sid)


def extended(sid: Sid, right: Right) -> Ace:
    mask = right.value.mask
    return Ace(AceType.ALLOWED_OBJECT, 0, mask, sid, right.value.guid)


def test_an_administrator_by_a_group_in_a_group_is_told(
    fresh_lab: Lab, admin: Administrator
) -> None:
    inner = admin.group("Inner crew", dn_of(fresh_lab))
    admins = f"CN=Domain Admins,CN=Users,{fresh_lab.base_dn}"
    admin.join(admins, f"CN=Administrator,CN=Users,{fresh_lab.base_dn}", inner)

    found = find(fresh_lab)

    finding = found[f"groups/{admin.sid(admins)}"]
    assert finding.level is Level.PROBLEM
    assert finding.title == "It is in Domain Admins"
    assert found["groups/S-1-5-32-544"].title == "It is in Administrators"
    assert "groups" not in found
    assert found["excess/full_control/template"].level is Level.PROBLEM
    assert found["protected/reset_password"].level is Level.PROBLEM


@pytest.mark.parametrize(
    ("right", "what", "level"),
    [
        (Right.REPLICATE_SECRETS, "replication/all", Level.PROBLEM),
        (Right.REPLICATE_FILTERED, "replication/filtered", Level.PROBLEM),
        (Right.REPLICATE, "replication/changes", Level.WARNING),
    ],
)
def test_a_right_to_replicate_is_told_with_its_entry(
    fresh_lab: Lab, admin: Administrator, right: Right, what: str, level: Level
) -> None:
    sid = admin.sid(dn_of(fresh_lab))
    admin.add_entry(fresh_lab.base_dn, extended(sid, right))

    (finding,) = beyond(find(fresh_lab))

    assert (finding.id, finding.level) == (what, level)
    assert finding.shown_by == f"Allows svc-existing to {right.value.words}"


@pytest.mark.parametrize(
    ("mask", "what", "shown_by"),
    [
        (0x40000, "write_dacl", "Allows svc-existing to change the permissions"),
        (0x80000, "write_owner", "Allows svc-existing to take ownership"),
        (0x20, "write_everything", "Allows svc-existing to write all properties"),
        (FULL_CONTROL, "full_control", "Allows svc-existing to do everything"),
    ],
)
def test_control_over_a_container_is_told_with_its_entry(
    fresh_lab: Lab, admin: Administrator, mask: int, what: str, shown_by: str
) -> None:
    admin.add_entry(PEOPLE, entry(admin.sid(dn_of(fresh_lab)), mask))

    (finding,) = beyond(find(fresh_lab))

    assert (finding.id, finding.level) == (f"excess/{what}/{PEOPLE}", Level.PROBLEM)
    assert finding.shown_by == shown_by


def test_control_over_the_head_of_the_domain_is_told(
    fresh_lab: Lab, admin: Administrator
) -> None:
    sid = admin.sid(dn_of(fresh_lab))
    admin.add_entry(fresh_lab.base_dn, entry(sid, 0x40000))

    (finding,) = beyond(find(fresh_lab))

    assert finding.id == "excess/write_dacl/head"
    assert finding.title == "It may change the permissions of the head of the domain"


def test_full_control_that_people_inherit_is_counted_with_an_example(
    fresh_lab: Lab, admin: Administrator
) -> None:
    sid = admin.sid(dn_of(fresh_lab))
    admin.add_entry(OTHER, entry(sid, FULL_CONTROL, inherit=True))

    found = find(fresh_lab)

    finding = found["excess/full_control/people"]
    assert finding.level is Level.PROBLEM
    assert finding.title == "It may do everything with 2 people"
    assert finding.shown_by.endswith(
        "Outside,OU=Other,DC=corp,DC=test: Allows svc-existing to do everything "
        "here and on all objects below (inherited)"
    )
    assert found["outside/reset_password"].title == (
        "It may reset the passwords of 2 people outside the scope"
    )


def test_people_outside_the_scope_are_counted_by_right(
    fresh_lab: Lab, admin: Administrator
) -> None:
    sid = admin.sid(dn_of(fresh_lab))
    admin.add_entry(OTHER, grant_ace(Right.RESET_PASSWORD, sid))

    (finding,) = beyond(find(fresh_lab))

    assert (finding.id, finding.level) == ("outside/reset_password", Level.WARNING)
    assert finding.title == "It may reset the passwords of 2 people outside the scope"
    assert "Outside,OU=Other" in finding.shown_by
    assert "Allows svc-existing to reset the password" in finding.shown_by
    assert beyond(find(fresh_lab, NAME, PEOPLE, OTHER)) == []


def test_a_protected_account_that_may_be_reset_is_told(
    fresh_lab: Lab, admin: Administrator
) -> None:
    protected = fresh_lab.people["protected"]["dn"]
    sid = admin.sid(dn_of(fresh_lab))
    admin.add_entry(protected, extended(sid, Right.RESET_PASSWORD))

    (finding,) = beyond(find(fresh_lab))

    assert (finding.id, finding.level) == ("protected/reset_password", Level.PROBLEM)
    assert finding.shown_by.startswith(protected)


@pytest.mark.parametrize(
    ("mask", "what", "verb"),
    [
        (0x40000, "write_dacl", "change the permissions of"),
        (0x80000, "write_owner", "take ownership of"),
        (FULL_CONTROL, "full_control", "do everything with"),
        (0x10000000, "full_control", "do everything with"),
    ],
)
def test_control_over_a_container_outside_the_scope_is_told(
    fresh_lab: Lab, admin: Administrator, mask: int, what: str, verb: str
) -> None:
    admin.add_entry(OTHER, entry(admin.sid(dn_of(fresh_lab)), mask))

    (finding,) = beyond(find(fresh_lab))

    assert (finding.id, finding.level) == (f"excess/{what}/containers", Level.PROBLEM)
    assert finding.title == f"It may {verb} 1 container"
    assert finding.shown_by.startswith(f"{OTHER}: Allows svc-existing to ")


def test_control_over_a_container_above_the_scope_is_told(
    fresh_lab: Lab, admin: Administrator
) -> None:
    inner = f"OU=Berlin,{PEOPLE}"
    admin.add_entry(PEOPLE, entry(admin.sid(dn_of(fresh_lab)), 0x40000))

    found = beyond(find(fresh_lab, NAME, inner))

    (finding,) = [each for each in found if each.level is Level.PROBLEM]
    assert finding.id == "excess/write_dacl/containers"
    assert finding.shown_by.startswith(f"{PEOPLE}: ")


def test_control_over_groups_and_computers_is_counted_with_an_example(
    fresh_lab: Lab, admin: Administrator
) -> None:
    sid = admin.sid(dn_of(fresh_lab))
    groups = [admin.group(f"Team {number}") for number in range(2)]
    for group in groups:
        admin.add_entry(group, extended(sid, Right.WRITE_MEMBERS))
    admin.add_entry(groups[0], entry(sid, 0x80000))
    computer = f"CN=PC1,CN=Computers,{fresh_lab.base_dn}"
    attributes = {"sAMAccountName": "PC1$", "userAccountControl": "4096"}
    admin.link.add(computer, "computer", attributes)  # type: ignore[no-untyped-call]
    admin.add_entry(computer, entry(sid, FULL_CONTROL))

    found = find(fresh_lab)

    finding = {each.id: each.title for each in beyond(found)}
    assert finding == {
        "excess/full_control/computers": "It may do everything with 1 computer",
        "excess/write_members/groups": "It may choose the members of 2 groups",
        "excess/write_owner/groups": "It may take ownership of 1 group",
    }
    assert found["excess/containers"].level is Level.OK
    assert "Allows svc-existing to choose the members" in (
        found["excess/write_members/groups"].shown_by
    )


def test_who_may_reset_the_account_is_told(
    fresh_lab: Lab, admin: Administrator
) -> None:
    helpdesk = admin.sid(admin.group("Helpdesk"))
    admin.add_entry(dn_of(fresh_lab), extended(helpdesk, Right.RESET_PASSWORD))

    (finding,) = beyond(find(fresh_lab))

    assert (finding.id, finding.level) == (f"guard/account/{helpdesk}", Level.WARNING)
    assert finding.title == "Helpdesk may reset the password: the service account"
    assert finding.shown_by == "Allows Helpdesk to reset the password"


def test_who_may_join_the_group_with_the_grants_is_told(
    fresh_lab: Lab, admin: Administrator
) -> None:
    holders = admin.group("Writeback agents", dn_of(fresh_lab, "svc-weak"))
    holder, helpdesk = admin.sid(holders), admin.sid(admin.group("Helpdesk"))
    admin.add_entry(PEOPLE, grant_ace(Right.RESET_PASSWORD, holder))
    before = find(fresh_lab, "svc-weak")
    admin.add_entry(holders, extended(helpdesk, Right.WRITE_MEMBERS))

    (finding,) = beyond(find(fresh_lab, "svc-weak"))

    assert beyond(before) == []
    assert before[f"guard/{holder}"].level is Level.OK
    assert (finding.id, finding.level) == (f"guard/{holder}/{helpdesk}", Level.WARNING)
    assert finding.shown_by == "Allows Helpdesk to choose the members"


def test_a_grant_to_everybody_is_told(fresh_lab: Lab, admin: Administrator) -> None:
    everybody = Sid.of("S-1-5-11")
    admin.add_entry(PEOPLE, grant_ace(Right.RESET_PASSWORD, everybody))

    (finding,) = beyond(find(fresh_lab, "svc-weak"))

    assert (finding.id, finding.level) == ("grants/S-1-5-11", Level.PROBLEM)


def test_options_and_service_names_of_the_account_are_told(
    fresh_lab: Lab, admin: Administrator
) -> None:
    account = dn_of(fresh_lab)
    flags = 0x200 | 0x20 | 0x80 | 0x80000 | 0x400000 | 0x1000000
    admin.replace(account, "userAccountControl", str(flags).encode())
    admin.replace(account, "servicePrincipalName", b"http/agent.corp.test")

    found = beyond(find(fresh_lab))

    assert {each.id for each in found} == {
        "account/password_not_required",
        "account/reversible",
        "account/delegation",
        "account/protocol_transition",
        "account/no_preauthentication",
        "account/service_names",
    }


def test_a_password_and_an_account_with_an_end_are_told(
    fresh_lab: Lab, admin: Administrator
) -> None:
    account = dn_of(fresh_lab)
    admin.replace(account, "userAccountControl", b"512")
    soon = to_filetime(datetime.now(UTC) + timedelta(days=9, hours=1))
    admin.replace(account, "accountExpires", str(soon).encode())
    # set now, as the copy that the lab is made of may be days old
    password = fresh_lab.accounts[NAME]["password"]
    admin.replace(account, "unicodePwd", f'"{password}"'.encode("utf-16-le"))

    found = find(fresh_lab)

    assert found["account/expires"].level is Level.WARNING
    assert found["account/expires"].title == "It expires in 9 days"
    # 180 days by the policy of the lab's domain
    assert found["password/expires"].level is Level.INFO
    assert found["password/expires"].title == "Its password expires in 179 days"


def test_people_whose_permissions_are_hidden_are_not_known(
    fresh_lab: Lab, admin: Administrator
) -> None:
    sid = admin.sid(dn_of(fresh_lab))
    for key in ("outside", "outside_2"):
        deny = Ace(AceType.DENIED, 0, 0x20000, sid)
        admin.add_entry(fresh_lab.people[key]["dn"], deny)

    found = find(fresh_lab)

    (finding,) = beyond(found)
    assert (finding.id, finding.known) == ("people/hidden", False)
    assert finding.title == "Not known: what it may do to 2 people"
    assert "outside/people" not in found


def test_what_was_not_looked_at_is_not_known(lab: Lab) -> None:
    wanted = settings(lab)
    with opened(lab) as directory:
        found = find_about_account(
            directory,
            DomainCache(wanted),
            report=lambda _count: None,
            stop=lambda: True,
        )

    by_id = {finding.id: finding for finding in found}
    assert not by_id["people/stopped"].known
    assert not by_id["belongings/stopped"].known
    assert not {"excess/people", "outside/people", "protected/people"} & set(by_id)
    assert not {"excess/containers", "excess/groups", "excess/computers"} & set(by_id)


def test_a_name_is_asked_for_once(lab: Lab) -> None:
    asked = []
    with opened(lab) as directory:

        class Counting:
            def search(self, *args: Any, **options: Any) -> Any:
                asked.append(args[1])
                return directory.search(*args, **options)

        names = Names(cast("Connection", Counting()), lab.base_dn)
        domain = DomainCache(settings(lab)).token(directory)
        users = next(sid for sid in domain if str(sid).endswith("-513"))
        stranger = Sid.of("S-1-5-21-9-9-9-4711")

        spelled = [names(sid) for sid in (users, stranger, users, stranger)]

    assert spelled == ["Domain Users", str(stranger)] * 2
    assert len(asked) == 2


def test_who_may_join_a_group_in_the_group_with_the_grants_is_told(
    fresh_lab: Lab, admin: Administrator
) -> None:
    inner = admin.group("Inner agents", dn_of(fresh_lab, "svc-weak"))
    holder = admin.sid(admin.group("Writeback agents", inner))
    helpdesk = admin.sid(admin.group("Helpdesk"))
    admin.add_entry(PEOPLE, grant_ace(Right.RESET_PASSWORD, holder))
    admin.add_entry(inner, entry(helpdesk, 0x40000))

    (finding,) = beyond(find(fresh_lab, "svc-weak"))

    assert finding.id == f"guard/{admin.sid(inner)}/{helpdesk}"
    assert "Inner agents in Writeback agents" in finding.title


def test_people_beside_the_pilot_group_are_counted(lab: Lab) -> None:
    lab.reset()
    whole = settings(lab)
    group = f"CN=Writeback pilot,{GROUPS}"
    scope = whole.scope.model_copy(update={"pilot_group": group})
    with opened(lab) as directory:
        found = judged(directory, whole.model_copy(update={"scope": scope}))
        people = found["outside/pilot"]
        query = "(&(objectCategory=person)(objectClass=user){})"
        inside = f"(memberOf:1.2.840.113556.1.4.1941:={group})"
        everybody = sum(1 for _ in directory.search(PEOPLE, query.format(""), ()))
        pilot = sum(1 for _ in directory.search(PEOPLE, query.format(inside), ()))

    # the grant on the container does not reach who has inheritance off
    without = 2
    assert beyond(found) == []
    assert people.level is Level.INFO
    assert f" {everybody - without - pilot} people beside the pilot" in people.title
