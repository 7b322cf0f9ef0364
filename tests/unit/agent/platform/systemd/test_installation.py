"""An installation on Linux is read back: owners, modes, and what can be opened."""

import grp
import os
import pwd
from pathlib import Path

import pytest

from agent.platform.installed import Finding
from agent.platform.systemd import installation
from agent.platform.systemd.installation import SystemdInstallation
from agent.system.paths import Paths

ME = pwd.getpwuid(os.geteuid()).pw_name
MINE = grp.getgrgid(os.getegid()).gr_name


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """What a server has, of this user."""
    if (ME, MINE) != ("root", "root"):
        pytest.skip("only root makes what is root's")
    monkeypatch.setattr(installation, "USER", ME)
    made = Paths.of_system(tmp_path)
    for each in (*installation.of_root(made), *installation.of_service(made)):
        if each.folder:
            each.path.mkdir(parents=True)
        else:
            each.path.write_text("")
        each.path.chmod(int(each.mode, 8))
    return made


def found(places: Paths, state: str = "failed") -> list[Finding]:
    findings = SystemdInstallation().findings(places)
    return [each for each in findings if each.state == state]


def test_what_was_set_up_is_as_it_should_be(places: Paths) -> None:
    told = found(places, "ok")
    assert [each.id for each in told] == ["account", *["permissions"] * 7]
    assert found(places) == []
    assert not [*places.state.iterdir(), *places.log.parent.iterdir()]


NAMES = ("settings", "enrolment", "secrets", "state", "journal")


@pytest.mark.parametrize("name", NAMES)
def test_one_with_another_mode_is_told(places: Paths, name: str) -> None:
    path: Path = getattr(places, name)
    path.chmod(0o777)
    (told,) = found(places)
    assert str(path) in told.title
    assert told.detail.startswith("It is 777 root:root, and should be ")
    assert told.remedy == "Run writeback repair."


@pytest.mark.parametrize("name", ["settings", "enrolment", "secrets"])
def test_one_that_is_missing_is_told(places: Paths, name: str) -> None:
    path: Path = getattr(places, name)
    path.rename(path.with_name("aside"))
    (told,) = found(places)
    assert told.detail == f"{path} is missing."


def test_a_link_in_the_place_of_a_file_is_told(places: Paths) -> None:
    aside = places.settings.rename(places.settings.with_name("aside"))
    places.settings.symlink_to(aside)
    assert len(found(places)) == 1


def test_a_folder_on_another_disk_is_an_administrators_own(places: Paths) -> None:
    aside = places.state.rename(places.state.with_name("aside"))
    places.state.symlink_to(aside)
    aside.chmod(0o755)
    assert found(places) == []


def test_who_is_not_the_service_is_told(
    places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "USER", "somebody")
    (told,) = found(places, "warning")
    assert (told.id, told.detail) == (
        "account",
        f"{ME}, which is not of the service",
    )
