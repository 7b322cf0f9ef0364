"""The scripts that packagers run."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from agent.config.settings import AccountSettings
from agent.config.settings_file import dump
from installer.nfpm import SCRIPTS
from installer.paths import INSTALLER
from tests.unit.wizard.answered import SETTINGS

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
    harmless = {"daemon-reload", "is-active", "reload", "try-restart", "stop"}
    assert set(verbs) <= harmless | {"disable"}


@pytest.mark.parametrize("name", ["deb/postinst", "rpm/post"])
def test_after_an_upgrade_the_agent_is_asked_to_hand_over(name: str) -> None:
    text = (FOLDER / "agent" / name).read_text()
    assert "systemctl reload writeback-agent.service" in text
    assert "systemctl stop" not in text


def run(script: str, argument: str, root: Path) -> str:
    """Run a script on a tree below a folder, with no tools but those that read."""
    tools = root / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("cat", "head", "rm", "rmdir", "sed"):
        if not (tools / name).exists():
            (tools / name).symlink_to(str(shutil.which(name)))
    if not (tools / "getent").exists():
        (tools / "getent").symlink_to(str(shutil.which("false")))  # it has no user
    text = (FOLDER / "agent" / script).read_text()
    for folder in ("etc", "run", "var"):
        text = re.sub(rf"(?<= )/{folder}/", f"{root}/{folder}/", text)
    done = subprocess.run(
        ["/bin/sh", "-c", text, "script", argument],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.replace(str(root), "")


GONE = [("deb/prerm", "remove"), ("deb/postrm", "purge"), ("rpm/preun", "0")]


@pytest.mark.parametrize(("script", "argument"), GONE)
def test_who_removes_the_package_of_a_serving_agent_is_told_what_stays(
    tmp_path: Path, script: str, argument: str
) -> None:
    settings = tmp_path / "etc/writeback/settings.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text(dump(SETTINGS))
    said = run(script, argument, tmp_path)
    assert "in corp.test: the account svc-writeback and its permissions" in said
    assert "at https://relay.corp.test: the agent sync-01" in said
    way = (
        "writeback-relay forget sync-01" if argument == "purge" else "writeback remove"
    )
    assert way in said
    assert settings.exists() is (argument != "purge")


@pytest.mark.parametrize(("script", "argument"), GONE)
def test_an_account_that_was_there_before_is_not_called_one_to_delete(
    tmp_path: Path, script: str, argument: str
) -> None:
    settings = tmp_path / "etc/writeback/settings.yaml"
    settings.parent.mkdir(parents=True)
    account = AccountSettings(kind="existing", name="svc-password@corp.test")
    directory = SETTINGS.directory.model_copy(update={"account": account})
    settings.write_text(dump(SETTINGS.model_copy(update={"directory": directory})))
    said = run(script, argument, tmp_path)
    account_left = "the permissions that the account svc-password@corp.test was given"
    assert f"in corp.test: {account_left}" in said


@pytest.mark.parametrize("settings", [True, False])
@pytest.mark.parametrize(("script", "argument"), GONE)
def test_a_change_that_was_cut_off_is_told_with_what_takes_it_back(
    tmp_path: Path,
    script: str,
    argument: str,
    settings: bool,  # noqa: FBT001 - a parameter
) -> None:
    file = tmp_path / "etc/writeback/settings.yaml"
    journal = tmp_path / "var/lib/writeback/journal/20261130.open.jsonl"
    for path in (file, journal):
        path.parent.mkdir(parents=True)
    journal.write_text("{}\n")
    journal.with_name("20261129.sealed.jsonl").write_text("{}\n")
    if settings:
        file.write_text(dump(SETTINGS))
    said = run(script, argument, tmp_path)
    assert "a change was begun here and not finished" in said
    assert ("writeback rollback" in said) is (argument != "purge")
    assert ("the account svc-writeback" in said) is settings
    assert journal.exists() is (argument != "purge")


@pytest.mark.parametrize(("script", "argument"), [*GONE, ("deb/prerm", "upgrade")])
def test_nothing_is_told_where_nothing_stays(
    tmp_path: Path, script: str, argument: str
) -> None:
    (tmp_path / "etc/writeback").mkdir(parents=True)
    sealed = tmp_path / "var/lib/writeback/journal/20261129.sealed.jsonl"
    sealed.parent.mkdir(parents=True)
    sealed.write_text("{}\n")
    assert run(script, argument, tmp_path) == ""


@pytest.mark.parametrize(
    ("script", "argument"), [("deb/prerm", "upgrade"), ("rpm/preun", "1")]
)
def test_an_upgrade_warns_of_nothing(
    tmp_path: Path, script: str, argument: str
) -> None:
    settings = tmp_path / "etc/writeback/settings.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text(dump(SETTINGS))
    assert run(script, argument, tmp_path) == ""
