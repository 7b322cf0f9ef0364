"""The portal's service: how little it may do, and what it is started for."""

import re
import shutil
import subprocess

import pytest

from installer.paths import INSTALLER
from portal.cli.places import SECRETS_FOLDER
from portal.keys.secret_files import SecretFiles, credential
from portal.settings import DATA_FOLDER, LISTEN, SETTINGS_FILE

ROOT = INSTALLER / "root/portal"
UNITS = ROOT / "usr/lib/systemd/system"
SERVICE = UNITS / "writeback-portal.service"
EXAMPLES = ROOT / "usr/share/doc/writeback-portal/examples"
_MOST_EXPOSED = 1.5


def test_it_is_exposed_as_little_as_promised() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    argv = ["systemd-analyze", "security", "--offline=true", str(SERVICE)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    found = re.search(r"level for writeback-portal.service: ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout
    assert float(found[1]) <= _MOST_EXPOSED


def test_it_has_a_user_and_a_folder_of_its_own() -> None:
    text = SERVICE.read_text()
    assert "\nUser=writeback-portal\n" in text
    assert f"\nStateDirectory={DATA_FOLDER.name}\n" in text
    users = (ROOT / "usr/lib/sysusers.d/writeback-portal.conf").read_text()
    assert users.split()[:2] == ["u", "writeback-portal"]


def test_systemd_hands_over_the_secrets_that_are_read() -> None:
    text, sealed = SERVICE.read_text(), SecretFiles(SECRETS_FOLDER).sealed
    assert f"\nLoadCredential=portal:{SECRETS_FOLDER}\n" in text
    kind, _, rest = credential("x").partition("_")
    assert rest == "x"
    assert f"\nLoadCredentialEncrypted={kind}:{sealed}\n" in text
    folders = (ROOT / "usr/lib/tmpfiles.d/writeback-portal.conf").read_text()
    for folder in (SECRETS_FOLDER, sealed):
        assert f"\nd {folder} 0700 root root\n" in folders


@pytest.mark.parametrize("unit", ["service", "socket"])
def test_nothing_starts_before_setup(unit: str) -> None:
    text = (UNITS / f"writeback-portal.{unit}").read_text()
    assert f"\nConditionPathExists={SETTINGS_FILE}\n" in text


def test_the_address_is_the_documented_one() -> None:
    text = (UNITS / "writeback-portal.socket").read_text()
    assert f"\nListenStream={LISTEN}\n" in text
    for name in ("nginx.conf", "Caddyfile"):
        assert LISTEN in (EXAMPLES / name).read_text()
