"""`writeback permissions` against the lab: nothing is installed, nothing is changed."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from agent.settings import Settings, dump, validate
from tests.lab import Lab
from tests.live.agent_stage import settings_for
from wizard.cli import main

pytestmark = pytest.mark.live


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
        given = ["--home", home, "--settings", site, "--secrets-fd", str(reading)]
        code = main(["permissions", verb, *arguments, *given])
        told = self._capsys.readouterr()
        for password in self.secrets.values():
            assert password not in told.out + told.err
        return code, told.out

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
    told = shell.explained(key)

    assert (told["reset"]["cause"], told["exit"]) == (cause, code)
    assert told["controller"] == shell.lab.host
    assert not told["foreseen"]


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


def test_a_name_that_nobody_has_is_told(shell: Shell) -> None:
    told = shell.json("explain", "nobody@corp.test")

    assert told["exit"] == 2
    assert "userPrincipalName" in told["error"]
    assert told["remedy"]


def test_everybody_is_counted_by_cause_and_written_down(shell: Shell) -> None:
    table, lines = shell.folder / "all.csv", shell.folder / "all.jsonl"
    told = shell.json("coverage", "--csv", str(table), "--jsonl", str(lines))

    assert told["exit"] == 4
    assert told["people"] == told["expected"] == sum(told["causes"]["reset"].values())
    assert told["would_work"] == told["causes"]["reset"]["none"]
    rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
    assert len(rows) == told["people"]
    by_name = {row["account"]: row for row in rows}
    protected = by_name[shell.lab.people["protected"]["sam"]]
    assert (protected["reset"], protected["cause"]) == ("no", "protected")
    young = by_name[shell.lab.people["young"]["sam"]]
    assert young["until"].endswith("+00:00")
    each = [json.loads(line) for line in lines.read_text().splitlines()]
    assert {one["dn"] for one in each} == {row["person"] for row in rows}
    assert table.stat().st_mode & 0o777 == 0o600


def test_a_file_that_can_not_be_written_is_told_before_anything(shell: Shell) -> None:
    told = shell.json("coverage", "--csv", str(shell.folder / "none" / "all.csv"))

    assert told["exit"] == 2
    assert "No such file or directory" in told["error"]


def test_the_check_tells_of_people_and_of_the_account(shell: Shell) -> None:
    told = shell.json("check")

    assert told["exit"] == 4
    assert told["causes"]["reset"]["inheritance_off"] == 1
    assert {each["level"] for each in told["findings"]} <= {
        *("ok", "info", "warning", "problem"),
    }
    code, out = shell.run("check")
    assert code == 4
    assert f"of {told['expected']} people in the scope can be reset." in out


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

    told = shell.json("check")
    assert told["foreseen"]
    assert told["causes"]["reset"]["inheritance_off"] == 1
    assert "not_granted" not in told["causes"]["reset"]
    assert told["findings"] == []
    assert shell.explained("anna")["reset"]["state"] == "yes"
    shell.secrets = {}
    assert shell.json("check")["remedy"].startswith("Give an administrator")
