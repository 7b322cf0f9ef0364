"""An MSI has the service go over to its version, back, or away; somebody serves."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from agent.platform.interface import Entry, FolderOfOthers
from agent.platform.windows.image_path import spelled
from agent.platform.windows.restart import LEAVE
from agent.platform.windows.service_host import msi_actions
from agent.platform.windows.service_host.left_child import LeftChild, LeftChildNote
from agent.platform.windows.service_host.version_change import (
    LEFT_BEHIND,
    RECORD,
    NotOver,
    VersionChange,
)
from agent.platform.windows.service_sid import SERVICE
from agent.platform.windows.win32_services import (
    STOP,
    ServiceConfig,
    ServiceState,
    ServiceStatus,
)
from tests.fixtures.windows.fake_services import BROUGHT, PID, Cut, FakeServices, below

HOME = "C:\\Program Files\\Writeback"
OLD, NEW = (f"{HOME}\\{each}\\python\\python.exe" for each in ("1.0.0", "1.1.0"))
CONFIG = ServiceConfig(
    image=spelled(OLD),
    account="CORP\\gmsa$",
    display="Writeback agent",
    description="kept",
    automatic=True,
    delayed=True,
    sid_type=1,
    privileges=("SeChangeNotifyPrivilege",),
    actions=((1, 1000),),
    reset_s=5,
    on_error=True,
    preshutdown_ms=20_000,
)
RUNNING, STOPPED = ServiceState.RUNNING, ServiceState.STOPPED


@dataclass
class Machine:
    """One whose hosts do as they should, but for those of the versions in `faulty`.

    Those do, when they are started, what stands there.
    """

    folder: Path
    win32: FakeServices = field(init=False)
    told: list[Entry] = field(default_factory=list)
    lost: int = 0
    served: list[str] = field(default_factory=list)
    faulty: dict[str, Callable[[], None]] = field(default_factory=dict)
    time: float = 0.0
    there: set[str] = field(default_factory=lambda: {OLD, NEW})

    def __post_init__(self) -> None:
        self.win32 = below(self.folder)
        self.win32.configs[SERVICE] = CONFIG
        self.win32.status[SERVICE] = ServiceStatus(STOPPED)
        self.win32.happens, self.win32.starts = self._controlled, self._started
        self.win32.services.add(CONFIG.account)
        (self.home / "agent").mkdir(parents=True)
        self.win32.set_sddl(self.home, "O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)")

    @property
    def home(self) -> Path:
        return self.folder / "Writeback"

    @property
    def note(self) -> LeftChildNote:
        return LeftChildNote(self.win32, self.home / "agent")

    @property
    def config(self) -> ServiceConfig:
        return self.win32.configs[SERVICE]

    @property
    def state(self) -> ServiceState:
        return self.win32.status[SERVICE].state

    def msi(self, program: str = NEW, *folders: str) -> VersionChange:
        return VersionChange(
            *(self.win32, program, folders, self),
            home=self.home,
            state=self.home / "agent",
            is_there=self.there.__contains__,
            now=lambda: self.time,
            pause=self._pass,
        )

    def runs(self) -> None:
        self.win32.running()
        self.served.append(self.config.image)

    def send(self, entry: Entry) -> None:
        self.told.append(entry)

    def close(self) -> None:
        """Close nothing."""

    def _pass(self, seconds: float) -> None:
        self.time += seconds

    def _controlled(self, control: int) -> None:
        if control == LEAVE:
            self.note.write(LeftChild(7, "events"))
            self.win32.status[SERVICE] = ServiceStatus(STOPPED)
            self.win32.processes.discard(PID)

    def _started(self) -> None:
        version = self.config.image
        if version in self.faulty:
            self.faulty[version]()
            return
        self.win32.running()
        self.note.remove()
        self.served.append(version)

    def never_ready(self) -> None:
        """Have its host run, with who was left, as its own agent is not ready."""
        self.win32.running()

    def ends_at_once(self) -> None:
        self.win32.ended(2)

    def not_started(self) -> None:
        self.win32.status[SERVICE] = ServiceStatus(STOPPED)
        raise OSError(0, "The system cannot find the file specified")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_runs_the_new_version_and_nobody_was_missed(machine: Machine) -> None:
    machine.runs()
    machine.msi().change()
    # who serves is left to the next host; never is the service stopped
    assert machine.win32.controls == [LEAVE]
    assert machine.served == [spelled(OLD), spelled(NEW)]
    assert machine.state is RUNNING


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NEW, OLD)])
def test_the_command_line_alone_is_changed_up_and_down(
    machine: Machine, before: str, after: str
) -> None:
    machine.win32.configs[SERVICE] = replace(CONFIG, image=spelled(before))
    machine.runs()
    machine.msi(after).change()
    assert machine.config == replace(CONFIG, image=spelled(after))
    assert not machine.win32.passwords


@pytest.mark.parametrize(
    ("path", "sddl"),
    [
        (NEW, f"{BROUGHT}(A;;FW;;;BU)"),
        (NEW.rpartition("\\")[0], f"{BROUGHT}(A;;LC;;;AU)"),
        (HOME, "O:S-1-5-21-1-2-3-1109D:(A;;FA;;;BA)"),
        (HOME, "no descriptor"),
    ],
    ids=["program", "folder", "owner", "unread"],
)
def test_a_program_that_others_may_change_is_never_the_services(
    machine: Machine, path: str, sddl: str
) -> None:
    machine.runs()
    machine.win32.installed[path] = sddl
    with pytest.raises(NotOver, match=re.escape(path)):
        machine.msi().change()
    assert machine.config == CONFIG
    assert not machine.win32.controls


def test_a_folder_of_data_that_somebody_else_made_is_not_written_to(
    machine: Machine,
) -> None:
    machine.runs()
    machine.win32.set_sddl(machine.home, "O:S-1-5-21-1-2-3-1109D:(A;OICI;FA;;;WD)")
    with pytest.raises(FolderOfOthers):
        machine.msi().change()
    assert machine.config == CONFIG
    (machine.home / "settings.yaml").touch()
    machine.msi(OLD).remove()
    assert not (machine.home / LEFT_BEHIND).exists()


def test_one_that_is_stopped_stays_so(machine: Machine) -> None:
    machine.msi().change()
    assert machine.config.image == spelled(NEW)
    assert machine.state is STOPPED
    assert not machine.win32.controls
    assert not machine.served


def test_one_that_begins_begins_anew(machine: Machine) -> None:
    machine.win32.status[SERVICE] = ServiceStatus(ServiceState.START_PENDING, PID)
    machine.win32.processes.add(PID)
    machine.msi().change()
    assert machine.win32.controls == [STOP]
    assert machine.served == [spelled(NEW)]


def test_one_that_ends_is_waited_for_and_stays_so(machine: Machine) -> None:
    machine.win32.status[SERVICE] = ServiceStatus(ServiceState.STOP_PENDING, PID)
    machine.msi().change()
    assert machine.state is STOPPED
    assert machine.config.image == spelled(NEW)


def test_a_second_time_nothing_is_done(machine: Machine) -> None:
    machine.runs()
    machine.msi().change()
    told = len(machine.told)
    machine.msi().change()
    assert machine.win32.controls == [LEAVE]
    assert len(machine.told) == told
    assert not (machine.home / RECORD).exists()


def test_without_a_service_none_is_made(machine: Machine) -> None:
    del machine.win32.configs[SERVICE], machine.win32.status[SERVICE]
    for act in (machine.msi().change, machine.msi().change_back, machine.msi().remove):
        act()
    assert not machine.win32.configs
    assert not machine.told


@pytest.mark.parametrize(
    "image",
    [
        "C:\\Else\\service.exe",
        spelled("C:\\Else\\1.0.0\\python\\python.exe"),
        spelled("C:\\python.exe"),
        spelled(OLD).replace('"', ""),
        f"{spelled(OLD)} --more",
    ],
)
def test_one_of_somebody_else_is_not_touched(machine: Machine, image: str) -> None:
    machine.win32.configs[SERVICE] = replace(CONFIG, image=image)
    machine.win32.running()
    for act in (machine.msi().change, machine.msi().change_back, machine.msi().remove):
        act()
    assert machine.config == replace(CONFIG, image=image)
    assert not machine.win32.controls
    assert image in machine.told[0].message


def test_one_in_the_folder_of_before_is_ours(machine: Machine) -> None:
    moved = "D:\\Writeback\\1.1.0\\python\\python.exe"
    machine.msi(moved, f"{HOME.upper()}\\.").change()
    assert machine.config.image == spelled(moved)


FAULTS = ["never_ready", "ends_at_once", "not_started"]


@pytest.mark.parametrize("fault", FAULTS)
def test_where_the_new_version_fails_the_old_one_serves_on(
    machine: Machine, fault: str
) -> None:
    machine.faulty[spelled(NEW)] = getattr(machine, fault)
    machine.runs()
    with pytest.raises(OSError, match=r"not ready|ended|cannot find"):
        machine.msi().change()
    assert machine.config == CONFIG
    assert machine.state is RUNNING
    assert machine.served == [spelled(OLD), spelled(OLD)]
    assert STOP not in machine.win32.controls
    assert "does not go over" in machine.told[0].message
    # what the MSI takes back then finds nothing more to do
    machine.msi().change_back()
    assert machine.served == [spelled(OLD), spelled(OLD)]


def test_a_host_that_does_not_leave_stays(machine: Machine) -> None:
    machine.runs()
    machine.win32.happens = lambda _: None
    with pytest.raises(NotOver, match="does not end"):
        machine.msi().change()
    assert machine.config.image == spelled(OLD)
    assert machine.state is RUNNING


def test_one_that_could_not_be_started_again_is_let_be(machine: Machine) -> None:
    machine.win32.configs[SERVICE] = replace(CONFIG, disabled=True)
    machine.runs()
    with pytest.raises(NotOver, match="disabled"):
        machine.msi().change()
    assert machine.config == replace(CONFIG, disabled=True)
    assert not machine.win32.controls


def test_where_windows_refuses_the_change_nothing_is_asked(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: str) -> None:
        raise PermissionError(13, "Access is denied")

    machine.runs()
    monkeypatch.setattr(machine.win32, "change_image", refuse)
    with pytest.raises(PermissionError):
        machine.msi().change()
    assert machine.config == CONFIG
    assert not machine.win32.controls


def test_a_roll_back_of_the_msi_hands_over_again(machine: Machine) -> None:
    machine.runs()
    machine.msi().change()
    machine.msi().change_back()
    assert machine.served == [spelled(OLD), spelled(NEW), spelled(OLD)]
    assert machine.win32.controls == [LEAVE, LEAVE]
    assert machine.config == CONFIG
    # once
    machine.msi().change_back()
    assert machine.win32.controls == [LEAVE, LEAVE]


def test_a_roll_back_leaves_a_stopped_one_stopped(machine: Machine) -> None:
    machine.msi().change()
    machine.msi().change_back()
    assert machine.config == CONFIG
    assert machine.state is STOPPED


def test_a_roll_back_to_what_is_gone_is_none(machine: Machine) -> None:
    machine.runs()
    machine.msi().change()
    machine.there = {NEW}
    machine.msi().change_back()
    assert machine.config.image == spelled(NEW)


@pytest.mark.parametrize("at", ["image", "left", "started"])
def test_cut_off_anywhere_a_roll_back_brings_the_old_one_back(
    machine: Machine, at: str
) -> None:
    machine.runs()
    if at == "image":
        machine.win32.cut = 0
    if at == "left":
        _, leaves = machine.win32.starts, machine.win32.happens

        def cut(control: int) -> None:
            leaves(control)
            machine.win32.happens = leaves
            raise Cut

        machine.win32.happens = cut
    if at == "started":

        def never() -> None:
            del machine.faulty[spelled(NEW)]
            machine.win32.running()
            raise Cut

        machine.faulty[spelled(NEW)] = never
    with pytest.raises(Cut):
        machine.msi().change()
    machine.win32.cut = None
    machine.msi().change_back()
    assert machine.config == CONFIG
    assert machine.state is RUNNING
    assert machine.note.read() is None


def test_at_the_end_the_service_goes(machine: Machine) -> None:
    machine.runs()
    machine.msi(OLD).remove()
    assert machine.win32.controls == [STOP]
    assert not machine.win32.configs
    assert not (machine.home / LEFT_BEHIND).exists()


def test_a_version_that_goes_takes_no_service_of_another(machine: Machine) -> None:
    (machine.home / "settings.yaml").write_text("portal: x")
    machine.runs()
    machine.msi(NEW).change()
    told = len(machine.told)
    machine.msi(OLD).remove()
    assert machine.state is RUNNING
    assert STOP not in machine.win32.controls
    assert len(machine.told) == told
    assert not (machine.home / LEFT_BEHIND).exists()


def test_what_is_left_is_said_and_stays(machine: Machine) -> None:
    (machine.home / "settings.yaml").write_text("portal: x")
    machine.msi(OLD).remove()
    text = (machine.home / LEFT_BEHIND).read_text()
    for word in ("`writeback remove`", "directory", "settings.yaml", "portal"):
        assert word in text
    assert any(text == each.message for each in machine.told)
    assert (machine.home / "settings.yaml").exists()
    # until it is installed again
    machine.msi(OLD).change()
    assert not (machine.home / LEFT_BEHIND).exists()


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"before": 1}'),
        json.dumps({"before": "C:\\x.exe", "after": spelled(OLD), "ran": True}),
    ],
)
def test_a_record_that_is_none_is_no_change(machine: Machine, text: str) -> None:
    (machine.home / RECORD).write_text(text)
    machine.msi().change_back()
    assert machine.config == CONFIG


def test_nobody_else_writes_what_a_roll_back_reads(machine: Machine) -> None:
    machine.msi().change()
    assert json.loads((machine.home / RECORD).read_text())["ran"] is False
    found = machine.win32.sddl_of(str(machine.home / RECORD))
    assert "S-1-5-80" not in found
    assert "BU" not in found


@pytest.mark.parametrize("action", ["change", "back", "remove"])
def test_an_action_says_by_its_code_whether_it_is_done(
    machine: Machine, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert msi_actions.act(machine.msi(), action, machine) == 0

    def refuse(*_: str) -> None:
        raise PermissionError(13, "Access is denied")

    runs = NEW if action == "remove" else OLD
    machine.win32.configs[SERVICE] = replace(CONFIG, image=spelled(runs))
    for name in ("change_image", "delete_service"):
        monkeypatch.setattr(machine.win32, name, refuse)
    if action == "back":
        (machine.home / RECORD).write_text(
            json.dumps({"before": spelled(OLD), "after": spelled(OLD), "ran": False})
        )
    machine.win32.status[SERVICE] = ServiceStatus(STOPPED)
    assert msi_actions.act(machine.msi(), action, machine) == 1
    assert "Access is denied" in machine.told[-1].message
