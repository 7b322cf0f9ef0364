"""`permissions prove` on a real controller: it agrees, and what is planted is found."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agent.acl import descriptor
from agent.acl.ace import Ace, AceType
from agent.acl.rights import CONTROL_ACCESS, Right
from agent.config.settings import Scope, Settings
from agent.ldap.certificates import Endpoint
from agent.ldap.connection import Connection, connect
from agent.ldap.entry import DESCRIPTOR, Entry
from lab.agent_settings import settings_for
from lab.controller import Lab
from lab.remains import directory_now
from wire.secret import Secret
from wizard.cli.commands.proof import prove
from wizard.cli.output import Exit, Result
from wizard.controller import permissions as controller_permissions
from wizard.controller.controller import Controller
from wizard.grants.acl import rewrite
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import Inputs
from wizard.permissions import coverage
from wizard.permissions.proof import PROVABLE
from wizard.plan.change import allow_all


def proven(
    lab: Lab, folder: Path, settings: Settings, file: Path | None = None
) -> Result:
    password = Secret(lab.accounts["svc-existing"]["password"])
    controller = Controller(SandboxHost(folder / "machine"), allow_all)
    inputs = Inputs(account_password=password)
    return prove(controller.permissions, settings, inputs, file)


def admin(lab: Lab) -> Connection:
    endpoint = Endpoint(lab.host, lab.address, ca=lab.ca)
    return connect(endpoint, lab.admin_user, Secret(lab.admin_password))


def test_the_controller_says_the_same_of_everybody_and_nothing_is_written(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    before = directory_now(fresh_lab)
    told = proven(fresh_lab, tmp_path, settings_for(fresh_lab))
    assert told.code is Exit.DONE, told.text
    people = told.data["people"]
    assert people > 60
    for right in PROVABLE:
        agreed, settled = told.data["agreed"], told.data["settled"]
        assert agreed[right.name] + settled.get(right.name, 0) == people
        assert agreed[right.name] > 60
    assert "Not compared: Reset Password, Change Password." in told.text
    assert directory_now(fresh_lab) == before


def test_where_the_controller_walks_otherwise_it_is_found(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    """Samba alone lets an object entry of Control Access, for all, give any right."""
    anywhere = Scope(containers=(f"OU=Other,{fresh_lab.base_dn}",))
    settings = settings_for(fresh_lab).model_copy(update={"scope": anywhere})
    agreed = proven(fresh_lab, tmp_path, settings)
    assert agreed.code is Exit.DONE, agreed.text
    dn = fresh_lab.people["outside"]["dn"]
    account = fresh_lab.accounts["svc-existing"]["dn"]
    with admin(fresh_lab) as opened:
        sid = next(opened.search(account, "", ("objectSid",), scope="base")).sid
        assert sid is not None
        quirk = Ace(AceType.ALLOWED_OBJECT, 0, CONTROL_ACCESS, sid)
        rewrite(opened, dn, (quirk,), descriptor.add_ace)
    file = tmp_path / "proof.jsonl"
    told = proven(fresh_lab, tmp_path, settings, file)
    assert told.code is Exit.FINDINGS
    assert told.data["differing"]["WRITE_LOCKOUT_TIME held"] == 1
    assert dn in told.text
    assert "held by the controller, not held by the verdict" in told.text
    text = file.read_text()
    for name in ("corp", "outside", "Otto", "OU=", "svc-", str(sid)):
        assert name.casefold() not in text.casefold()
    _, *differing, last = map(json.loads, text.splitlines())
    assert {each["right"] for each in differing} >= {"WRITE_LOCKOUT_TIME"}
    assert last["people"] == told.data["people"]


def test_what_the_verdict_reads_wrongly_is_found(
    fresh_lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one person the verdict is given no entry at all, of another one too many."""
    anna, outside = (fresh_lab.people[key]["dn"] for key in ("anna", "outside"))
    everybody = Scope(containers=(fresh_lab.base_dn,))
    settings = settings_for(fresh_lab).model_copy(update={"scope": everybody})
    real = coverage.people_in
    read: dict[str, bytes] = {}

    def falsified(
        opened: Connection, scope: Scope, attributes: Sequence[str], page: int
    ) -> Iterator[Entry]:
        read.update(
            (each.dn, each.descriptor or b"")
            for each in real(opened, scope, attributes, page)
        )
        for each in real(opened, scope, attributes, page):
            yield _with_list_of(each, {anna: outside, outside: anna}, read)

    assert proven(fresh_lab, tmp_path, settings).code is Exit.DONE
    monkeypatch.setattr(controller_permissions, "people_in", falsified)
    told = proven(fresh_lab, tmp_path, settings)
    assert told.data["differing"] == {
        f"{right.name} {how}": 1
        for right in (Right.WRITE_LOCKOUT_TIME, Right.WRITE_PWD_LAST_SET)
        for how in ("held", "not held")
    }
    shown = {(each["dn"], each["controller"]) for each in told.data["some"]}
    assert shown == {(anna, True), (outside, False)}


def _with_list_of(entry: Entry, of: dict[str, str], read: dict[str, bytes]) -> Entry:
    other = of.get(entry.dn)
    if other is None:
        return entry
    attributes = {**entry.attributes, DESCRIPTOR: (read[other],)}
    return replace(entry, attributes=attributes)
