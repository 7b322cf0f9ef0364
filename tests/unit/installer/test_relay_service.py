"""The relay's service: how little it may do, and what it is started for."""

import re
import shutil
import subprocess

import pytest

from installer.paths import INSTALLER
from relay.settings import DATA_FOLDER, LISTEN, SETTINGS_FILE
from relay.tls_files import USER
from wire.server.address import host_port

UNITS = INSTALLER / "root/relay/usr/lib/systemd/system"
SERVICE = UNITS / "writeback-relay.service"
_MOST_EXPOSED = 1.5


def test_it_is_exposed_as_little_as_promised() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    argv = ["systemd-analyze", "security", "--offline=true", str(SERVICE)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    found = re.search(r"level for writeback-relay.service: ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout
    assert float(found[1]) <= _MOST_EXPOSED


def test_it_has_a_user_and_a_folder_of_its_own() -> None:
    text = SERVICE.read_text()
    assert f"\nUser={USER}\n" in text
    assert f"\nStateDirectory={DATA_FOLDER.name}\n" in text
    users = INSTALLER / "root/relay/usr/lib/sysusers.d/writeback-relay.conf"
    assert users.read_text().split()[:2] == ["u", USER]


@pytest.mark.parametrize("unit", ["service", "socket"])
def test_nothing_starts_before_setup(unit: str) -> None:
    text = (UNITS / f"writeback-relay.{unit}").read_text()
    assert f"\nConditionPathExists={SETTINGS_FILE}\n" in text


def test_the_port_is_the_documented_one() -> None:
    text = (UNITS / "writeback-relay.socket").read_text()
    assert f"\nListenStream={host_port(LISTEN)[1]}\n" in text
