"""`writeback directory check` against the lab and a name server of our own."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config.settings import DomainController, Settings
from agent.config.settings_file import dump
from lab.agent_settings import settings_for
from lab.controller import Lab
from tests.fixtures.name_server import Names, serving
from wizard.cli.main import main
from wizard.cli.output import Exit

HINTS = "1.2.840.113556.1.4.2239"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    with serving(monkeypatch) as server:
        server.records = ("0 1 636 dc1.corp.test.",)
        yield server


class Shell:
    """Runs `writeback directory check` on a machine without an installation."""

    def __init__(
        self, lab: Lab, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.lab, self.folder, self._capsys = lab, folder, capsys
        self.settings = settings_for(lab)
        self.password = str(lab.accounts["svc-existing"]["password"])

    def use(self, *controllers: DomainController) -> None:
        directory = self.settings.directory.model_copy(
            update={"controllers": controllers}
        )
        self.settings = Settings.model_copy(
            self.settings, update={"directory": directory}
        )

    def run(self, *more: str) -> tuple[int, str]:
        site = self.folder / "site.yaml"
        site.write_text(dump(self.settings))
        reading, writing = os.pipe()
        with os.fdopen(writing, "w") as file:
            json.dump({"account_password": self.password}, file)
        options = ["--settings", str(site), "--secrets-fd", str(reading)]
        home = ["--home", str(self.folder / "home")]
        code = main(["directory", "check", *home, *options, *more])
        report = self._capsys.readouterr()
        assert self.password not in report.out + report.err
        return code, report.out

    def json(self) -> dict[str, Any]:
        code, out = self.run("--json")
        answer: dict[str, Any] = json.loads(out)
        assert answer["exit"] == code
        return answer


@pytest.fixture
def shell(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(lab, tmp_path, capsys)


def test_a_sound_controller_is_told_whole_and_nothing_falls_short(
    shell: Shell,
) -> None:
    report = shell.json()
    (found,) = report["controllers"]

    assert (report["exit"], found["state"], found["in_dns"]) == (Exit.DONE, "ok", True)
    assert "dc1.corp.test" in found["certificate"]["names"]
    assert found["certificate"]["trusted"]
    assert found["certificate"]["chain"][0] == "CN=dc1.corp.test"
    assert (found["tls"], found["writable"]) == ("TLSv1.3", True)
    assert found["functional_level"].startswith("Windows Server 20")
    assert abs(found["clock_offset_s"]) < 5
    assert 0 < found["connect_ms"] < found["sign_in_ms"] + found["connect_ms"]


def test_the_hints_are_those_that_the_controller_announces(
    shell: Shell, lab: Lab
) -> None:
    (found,) = shell.json()["controllers"]
    with lab.signed_in(lab.admin_user, lab.admin_password) as signed_in:
        connection: Any = signed_in
        connection.search("", "(objectClass=*)", "BASE", attributes=["*", "+"])
        root = connection.response[0]["raw_attributes"]
    announced = {oid.decode() for oid in root["supportedControl"]}

    assert (found["policy_hints"] == "2239") == (HINTS in announced)


def test_a_controller_that_dns_alone_names_is_told(shell: Shell, names: Names) -> None:
    names.records = ("0 1 636 dc1.corp.test.", "0 1 636 dc2.corp.test.")
    report = shell.json()
    _, other = report["controllers"]

    assert report["exit"] == Exit.FINDINGS
    assert (other["host"], other["source"]) == ("dc2.corp.test", "DNS SRV")
    assert "dc2.corp.test" in report["notes"][0]["remedy"]


def test_the_certificate_of_one_that_dns_alone_names_is_looked_at(
    shell: Shell, names: Names, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    names.records = ("0 1 636 dc1.corp.test.", "0 1 636 dc2.corp.test.")
    connect = socket.create_connection

    def here(target: tuple[str, int], *more: Any) -> socket.socket:
        host, port = target
        return connect((lab.address if host == "dc2.corp.test" else host, port), *more)

    monkeypatch.setattr(socket, "create_connection", here)
    before = bad_passwords(lab)
    report = shell.json()
    sound, other = report["controllers"]

    assert other["tls"] == "TLSv1.3"
    # it is dc1 that answers there
    assert other["certificate"]["trusted"] is False
    assert other["to_do"][0]["what"] == "certificate"
    assert (other["state"], other["sign_in_ms"]) == ("info", None)
    assert sound["controller_level"].startswith("Windows Server 20")
    assert bad_passwords(lab) == before


def test_one_of_two_that_does_not_answer_is_a_row_with_a_remedy(
    shell: Shell, lab: Lab
) -> None:
    gone = DomainController(host="dc2.corp.test", address="127.0.0.250")
    shell.use(DomainController(host="dc1.corp.test", address=lab.address), gone)
    code, out = shell.run()
    lines = out.splitlines()

    assert code == Exit.FINDINGS
    assert lines[0].split()[:3] == ["controller", "certificate", "TLS"]
    assert lines[1].startswith("dc1.corp.test  to 20")
    assert lines[2].startswith("dc2.corp.test  No answer")
    assert "Check the name, the firewall" in out


def test_a_refused_account_is_tried_at_one_controller_only(
    shell: Shell, lab: Lab
) -> None:
    shell.password = "Not-The-Password-1"
    one = DomainController(host="dc1.corp.test", address=lab.address)
    shell.use(one, one)
    before = bad_passwords(lab)
    first, second = shell.json()["controllers"]

    assert first["to_do"][0]["what"] == "sign-in"
    assert second["to_do"] == []
    assert bad_passwords(lab) == before + 1
    # a right one sets the count of the shared lab to 0 again
    account = lab.accounts["svc-existing"]
    lab.sign_in(account["upn"], account["password"])


def bad_passwords(lab: Lab) -> int:
    account = lab.accounts["svc-existing"]["upn"]
    wanted = f"(userPrincipalName={account})"
    with lab.signed_in(lab.admin_user, lab.admin_password) as signed_in:
        connection: Any = signed_in
        connection.search(lab.base_dn, wanted, attributes=["badPwdCount"])
        found = connection.response[0]["raw_attributes"]["badPwdCount"]
    return int(found[0]) if found else 0
