"""What agent and wizard do with files is the same on Linux and on Windows."""

import contextlib
import json
from pathlib import Path

import pytest

from agent.audit import verification
from agent.audit.trail import Trail
from agent.config import secret_store
from agent.config.secret_store import SecretsUnavailable
from agent.keys import shared_file
from agent.platform import detect
from agent.platform.interface import Platform
from agent.platform.systemd.platform import SystemdPlatform
from agent.platform.windows import descriptors, sddl
from agent.platform.windows.platform import WindowsPlatform
from agent.request.ledger import Ledger
from agent.system.atomic_files import copy_atomically, remove_torn, write_atomically
from agent.system.instance import Instance, machine_name
from agent.system.named_files import read_named
from lab.sandbox import CANARY
from tests.fixtures.windows.fake_win32 import ME, FakeWin32
from wire.secret import Secret
from wizard.errors import Busy
from wizard.flow.kept_answers import KeptAnswers, state_file
from wizard.flow.model import Answers
from wizard.host.lock import held, is_held
from wizard.plan import journal

GUID = "01234567-89ab-cdef-0123-456789abcdef"


@pytest.fixture(params=["systemd", "windows"])
def here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """Have the program run on a platform."""
    platform: Platform = SystemdPlatform()
    if request.param == "windows":
        win32 = FakeWin32()
        key = (r"SOFTWARE\Microsoft\Cryptography", "MachineGuid")
        win32.registry[key] = GUID
        platform = WindowsPlatform(win32, {})
    monkeypatch.setattr(detect, "_chosen", lambda: platform)
    return platform


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> FakeWin32:
    win32 = FakeWin32()
    monkeypatch.setattr(detect, "_chosen", lambda: WindowsPlatform(win32, {}))
    return win32


@pytest.mark.usefixtures("here")
def test_the_audit_trail_is_written_rotated_and_whole(tmp_path: Path) -> None:
    path, head = tmp_path / "log/audit.jsonl", tmp_path / "state/audit.head"
    trail = Trail(path, head, most_bytes=4096, most_files=4)
    other = Trail(path, head, most_bytes=4096, most_files=4)
    for number in range(200):
        writer = trail if number % 2 else other
        writer.add({"event": 33004, "detail": f"record {number}"})
    for each in (trail, other):
        each.close()
    assert len([*path.parent.glob("audit-*.jsonl")]) == 3
    report = verification.verify(path, head)
    assert not report.findings
    lines = path.read_bytes().splitlines()
    assert json.loads(lines[-1])["detail"] == "record 199"


@pytest.mark.usefixtures("here")
def test_a_file_is_replaced_and_copied_and_a_torn_one_removed(tmp_path: Path) -> None:
    path = tmp_path / "below/settings.yaml"
    write_atomically(path, "one")
    write_atomically(path, "two", mode=0o600)
    copy_atomically(path, path.with_name("copy"))
    assert path.with_name("copy").read_text() == "two"
    torn = path.with_name(".settings.yaml.1234.writeback-new")
    torn.write_text("hal")
    remove_torn(path.parent, tmp_path / "none")
    assert {each.name for each in path.parent.iterdir()} == {"settings.yaml", "copy"}


@pytest.mark.usefixtures("here")
def test_what_somebody_names_is_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("certificate")
    (tmp_path / "link.pem").symlink_to(tmp_path / "ca.pem")
    assert read_named(tmp_path / "link.pem") == b"certificate"
    with pytest.raises(OSError, match="is larger"):
        read_named(tmp_path / "ca.pem", most=3)
    with pytest.raises(FileNotFoundError):
        read_named(tmp_path / "none.pem")


@pytest.mark.usefixtures("here")
def test_the_second_wizard_is_told_who_the_first_is(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert is_held(path) is None
    with held(path, "ada"):
        told = is_held(path)
        assert told is not None
        assert "ada" in str(told)
        with pytest.raises(Busy, match="ada"), held(path, "bruno"):
            pass
    assert is_held(path) is None


@pytest.mark.usefixtures("here")
def test_answers_are_kept_for_their_person(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path / "state" / "answers.json")
    kept.keep("relay", Answers({"relay.url": "https://relay.test"}))
    kept.keep("directory", Answers({"directory.domain": "corp.test"}))
    left = kept.read()
    assert left is not None
    assert (left.page, left.values["directory.domain"]) == ("directory", "corp.test")
    assert [each.name for each in kept.path.parent.iterdir()] == ["answers.json"]


@pytest.mark.usefixtures("here")
def test_both_processes_of_a_hand_over_write_in_turn(tmp_path: Path) -> None:
    path = tmp_path / "keys.jwe"
    with shared_file.locked(path):
        write_atomically(path, "one")
    with shared_file.locked(path):
        before = shared_file.stamp(path)
        write_atomically(path, "two")
    assert before != shared_file.stamp(path)
    assert [Instance.begin(tmp_path / "starts").starts for _ in "12"] == [1, 2]


def test_a_machine_has_the_name_of_its_id(on_windows: FakeWin32) -> None:
    assert machine_name() == ""
    key = (r"SOFTWARE\Microsoft\Cryptography", "MachineGuid")
    on_windows.registry[key] = GUID
    assert len(machine_name()) == 64
    assert GUID not in machine_name()


def test_a_trial_keeps_its_secrets_from_others_there_too(
    on_windows: FakeWin32, tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    on_windows.set_sddl(folder, descriptors.folder_changed_by(ME))
    store = secret_store.in_folder(folder)
    store.put("agent-keys", Secret(CANARY))
    assert store.get("agent-keys") == Secret(CANARY)
    store.copy("agent-keys", "kept")
    assert store.get("kept") == Secret(CANARY)
    (path,) = folder.glob("*agent-keys")
    on_windows.set_sddl(path, "O:BAD:(A;;FA;;;BA)(A;;FR;;;BU)")
    with pytest.raises(SecretsUnavailable, match="S-1-5-32-545") as refused:
        store.get("agent-keys")
    assert CANARY not in str(refused.value)


def test_the_ledger_is_in_a_folder_of_the_services(
    on_windows: FakeWin32, tmp_path: Path
) -> None:
    """Where the mode of its file says nothing."""
    on_windows.programs = str(tmp_path)
    path = tmp_path / "Writeback/agent/ledger.sqlite"
    for _ in "12":
        with contextlib.closing(Ledger(path)):
            found = on_windows.sddl_of(str(path.parent))
            assert sddl.same(found, descriptors.folder_changed_by(ME))


def test_state_is_where_the_platform_has_it(on_windows: FakeWin32) -> None:
    assert state_file({"LOCALAPPDATA": "/Users/ada/AppData/Local"}) == Path(
        "/Users/ada/AppData/Local/writeback/answers.json"
    )


def test_a_journal_is_its_administrators_there_too(
    on_windows: FakeWin32, tmp_path: Path
) -> None:
    on_windows.elevated = True
    kept = journal.begin(tmp_path / "journal")
    found = on_windows.sddl_of(str(kept.path))
    assert sddl.same(found, descriptors.file_of_administrators())
