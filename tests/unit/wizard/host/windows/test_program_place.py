"""A service is made of a program that nobody else may change, and that it can read."""

from dataclasses import replace

import pytest

from agent.platform.windows.service_sid import SERVICE, service_sid
from tests.fixtures.windows.fake_services import BROUGHT, FakeServices
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.host.windows.conftest import PROGRAM
from wizard.host.interface import ServiceFailed
from wizard.host.windows.host import WindowsHost
from wizard.inputs import Inputs
from wizard.plan.change import Context, allow_all
from wizard.plan.step import Target
from wizard.steps.service_unit import ServiceUnit

FOLDER = PROGRAM.rpartition("\\")[0]
SOMEBODY = "S-1-5-21-1-2-3-1109"


def target(host: WindowsHost) -> Target:
    return Target(SETTINGS, Context(host, Inputs(), allow_all))


def apply(host: WindowsHost) -> None:
    (change,) = ServiceUnit().plan(target(host))
    ServiceUnit().apply(change, target(host).context)


def finding(host: WindowsHost) -> tuple[str, str]:
    (row,) = ServiceUnit().verify(target(host))
    return row.state, row.detail


def let(who: str, rights: str, flags: str = "") -> str:
    return f"{BROUGHT}(A;{flags};{rights};;;{who})"


# as C:\ has it: anybody may make folders beside others
ROOT = "O:SYD:(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;;LC;;;AU)(A;OICIIO;SDGXGWGR;;;AU)"


def test_what_windows_brought_is_of_use(win32: FakeServices, host: WindowsHost) -> None:
    win32.installed["C:\\"] = ROOT
    apply(host)
    assert finding(host)[0] == "ok"


CHANGED = [
    (PROGRAM, let("BU", "FW")),
    (PROGRAM, let(SOMEBODY, "FA")),
    (PROGRAM, let(service_sid(), "0x1301bf")),
    (PROGRAM, f"O:{SOMEBODY}D:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)"),
    (FOLDER, let("AU", "LC")),
    (FOLDER, let("BU", "DC")),
    (r"C:\Program Files", let("BU", "DT")),
    (r"C:\Program Files", let("BU", "SD")),
    (r"C:\Program Files\Writeback", f"O:{SOMEBODY}D:(A;;FA;;;BA)"),
    ("C:\\", let("WD", "FA")),
    ("C:\\", "O:BA"),
    (PROGRAM, f"{BROUGHT}(XA;;FW;;;BU)"),
]


@pytest.mark.parametrize(("path", "found"), CHANGED)
def test_what_others_may_change_is_refused_and_told(
    win32: FakeServices, host: WindowsHost, path: str, found: str
) -> None:
    win32.installed[path] = found
    with pytest.raises(ServiceFailed) as refused:
        ServiceUnit().plan(target(host))
    assert path in refused.value.what
    win32.installed.clear()
    apply(host)
    win32.installed[path] = found
    state, detail = finding(host)
    assert state == "failed"
    assert path in detail


def test_what_the_service_can_not_read_is_refused(
    win32: FakeServices, host: WindowsHost
) -> None:
    win32.installed[PROGRAM] = "O:BAD:P(A;;FA;;;BA)(A;;FA;;;SY)"
    with pytest.raises(ServiceFailed, match="can't be read by NT SERVICE"):
        ServiceUnit().plan(target(host))


def test_what_is_not_there_is_refused(win32: FakeServices, host: WindowsHost) -> None:
    win32.gone = {PROGRAM}
    with pytest.raises(ServiceFailed, match="is not there"):
        ServiceUnit().plan(target(host))


def test_a_folder_that_windows_gives_nothing_to_read_of_is_refused(
    win32: FakeServices, host: WindowsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = win32.sddl_of

    def read(path: str) -> str:
        if path == FOLDER:
            raise ValueError("no text")
        return found(path)

    monkeypatch.setattr(win32, "sddl_of", read)
    with pytest.raises(ServiceFailed, match="can't be looked at: no text"):
        ServiceUnit().plan(target(host))


@pytest.mark.parametrize(
    "security",
    [
        "O:SYD:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;DC;;;AU)",
        "O:SYD:(A;;WD;;;BU)",
        f"O:{SOMEBODY}D:(A;;CCLCSWLOCRRC;;;IU)",
        "O:SY",
    ],
)
def test_a_service_that_others_may_set_up_is_told(
    win32: FakeServices, host: WindowsHost, security: str
) -> None:
    apply(host)
    win32.security = security
    state, detail = finding(host)
    assert state == "failed"
    assert "Security" in detail
    win32.configs[SERVICE] = replace(win32.configs[SERVICE], sid_type=0)
    with pytest.raises(ServiceFailed, match="Security"):
        ServiceUnit().plan(target(host))


@pytest.mark.parametrize(
    "program",
    [r"\\server\share\python.exe", r"C:\%TEMP%\python.exe", "C:\\a\nb\\python.exe"],
)
def test_a_program_that_no_service_can_be_made_of_is_told(
    win32: FakeServices, program: str
) -> None:
    with pytest.raises(ServiceFailed, match="No service can be made of"):
        ServiceUnit().plan(target(WindowsHost(win32, program)))


def test_the_program_of_a_window_is_none_of_a_service(win32: FakeServices) -> None:
    apply(WindowsHost(win32, PROGRAM.replace("python.exe", "PythonW.exe")))
    assert f'"{PROGRAM}"' in win32.configs[SERVICE].image
