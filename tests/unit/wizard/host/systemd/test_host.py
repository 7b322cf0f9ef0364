"""A server and a machine for trying: the options that one has and the other has not."""

from pathlib import Path

import pytest

from wizard.host.interface import Host
from wizard.host.sandbox.host import SandboxHost
from wizard.host.systemd.host import DropIn, SystemdHost

OPTIONS = ("reload", "unit", "sealing", "ownership", "package")


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_is_there_or_none(tmp_path: Path, option: str) -> None:
    server: Host = SystemdHost()
    sandbox: Host = SandboxHost(tmp_path)
    assert getattr(server, option) is not None
    assert getattr(sandbox, option) is None


def test_the_drop_in_names_each_secret_with_its_whole_path() -> None:
    unit = SystemdHost().unit
    assert isinstance(unit, DropIn)
    ((path, text),) = unit.files(("agent-keys", "relay-listen-key")).items()
    assert path.name == "10-credentials.conf"
    head, section, *options = text.splitlines()
    assert (head[0], section) == ("#", "[Service]")
    assert options == [
        unit.secrets.option("agent-keys"),
        unit.secrets.option("relay-listen-key"),
    ]
    assert all(":/" in option for option in options)


def test_a_path_that_can_not_be_looked_at_is_told() -> None:
    """As one on a file system of somebody's own, where root is let in nowhere."""
    path = Path("/", "x" * 300)
    assert "can't be looked at" in SystemdHost().unreadable(path)


def test_what_a_service_wrote_need_be_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = b'{"__REALTIME_TIMESTAMP": "1", "PRIORITY": "3", "MESSAGE": "a\xffb"}'
    said = tmp_path / "said"
    said.write_bytes(entry + b"\n\xff\n" + b"[" * 9000 + b"\n")
    program = tmp_path / "journalctl"
    program.write_text(f"#!/bin/sh\ncat {said}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert SystemdHost().log(3) == ("1 3 a\ufffdb",)
