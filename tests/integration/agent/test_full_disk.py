"""A file system of the agent's own becomes full while it serves a real directory."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from unittest.mock import patch

import pytest
from ldap3.core.exceptions import LDAPInvalidCredentialsResult

from agent.active_directory import users
from agent.audit.verification import verify
from lab.agent_settings import settings_for
from lab.controller import Lab
from tests.fixtures.agent_stage import CANARY, AgentStage


def _write_for_ever(file: FileIO, size: int) -> None:
    while file.write(b"x" * size):
        pass


class Disk:
    """A small file system that others fill."""

    def __init__(self, at: Path) -> None:
        self.at, self._others = at, at / "others"

    def fill(self) -> None:
        with self._others.open("ab", buffering=0) as file:
            for size in (65536, 512):
                with pytest.raises(OSError, match="No space left"):
                    _write_for_ever(file, size)

    def free(self) -> None:
        self._others.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    at = tmp_path / "disk"
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(at)]
    subprocess.run(mount, check=True)
    yield Disk(at)
    subprocess.run(["umount", "--lazy", str(at)], check=True)


@pytest.fixture
def stage(clean_lab: Lab, disk: Disk) -> Iterator[AgentStage]:
    made = AgentStage(clean_lab, disk.at, settings_for(clean_lab))
    yield made
    made.close()


def signs_in(lab: Lab, key: str, password: str) -> bool:
    with suppress(LDAPInvalidCredentialsResult):
        lab.sign_in(lab.people[key]["upn"], password)
        return True
    return False


def test_a_full_disk_refuses_before_a_password_is_set_and_serves_again_by_itself(
    clean_lab: Lab, stage: AgentStage, disk: Disk
) -> None:
    assert stage.reset("bruno_costa")["code"] == "ok"
    disk.fill()
    # the last page of the file may take a few records more
    unlocked = [stage.ask("unlock", "anna")["code"] for _ in range(20)]
    assert unlocked[-1] == "cannot_record"
    token = stage.token("reset", "anna", new_password=CANARY)
    answer = stage.send(token)
    assert answer["code"] == "cannot_record"
    assert "full" in answer["remedy"]
    assert signs_in(clean_lab, "anna", clean_lab.start_password)
    # nobody is let past, and nothing is told wrongly, however often it is asked
    assert stage.send(token)["code"] == "cannot_record"
    # what writes nothing still works
    assert stage.ask("check", "anna")["code"] == "ok"
    disk.free()
    assert stage.send(token)["code"] == "ok"
    assert signs_in(clean_lab, "anna", CANARY)
    report = verify(stage.places.audit, stage.places.audit_head)
    assert report.sound, report.findings


def test_a_disk_that_fills_while_a_password_is_set_changes_no_answer(
    clean_lab: Lab, stage: AgentStage, disk: Disk
) -> None:
    def reset_and_fill(*arguments: object, **options: object) -> None:
        original(*arguments, **options)  # type: ignore[arg-type]
        disk.fill()

    original = users.reset
    token = stage.token("reset", "ines", new_password=CANARY)
    with patch.object(users, "reset", reset_and_fill):
        answer = stage.send(token)
    assert answer["code"] == "ok"
    assert signs_in(clean_lab, "ines", CANARY)
    # its end is recorded, in the room that was kept for that
    assert [each["code"] for each in stage.records()] == ["ok"]
    # the same request gets the same answer, though the ledger had no room for it
    assert stage.send(token)["id"] == answer["id"]
    disk.free()
    assert stage.send(token)["id"] == answer["id"]
    assert stage.reset("never_expires")["code"] == "ok"
    report = verify(stage.places.audit, stage.places.audit_head)
    assert report.sound, report.findings
