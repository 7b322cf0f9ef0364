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
