"""The scripts that packagers run."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from installer.nfpm import SCRIPTS
from installer.paths import INSTALLER

FOLDER = INSTALLER / "scripts"
ALL = sorted(path for path in FOLDER.rglob("*") if path.is_file())
BY_NAME = pytest.mark.parametrize(
    "script", ALL, ids=[str(path.relative_to(FOLDER)) for path in ALL]
)


def test_there_are_scripts_for_both_packagers() -> None:
    assert {path.parent.name for path in ALL} == set(SCRIPTS)


@BY_NAME
def test_each_is_one_that_the_packager_knows(script: Path) -> None:
    known = {(packager, name) for packager, names in SCRIPTS.items() for name in names}
    assert (script.parent.name, script.name) in known


@BY_NAME
def test_each_is_posix_shell_and_ends_at_the_first_fault(script: Path) -> None:
    text = script.read_text()
    assert text.startswith("#!/bin/sh\n")
    assert "\nset -e\n" in text
    subprocess.run(["sh", "-n", str(script)], check=True)


@BY_NAME
def test_shellcheck_finds_nothing(script: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    subprocess.run(["shellcheck", "--shell=sh", str(script)], check=True)


@BY_NAME
def test_no_script_starts_or_enables_anything(script: Path) -> None:
    verbs = re.findall(r"systemctl (?:--quiet )?([\w-]+)", script.read_text())
    assert set(verbs) <= {"daemon-reload", "is-active", "reload", "stop", "disable"}


@pytest.mark.parametrize("name", ["deb/postinst", "rpm/post"])
def test_after_an_upgrade_the_agent_is_asked_to_hand_over(name: str) -> None:
    text = (FOLDER / "agent" / name).read_text()
    assert "systemctl reload writeback-agent.service" in text
    assert "systemctl stop" not in text
