"""The service is planned, made, read back, taken back: value by value, at every cut."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.platform.windows.files import WindowsFiles
from agent.platform.windows.installation.service_values import ENTRY
from agent.platform.windows.service_sid import SERVICE
from tests.fixtures.windows.fake_services import Cut, FakeServices
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.host.windows.conftest import PROGRAM
from tests.unit.wizard.host.windows.unit_changes import (
    apply,
    context,
    planned,
    state,
    undo,
)
from wizard.host.interface import ServiceFailed
from wizard.host.windows.held_start import HeldStart
from wizard.host.windows.host import WindowsHost
from wizard.host.windows.service_account import (
    VIRTUAL,
    AccountKind,
    ServiceAccount,
)
from wizard.host.windows.service_entry import ServiceEntry
from wizard.plan.change import StepFailed
from wizard.plan.step import Target
from wizard.steps.service_unit import ServiceUnit

GMSA = r"CORP\writeback$"
OWN = r"CORP\svc-writeback"


def test_the_service_is_made_as_it_should_be(
    win32: FakeServices, host: WindowsHost
) -> None:
    apply(host)
    made = win32.configs[SERVICE]
    assert made.image == f'"{PROGRAM}" -I -m agent.platform.windows.service_host'
    assert made.account == "NT SERVICE\\WritebackAgent"
    assert made.sid_type == 1
    assert made.privileges == ("SeChangeNotifyPrivilege",)
    assert made.actions == ((1, 1000), (1, 5000), (1, 30000))
    assert made.on_error
    assert made.preshutdown_ms == 20_000
    assert made.automatic
    assert not made.delayed
    assert made.description
    assert win32.passwords == [(VIRTUAL, None)]


def test_once_made_nothing_is_planned_and_it_is_well(host: WindowsHost) -> None:
    apply(host)
    assert ServiceUnit().plan(Target(SETTINGS, context(host))) == ()
    assert state(host)[0] == "ok"


def test_the_plan_holds_each_value_by_windows_name(host: WindowsHost) -> None:
    after = planned(host).after
    assert after is not None
    assert after["files"][str(ENTRY / "ObjectName")] == VIRTUAL
    assert {Path(name).name for name in after["files"]} == {
        *("ImagePath", "ObjectName", "DisplayName", "Description", "ServiceSidType"),
        *("RequiredPrivileges", "FailureActions", "FailureActionsOnNonCrashFailures"),
        *("DelayedAutostart", "PreshutdownTimeout"),
    }


def test_taking_it_back_removes_it(win32: FakeServices, host: WindowsHost) -> None:
    change = apply(host)
    undo(host, change)
    assert SERVICE not in win32.configs
    undo(host, change)  # as when that was cut off, too


def test_cut_off_at_any_call_it_is_taken_back(
    win32: FakeServices, host: WindowsHost
) -> None:
    change = planned(host)
    for cut in range(20):
        win32.cut = cut
        try:
            ServiceUnit().apply(change, context(host))
        except Cut:
            win32.cut = None
            undo(host, change)
            assert SERVICE not in win32.configs
        else:
            break
    assert cut > 5
    assert state(host)[0] == "ok"


def test_a_change_cut_off_at_any_call_is_taken_back_and_so_is_that(
    win32: FakeServices, host: WindowsHost
) -> None:
    apply(host)
    before = replace(
        win32.configs[SERVICE],
        sid_type=3,
        privileges=("SeDebugPrivilege",),
        description="Mine",
        actions=(),
        reset_s=0,
        on_error=False,
        automatic=False,
    )
    for cut in range(30):
        win32.configs[SERVICE] = before
        change = planned(host)
        win32.cut = cut
        try:
            ServiceUnit().apply(change, context(host))
        except Cut:
            for more in (0, 1, 2, None):
                win32.cut = more
                try:
                    undo(host, change)
                except Cut:
                    continue
            assert win32.configs[SERVICE] == before
        else:
            break
    assert cut > 5
    assert state(host)[0] == "ok"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"account": "LocalSystem"}, "ObjectName"),
        ({"image": PROGRAM}, "ImagePath"),
        ({"privileges": ("SeChangeNotifyPrivilege", "SeDebugPrivilege")}, "Required"),
        ({"privileges": ()}, "RequiredPrivileges"),
        ({"sid_type": 0}, "ServiceSidType"),
        ({"actions": ()}, "FailureActions"),
        ({"on_error": False}, "FailureActionsOnNonCrashFailures"),
        ({"delayed": True}, "DelayedAutostart"),
        ({"preshutdown_ms": 1000}, "PreshutdownTimeout"),
    ],
)
def test_verify_names_what_is_otherwise_and_a_plan_mends_it(
    win32: FakeServices, host: WindowsHost, changed: dict[str, Any], name: str
) -> None:
    apply(host)
    whole = win32.configs[SERVICE]
    win32.configs[SERVICE] = replace(whole, **changed)
    found, detail = state(host)
    assert found == "failed"
    assert name in detail
    apply(host)
    assert win32.configs[SERVICE] == whole


def test_one_that_does_not_start_with_the_machine_is_a_finding(
    win32: FakeServices, host: WindowsHost
) -> None:
    apply(host)
    win32.configs[SERVICE] = replace(win32.configs[SERVICE], automatic=False)
    assert state(host) == ("failed", "It does not start with the machine.")


def test_what_somebody_changed_since_is_not_taken_back(
    win32: FakeServices, host: WindowsHost
) -> None:
    change = apply(host)
    win32.configs[SERVICE] = replace(win32.configs[SERVICE], account=OWN)
    with pytest.raises(StepFailed, match="ObjectName"):
        undo(host, change)


def test_a_removal_takes_it_out(win32: FakeServices, host: WindowsHost) -> None:
    apply(host)
    (change,) = ServiceUnit().plan_removal(context(host))
    win32.held = 3
    ServiceUnit().apply(change, context(host))
    assert SERVICE not in win32.configs
    assert ServiceUnit().plan_removal(context(host)) == ()
    undo(host, change)
    assert state(host)[0] == "ok"


def test_one_that_another_program_holds_is_told(
    win32: FakeServices, tmp_path: Path
) -> None:
    held = HeldStart(WindowsFiles(win32), tmp_path / "held")
    entry = ServiceEntry(win32, PROGRAM, held, pause=lambda _: None)
    for path, text in entry.files(()).items():
        entry.write(path, text)
    win32.held = 1000
    with pytest.raises(ServiceFailed, match="has the service open"):
        entry.remove(ENTRY / "ImagePath")


@pytest.mark.parametrize("before", [10_000, 180_000, 5_000])
def test_the_time_that_a_shutdown_waits_comes_back(
    win32: FakeServices, host: WindowsHost, before: int
) -> None:
    apply(host)
    win32.configs[SERVICE] = replace(win32.configs[SERVICE], preshutdown_ms=before)
    change = apply(host)
    assert win32.configs[SERVICE].preshutdown_ms == 20_000
    undo(host, change)
    assert win32.configs[SERVICE].preshutdown_ms == before


def test_what_windows_refuses_is_told(
    win32: FakeServices, host: WindowsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(13, "Access is denied.")

    monkeypatch.setattr(win32, "create_service", refuse)
    with pytest.raises(ServiceFailed, match="Access is denied"):
        apply(host)


def test_a_service_that_may_not_be_read_is_told(
    win32: FakeServices, host: WindowsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise PermissionError(13, "Access is denied.")

    monkeypatch.setattr(win32, "service_config", refuse)
    with pytest.raises(ServiceFailed, match="Access is denied"):
        planned(host)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (VIRTUAL, AccountKind.VIRTUAL),
        (VIRTUAL.upper(), AccountKind.VIRTUAL),
        (GMSA, AccountKind.MANAGED),
        (OWN, AccountKind.OWN),
        ("svc@corp.example", AccountKind.OWN),
    ],
)
def test_the_kinds_of_accounts_are_told_apart(name: str, kind: AccountKind) -> None:
    assert ServiceAccount(name).kind is kind
