"""`writeback permissions` against the lab: nothing is installed, nothing is changed."""

import csv
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ldap3.protocol.microsoft import security_descriptor_control

from agent.acl.ace import Ace, AceType
from agent.acl.descriptor import add_ace, parse
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.config.settings import Settings
from agent.config.settings_file import dump, validate
from lab.agent_settings import settings_for
from lab.controller import Lab
from lab.sandbox import Sandbox, sandbox
from wizard.cli.main import main
from wizard.permissions.grant import grant_ace
from wizard.plan.change import Plan

# untouched by the tests of another file
pytestmark = pytest.mark.usefixtures("clean_lab")


class Shell:
    """Runs `writeback permissions` on a machine without an installation."""

    def __init__(
        self, lab: Lab, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.lab, self.folder, self._capsys = lab, folder, capsys
        self.use(settings_for(lab))
        self.secrets = {"account_password": lab.accounts["svc-existing"]["password"]}

    def use(self, settings: Settings) -> None:
        (self.folder / "site.yaml").write_text(dump(settings))

    def json(self, verb: str, *arguments: str) -> dict[str, Any]:
        code, out = self.run(verb, *arguments, "--json")
        answer: dict[str, Any] = json.loads(out)
        assert answer["exit"] == code
        return answer

    def run(self, verb: str, *arguments: str) -> tuple[int, str]:
        reading, writing = os.pipe()
        with os.fdopen(writing, "w") as file:
            json.dump(self.secrets, file)
        home, site = str(self.folder / "home"), str(self.folder / "site.yaml")
        options = ["--home", home, "--settings", site, "--secrets-fd", str(reading)]
        code = main(["permissions", verb, *arguments, *options])
        report = self._capsys.readouterr()
        for password in self.secrets.values():
            assert password not in report.out + report.err
        return code, report.out

    def explained(self, key: str) -> dict[str, Any]:
        return self.json("explain", self.lab.people[key]["upn"])


@pytest.fixture
def shell(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(lab, tmp_path, capsys)


@pytest.mark.parametrize(
    ("key", "cause", "code"),
    [
        ("anna", "none", 0),
        ("disabled", "disabled", 4),
        ("expired", "expired", 4),
        ("protected", "protected", 4),
        ("no_inheritance", "inheritance_off", 4),
        ("young", "too_young", 4),
        ("outside", "not_in_scope", 4),
        ("never_expires", "none", 0),
    ],
)
def test_one_person_is_explained(shell: Shell, key: str, cause: str, code: int) -> None:
    report = shell.explained(key)

    assert (report["reset"]["cause"], report["exit"]) == (cause, code)
    assert report["controller"] == shell.lab.host
    assert not report["foreseen"]


def test_an_explanation_names_the_entry_and_the_remedy(shell: Shell) -> None:
    code, out = shell.run("explain", shell.lab.people["cannot_change"]["upn"])

    assert code == 0
    assert "Reset        would work" in out
    assert 'Change       would fail: Set to "user cannot change password"' in out
    assert "Denies Self to change the password" in out
    assert "Clear that option on the account" in out


@pytest.mark.parametrize("form", ["sam", "objectGUID", "upn"])
def test_a_person_may_be_named_in_any_way(shell: Shell, form: str) -> None:
    anna: dict[str, Any] = dict(shell.lab.people["anna"])

    assert shell.json("explain", anna[form])["dn"] == anna["dn"]


def test_a_person_may_be_named_as_the_cloud_does(
    fresh_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(fresh_lab, tmp_path, capsys)
    plain = settings_for(fresh_lab).model_dump(mode="json")
    shell.use(validate(plain | {"identify_by": "mail"}))
    anna: dict[str, Any] = dict(fresh_lab.people["anna"])
    mail = "anna.of.the.cloud@elsewhere.example"
    with fresh_lab.signed_in(fresh_lab.admin_user, fresh_lab.admin_password) as link:
        admin: Any = link
        assert admin.modify(anna["dn"], {"mail": [("MODIFY_REPLACE", [mail])]})

    assert shell.json("explain", mail)["dn"] == anna["dn"]
    assert shell.json("explain", anna["upn"])["dn"] == anna["dn"]
    report = shell.json("explain", "nobody@elsewhere.example")
    assert "userPrincipalName or mail" in report["error"]


def test_a_name_that_nobody_has_is_told(shell: Shell) -> None:
    report = shell.json("explain", "nobody@corp.test")

    assert report["exit"] == 2
    assert "userPrincipalName" in report["error"]
    assert report["remedy"]


@pytest.mark.parametrize("verb", ["check", "coverage", "plan", "explain"])
def test_an_account_that_is_refused_is_a_problem_that_was_found(
    fresh_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    shell = Shell(fresh_lab, tmp_path, capsys)
    shell.secrets = {"account_password": "Not-The-Password-1"}
    who = [fresh_lab.people["anna"]["upn"]] if verb == "explain" else []
    report = shell.json(verb, *who)

    assert report["exit"] == 4
    assert report["error"]
    assert report["remedy"]


def test_a_controller_that_is_down_is_a_problem_that_was_found(shell: Shell) -> None:
    plain = settings_for(shell.lab).model_dump(mode="json")
    shell.use(validate(plain | {"directory": plain["directory"] | {"port": 635}}))

    assert shell.json("check")["exit"] == 4


def test_everybody_is_counted_by_cause_and_written_down(shell: Shell) -> None:
    table, lines = shell.folder / "all.csv", shell.folder / "all.jsonl"
    report = shell.json("coverage", "--csv", str(table), "--jsonl", str(lines))

    assert report["exit"] == 4
    assert report["people"] == sum(report["causes"]["reset"].values())
    assert report["would_work"] == report["causes"]["reset"]["none"]
    rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
    assert len(rows) == report["people"]
    by_name = {row["account"]: row for row in rows}
    protected = by_name[shell.lab.people["protected"]["sam"]]
    assert (protected["reset"], protected["cause"]) == ("no", "protected")
    young = by_name[shell.lab.people["young"]["sam"]]
    assert young["until"].endswith("+00:00")
    each = [json.loads(line) for line in lines.read_text().splitlines()]
    assert {one["dn"] for one in each} == {row["person"] for row in rows}
    assert table.stat().st_mode & 0o777 == 0o600


def test_a_file_that_can_not_be_written_is_told_before_anything(shell: Shell) -> None:
    report = shell.json("coverage", "--csv", str(shell.folder / "none" / "all.csv"))

    assert report["exit"] == 2
    assert "No such file or directory" in report["error"]


def test_the_check_tells_of_people_and_of_the_account(shell: Shell) -> None:
    report = shell.json("check")

    assert report["exit"] == 4
    assert report["causes"]["reset"]["inheritance_off"] == 1
    assert {each["level"] for each in report["findings"]} <= {
        *("ok", "info", "warning", "problem"),
    }
    code, out = shell.run("check")
    assert code == 4
    assert f"of {report['people']} people in the scope can be reset." in out


def test_an_account_to_be_made_is_foreseen(shell: Shell) -> None:
    plain = settings_for(shell.lab).model_dump(mode="json")
    container = f"CN=Users,{shell.lab.base_dn}"
    plain["directory"]["account"] = {
        "kind": "new",
        "name": "svc-to-be",
        "container": container,
    }
    shell.use(validate(plain))
    shell.secrets = {
        "admin_user": shell.lab.admin_user,
        "admin_password": shell.lab.admin_password,
    }

    report = shell.json("check")
    assert report["foreseen"]
    assert report["causes"]["reset"]["inheritance_off"] == 1
    assert "not_granted" not in report["causes"]["reset"]
    assert report["findings"] == []
    assert shell.explained("anna")["reset"]["state"] == "yes"
    shell.secrets = {}
    assert shell.json("check")["remedy"].startswith("Give an administrator")


class Installed:
    """An installation whose permissions are looked at and mended alone."""

    def __init__(self, whole: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self.whole, self._capsys = whole, capsys
        self.people = f"OU=People,{whole.lab.base_dn}"
        settings, inputs = whole.settings(), whole.inputs
        plan = whole.controller.changes.plan(settings, inputs)
        self.apply(plan, inputs)

    def apply(self, plan: Plan, inputs: Any) -> None:
        stop = threading.Event()
        self.whole.controller.changes.apply(plan, inputs, lambda _progress: None, stop)

    def run(
        self, *arguments: str, admin: bool = False, password: str = ""
    ) -> dict[str, Any]:
        options = ["--secrets-fd", self._descriptor(password)] if admin else []
        home = str(self.whole.host.places.home)
        main(["permissions", *arguments, "--home", home, "--json", *options])
        report = self._capsys.readouterr()
        assert self.whole.lab.admin_password not in report.out + report.err
        answer: dict[str, Any] = json.loads(report.out)
        return answer

    def _descriptor(self, password: str) -> str:
        lab = self.whole.lab
        reading, writing = os.pipe()
        with os.fdopen(writing, "w") as file:
            secrets = {
                "admin_user": lab.admin_user,
                "admin_password": password or lab.admin_password,
            }
            json.dump(secrets, file)
        return str(reading)

    def descriptor(self, dn: str) -> bytes:
        lab = self.whole.lab
        with lab.signed_in(lab.admin_user, lab.admin_password) as admin:
            found: bytes = read_descriptor(admin, dn)
        return found

    def add(self, dn: str, ace: Ace) -> None:
        lab = self.whole.lab
        with lab.signed_in(lab.admin_user, lab.admin_password) as admin:
            raw = add_ace(parse(read_descriptor(admin, dn)), ace).to_bytes()
            write_descriptor(admin, dn, raw)


def read_descriptor(admin: Any, dn: str) -> bytes:
    control = security_descriptor_control(sdflags=4)
    names = ["nTSecurityDescriptor"]
    admin.search(dn, "(objectClass=*)", "BASE", attributes=names, controls=control)
    found: bytes = admin.response[0]["raw_attributes"]["nTSecurityDescriptor"][0]
    return found


def write_descriptor(admin: Any, dn: str, raw: bytes) -> None:
    control = security_descriptor_control(sdflags=4)
    change = {"nTSecurityDescriptor": [("MODIFY_REPLACE", [raw])]}
    assert admin.modify(dn, change, controls=control)


@pytest.fixture
def installed(
    fresh_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Installed]:
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        yield Installed(whole, capsys)


def test_grants_are_taken_back_and_made_again_alone(installed: Installed) -> None:
    granted = installed.descriptor(installed.people)
    assert installed.run("plan")["entries"] == []

    refused = installed.run("revoke", admin=True)
    assert refused["exit"] == 2
    taken = installed.run("revoke", "--yes", admin=True)
    assert taken["exit"] == 0
    assert [entry["container"] for entry in taken["entries"]] == [installed.people] * 3
    assert installed.run("check")["causes"]["reset"]["not_granted"] > 50
    again = installed.run("revoke", "--yes", admin=True)
    assert (again["exit"], again["changes"]) == (0, [])

    report = installed.run(
        "plan", "--hand-over", str(installed.whole.host.places.home / "h")
    )
    assert report["exit"] == 4
    assert {entry["sddl"].split(";")[0] for entry in report["entries"]} == {"(OA"}
    handed = (installed.whole.host.places.home / "h").read_text()
    for entry in report["entries"]:
        for form in ("sddl", "dsacls", "powershell", "take_back"):
            assert entry[form] in handed
    made = installed.run("grant", "--yes", admin=True)
    assert made["exit"] == 0
    assert installed.descriptor(installed.people) == granted
    assert installed.run("grant", "--yes", admin=True)["changes"] == []
    assert "not_granted" not in installed.run("check")["causes"]["reset"]


def test_a_grant_without_an_administrator_changes_nothing(installed: Installed) -> None:
    installed.run("revoke", "--yes", admin=True)
    before = installed.descriptor(installed.people)

    report = installed.run("grant", "--yes")

    assert report["exit"] == 2
    assert "administrator" in report["error"]
    assert installed.descriptor(installed.people) == before


def test_a_wrong_administrator_is_told_before_anything_is_begun(
    installed: Installed,
) -> None:
    lab = installed.whole.lab
    journals = sorted(installed.whole.host.places.journal.iterdir())
    report = installed.run("revoke", "--yes", admin=True, password="Wrong-1-Passw0rd")

    assert report["exit"] == 2
    assert f"The administrator {lab.admin_user} was refused" in report["error"]
    assert installed.whole.controller.recovery.find() is None
    assert sorted(installed.whole.host.places.journal.iterdir()) == journals
    assert installed.run("plan")["entries"] == []


def test_what_somebody_else_granted_is_named_and_left(installed: Installed) -> None:
    own = sid_of_account(installed.whole.lab, "svc-writeback")
    theirs = grant_ace(Right.CHANGE_PASSWORD, own)
    installed.add(installed.people, theirs)

    report = installed.run("revoke", "--yes", admin=True)

    assert [left["container"] for left in report["left"]] == [installed.people]
    assert "change the password" in report["left"][0]["entry"]
    assert theirs in dacl(installed.descriptor(installed.people))


def test_a_deny_stands_before_and_after(installed: Installed) -> None:
    installed.run("revoke", "--yes", admin=True)
    own = sid_of_account(installed.whole.lab, "svc-writeback")
    deny = replace(grant_ace(Right.RESET_PASSWORD, own), type=AceType.DENIED_OBJECT)
    installed.add(installed.people, deny)
    before = installed.descriptor(installed.people)

    assert installed.run("grant", "--yes", admin=True)["exit"] == 0
    assert deny in dacl(installed.descriptor(installed.people))
    assert installed.run("check")["causes"]["reset"]["denied"] > 50
    assert installed.run("revoke", "--yes", admin=True)["exit"] == 0
    assert installed.descriptor(installed.people) == before


def test_protected_accounts_and_their_template_are_never_touched(
    installed: Installed,
) -> None:
    lab = installed.whole.lab
    places = (
        lab.people["protected"]["dn"],
        f"CN=AdminSDHolder,CN=System,{lab.base_dn}",
    )
    before = [installed.descriptor(dn) for dn in places]
    installed.run("revoke", "--yes", admin=True)
    installed.run("grant", "--yes", admin=True)

    assert [installed.descriptor(dn) for dn in places] == before
    reset = installed.run("explain", lab.people["protected"]["upn"])["reset"]
    assert reset["cause"] == "protected"


def test_only_what_is_switched_on_is_granted(installed: Installed) -> None:
    whole = installed.whole
    settings = whole.settings(features={"unlock": False, "must_change": False})
    plan = whole.controller.changes.plan(settings, whole.inputs)
    revoked = [change for change in plan.changes if change.step == "grants"]

    assert [change.summary for change in revoked] == [
        f"Revokes 2 permissions of svc-writeback on {installed.people}"
    ]
    installed.apply(plan, whole.inputs)
    assert len(dacl_of(installed, "svc-writeback")) == 1
    assert whole.controller.changes.plan(settings, whole.inputs).changes == ()
    back = whole.controller.changes.plan(whole.settings(), whole.inputs)
    (granted,) = (change.summary for change in back.changes if change.step == "grants")
    assert granted.startswith("Grants 2 permissions")


def dacl(raw: bytes) -> tuple[Any, ...]:
    found = parse(raw).dacl
    assert found is not None
    return found.aces


def dacl_of(installed: Installed, account: str) -> list[Any]:
    own = sid_of_account(installed.whole.lab, account)
    return [
        ace
        for ace in dacl(installed.descriptor(installed.people))
        if getattr(ace, "sid", None) == own
    ]


def sid_of_account(lab: Lab, name: str) -> Sid:
    with lab.signed_in(lab.admin_user, lab.admin_password) as link:
        admin: Any = link
        query = f"(sAMAccountName={name})"
        admin.search(lab.base_dn, query, attributes=["objectSid"])
        found = [one for one in admin.response if one["type"] == "searchResEntry"]
        return Sid.parse(found[0]["raw_attributes"]["objectSid"][0])
