"""What Express takes as its scope, on a real domain."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from agent.ldap.certificates import Endpoint
from agent.ldap.connection import Connection, connect
from agent.ldap.dn import is_below
from agent.ldap.entry import Entry
from lab.agent_settings import settings_for
from lab.controller import Lab
from lab.people import PEOPLE
from lab.sandbox import sandbox
from tests.integration.wizard.test_findings import beyond, judged
from tests.integration.wizard.test_install import install
from wire.secret import Secret
from wizard.checks.express_scope import ExpressScope, express_scope
from wizard.directory.sign_in import as_agent
from wizard.inputs import Inputs
from wizard.permissions.findings import Level
from wizard.permissions.protected_people import protected_people
from wizard.plan.change import Context, allow_all


@contextmanager
def administrating(lab: Lab) -> Iterator[Connection]:
    endpoint = Endpoint(lab.host, lab.address, 636, lab.ca)
    admin = (lab.admin_user, Secret(lab.admin_password))
    with connect(endpoint, *admin) as opened:
        yield opened


def add_person(lab: Lab, name: str, container: str) -> str:
    dn = f"CN={name},{container}"
    attributes = {"sAMAccountName": name, "userPrincipalName": f"{name}@{lab.realm}"}
    with lab.signed_in(lab.admin_user, lab.admin_password) as link:
        assert link.add(dn, "user", attributes)  # type: ignore[no-untyped-call]
    return dn


def test_express_takes_the_people_and_not_the_agents_account(clean_lab: Lab) -> None:
    lab, directory = clean_lab, settings_for(clean_lab).directory
    with administrating(lab) as opened:
        chosen = express_scope(opened, directory).containers

    assert f"OU=People,{lab.base_dn}" in chosen
    assert lab.base_dn not in chosen
    assert f"CN=Users,{lab.base_dn}" not in chosen
    everybody = [person["dn"] for person in lab.people.values()]
    assert all(any(is_below(dn, each) for each in chosen) for dn in everybody)


def test_express_makes_nothing_that_the_permissions_page_calls_wrong(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    """With a person beside Administrator, and beside the account that it makes."""
    users = f"CN=Users,{fresh_lab.base_dn}"
    add_person(fresh_lab, "uwe", users)
    with sandbox(fresh_lab, tmp_path) as whole:
        with administrating(fresh_lab) as opened:
            chosen = express_scope(opened, whole.settings().directory)
        wanted = install(whole, scope={"containers": list(chosen.containers)})
        context = Context(whole.host, Inputs(), allow_all)
        with as_agent(wanted.directory, context) as opened:
            found = judged(opened, wanted)

    assert PEOPLE in chosen.containers
    assert beyond(found) == []
    assert found["account/in_scope"].level is Level.OK
    assert (chosen.left_out, chosen.unguarded) == ((), (users,))
    assert [note.state for note in chosen.notes] == ["warning"]


class AsActiveDirectory:
    """A connection to a controller that does not say it is Samba's."""

    def __init__(self, opened: Connection) -> None:
        self._opened = opened

    def __getattr__(self, name: str) -> object:
        return getattr(self._opened, name)

    def search(self, base: str, *args: object, **options: object) -> Iterator[Entry]:
        for entry in self._opened.search(base, *args, **options):  # type: ignore[arg-type]
            kept = {k: v for k, v in entry.attributes.items() if k != "vendorName"}
            yield Entry(entry.dn, kept)


def as_active_directory(opened: Connection) -> Connection:
    return cast("Connection", AsActiveDirectory(opened))


def test_where_sdprop_runs_the_account_alone_is_kept_apart(fresh_lab: Lab) -> None:
    users = f"CN=Users,{fresh_lab.base_dn}"
    add_person(fresh_lab, "uwe", users)
    directory = settings_for(fresh_lab).directory
    new = directory.account.model_copy(update={"kind": "new", "container": users})
    wanted = directory.model_copy(update={"account": new})
    apart = f"CN=Managed Service Accounts,{fresh_lab.base_dn}"
    with administrating(fresh_lab) as link:
        opened = as_active_directory(link)
        beside = express_scope(opened, wanted)
        new = new.model_copy(update={"container": apart})
        moved = express_scope(opened, wanted.model_copy(update={"account": new}))

    assert (beside.left_out, beside.apart) == ((users,), apart)
    assert users not in beside.containers
    assert moved == ExpressScope((*moved.containers,))
    assert users in moved.containers


def test_who_became_an_administrator_just_now_waits_for_sdprop(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    boss = fresh_lab.people["anna"]["dn"]
    admins = f"CN=Domain Admins,CN=Users,{fresh_lab.base_dn}"
    with fresh_lab.signed_in(fresh_lab.admin_user, fresh_lab.admin_password) as link:
        assert link.modify(admins, {"member": [("MODIFY_ADD", [boss])]})  # type: ignore[no-untyped-call]
    with sandbox(fresh_lab, tmp_path) as whole:
        wanted = install(whole)
        context = Context(whole.host, Inputs(), allow_all)
        with as_agent(wanted.directory, context) as opened:
            without = judged(opened, wanted)
            found = judged(as_active_directory(opened), wanted)
            shield = protected_people(opened, fresh_lab.base_dn)

    assert shield.holds(boss, marked=False)
    assert not shield.stamped
    assert beyond(found) == []
    assert found["protected/waiting"].level is Level.INFO
    assert found["protected/waiting"].shown_by.startswith(boss)
    # Samba has no SDProp: there the account may reset an administrator for good
    assert [each.id for each in beyond(without)] == ["protected/reset_password"]
