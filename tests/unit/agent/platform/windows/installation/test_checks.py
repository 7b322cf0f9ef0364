"""An installation on Windows is read back: what it finds, and what it never says."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from agent import __main__ as agent_main
from agent.config import service_credentials
from agent.platform.installed import Finding
from agent.platform.windows.files import WindowsFiles
from agent.platform.windows.installation.checks import WindowsInstallation
from agent.platform.windows.service_sid import SERVICE, service_sid
from agent.platform.windows.win32_services import ServiceState, ServiceStatus
from agent.system.paths import Paths
from tests.fixtures.windows.fake_services import ACCOUNT, FakeServices, below
from tests.fixtures.windows.installation import CANARY, install
from wizard.host.windows.host import WindowsHost

PROGRAM = r"C:\Program Files\Writeback\1.0.0\python\python.exe"
OTHERS = "(A;;FR;;;BU)"


@pytest.fixture
def win32(tmp_path: Path) -> FakeServices:
    return below(tmp_path)


@pytest.fixture
def places(win32: FakeServices, monkeypatch: pytest.MonkeyPatch) -> Paths:
    host = WindowsHost(win32, PROGRAM)
    install(win32, host, monkeypatch)
    win32.running()
    return host.places


def checked(win32: FakeServices, *, event_log: bool = True) -> WindowsInstallation:
    def messages() -> list[str]:
        return [each.texts[0] for each in win32.reported]

    return WindowsInstallation(win32, PROGRAM, messages if event_log else None)


def wrong(win32: FakeServices, places: Paths) -> list[Finding]:
    found = checked(win32).findings(places)
    return [each for each in found if each.state == "failed"]


def as_service(win32: FakeServices) -> None:
    win32.sid, win32.elevated = service_sid(), False


def test_what_was_set_up_is_as_it_should_be(win32: FakeServices, places: Paths) -> None:
    as_service(win32)
    found = list(checked(win32).findings(places))
    assert {each.state for each in found} == {"ok"}
    assert {each.id for each in found} == {
        *("account", "permissions", "secret", "service", "agent", "event_log")
    }
    told = " ".join(f"{each.title} {each.detail}" for each in found)
    for path in (places.settings, places.enrolment, places.state, places.log.parent):
        assert str(path) in told
    assert rf"NT SERVICE\{SERVICE}" in told
    assert str(places.journal) not in told  # the service has nothing to do there
    assert not [*places.state.iterdir(), *places.log.parent.iterdir()]


def test_an_administrator_is_told_that_they_are_not_the_service(
    win32: FakeServices, places: Paths
) -> None:
    first, *others = checked(win32).findings(places)
    assert (first.id, first.state) == ("account", "warning")
    assert {each.state for each in others} == {"ok"}
    assert any(str(places.journal) in each.title for each in others)


NAMES = ("home", "secrets", "journal", "state", "settings", "enrolment")


@pytest.mark.parametrize("name", NAMES)
def test_one_that_others_may_open_is_told_with_both_descriptors(
    win32: FakeServices, places: Paths, name: str
) -> None:
    path = getattr(places, name)
    win32.set_sddl(path, f"{win32.sddl_of(str(path))}{OTHERS}")
    (found,) = wrong(win32, places)
    assert str(path) in found.title
    assert OTHERS in found.detail
    assert found.remedy


def test_what_the_service_made_is_looked_at(win32: FakeServices, places: Paths) -> None:
    as_service(win32)
    files = WindowsFiles(win32)
    for path, mode in ((places.starts, 0o640), (places.ledger, 0o600)):
        files.replace(path, b"", mode=mode)
    places.audit.write_text("")  # with what its folder hands down
    win32.set_sddl(places.audit, f"O:{ACCOUNT}D:AI(A;ID;0x1301bf;;;{service_sid()})")
    assert wrong(win32, places) == []
    win32.set_sddl(places.audit, f"O:{ACCOUNT}D:AI(A;ID;FR;;;{service_sid()})")
    win32.set_sddl(places.starts, f"O:BAD:(A;;FA;;;{service_sid()}){OTHERS}")
    starts, audit = wrong(win32, places)
    assert str(places.starts) in starts.title
    assert str(places.audit) in audit.title


@pytest.mark.parametrize("name", ["settings", "enrolment"])
def test_one_that_is_missing_is_told(
    win32: FakeServices, places: Paths, name: str
) -> None:
    getattr(places, name).unlink()
    (found,) = wrong(win32, places)
    assert found.detail == f"{getattr(places, name)} is missing."


def test_a_folder_that_this_account_can_not_write_to_is_told(
    win32: FakeServices, places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = win32.open_file

    def refuse(path: str, how: object, sddl: str | None = None) -> int:
        if Path(path).parent == places.state:
            raise PermissionError(13, "Access is denied.", path)
        return opened(path, how, sddl)  # type: ignore[arg-type]

    monkeypatch.setattr(win32, "open_file", refuse)
    (found,) = wrong(win32, places)
    assert found.detail == f"{places.state} can't be looked at: Access is denied."


@pytest.mark.parametrize(
    ("more", "told"),
    [(OTHERS, "known to others"), ("(A;;FW;;;" + service_sid() + ")", "should be")],
)
def test_a_secret_with_other_rights_is_told(
    win32: FakeServices, places: Paths, more: str, told: str
) -> None:
    (path,) = places.secrets.glob("*.dpapi")
    win32.set_sddl(path, f"{win32.sddl_of(str(path))}{more}")
    (found,) = wrong(win32, places)
    assert found.id == "secret"
    assert told in found.detail


def test_a_secret_of_another_installation_is_told(
    win32: FakeServices, places: Paths
) -> None:
    (places.secrets / "installation").write_text("0" * 32)
    (found,) = wrong(win32, places)
    assert "another installation" in found.detail


def test_what_a_secret_says_is_nowhere(
    win32: FakeServices, places: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = places.secrets.glob("*.dpapi")
    path.write_bytes(CANARY.encode())
    told = json.dumps([asdict(each) for each in checked(win32).findings(places)])
    assert "can't be opened" in told
    assert CANARY not in told + capsys.readouterr().out + repr(win32.reported)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"image": f"{PROGRAM} -I -m agent"}, f'should be "{PROGRAM}" -I -m'),
        ({"account": "LocalSystem"}, "may not run as LocalSystem"),
        ({"account": r"NT AUTHORITY\NetworkService"}, "may not run as"),
        ({"privileges": ("SeDebugPrivilege",)}, "SeDebugPrivilege, and should be"),
        ({"privileges": ()}, "It is -, and should be SeChangeNotifyPrivilege"),
        ({"sid_type": 0}, "It is -, and should be 1"),
        ({"actions": ()}, "should be 86400 s 1:1000"),
        ({"on_error": False}, "It is -, and should be True"),
        ({"preshutdown_ms": 10_000}, "It is 10000, and should be 20000"),
        ({"automatic": False}, "does not start with the machine"),
        ({"disabled": True}, "does not start with the machine"),
    ],
)
def test_a_service_that_is_set_up_otherwise_is_told(
    win32: FakeServices, places: Paths, changed: dict[str, object], told: str
) -> None:
    config = win32.configs[SERVICE]
    win32.configs[SERVICE] = replace(config, **changed)  # type: ignore[arg-type]
    (found,) = wrong(win32, places)
    assert found.id == "service"
    assert told in found.detail


def test_a_service_of_the_system_by_another_name_is_told(
    win32: FakeServices, places: Paths
) -> None:
    name = r"NT-AUTORITÄT\Netzwerkdienst"
    win32.sids[name] = "S-1-5-20"
    win32.configs[SERVICE] = replace(win32.configs[SERVICE], account=name)
    (found,) = wrong(win32, places)
    assert found.detail == f"The service may not run as {name}."


def test_a_service_that_is_not_ready_proves_nothing_itself(
    win32: FakeServices, places: Paths
) -> None:
    for state in ServiceState:
        win32.status[SERVICE] = ServiceStatus(state)
        (found,) = [
            each for each in checked(win32).findings(places) if each.id == "agent"
        ]
        ready = state is ServiceState.RUNNING
        assert found.state == ("ok" if ready else "warning")


def test_the_service_of_another_version_is_no_fault(
    win32: FakeServices, places: Paths
) -> None:
    config = win32.configs[SERVICE]
    older = config.image.replace("1.0.0", "0.9.0")
    win32.configs[SERVICE] = replace(config, image=older)
    assert wrong(win32, places) == []


def test_a_machine_without_the_service_is_told(
    win32: FakeServices, places: Paths
) -> None:
    del win32.configs[SERVICE]
    (found,) = wrong(win32, places)
    assert found.detail == "The service is not on this machine."


def test_where_the_manager_says_nothing_that_is_told(
    win32: FakeServices, places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_service: str) -> None:
        raise PermissionError(13, "Access is denied.")

    monkeypatch.setattr(win32, "service_config", refuse)
    (found,) = wrong(win32, places)
    assert found.detail == "Windows refused: Access is denied."


def commanded(
    win32: FakeServices, places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have the command look at this machine."""
    for module in (agent_main, service_credentials):
        monkeypatch.setattr(module, "this_installation", lambda: checked(win32))
    monkeypatch.setattr(Paths, "of_machine", lambda: places)
    monkeypatch.delenv("WRITEBACK_HOME", raising=False)


def test_the_command_says_it_for_people_and_for_programs(
    win32: FakeServices,
    places: Paths,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    commanded(win32, places, monkeypatch)
    win32.set_sddl(places.state, f"{win32.sddl_of(str(places.state))}{OTHERS}")
    # the settings here are none: that is told beside
    assert agent_main.main(["check", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    ids = [each["id"] for each in found]
    assert ids[0] == "account"
    assert {"permissions", "secret", "service", "event_log", "settings"} <= {*ids}
    assert agent_main.main(["check"]) == 2
    text = capsys.readouterr().out
    assert f"failed  Protection of {places.state}: It is O:BAD:P" in text
    assert CANARY not in text


def test_a_machine_for_trying_is_not_compared_with_this_one(
    win32: FakeServices,
    places: Paths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    commanded(win32, places, monkeypatch)
    agent_main.main(["check", "--json", "--home", str(tmp_path / "tried")])
    found = json.loads(capsys.readouterr().out)
    assert {each["id"] for each in found} == {"settings"}
    assert not win32.reported


def test_a_machine_without_an_installation_is_told_whole(win32: FakeServices) -> None:
    places = WindowsHost(win32, PROGRAM).places
    found = list(checked(win32).findings(places))
    assert {each.state for each in found if each.id == "permissions"} == {"failed"}
    assert str(places.home) in found[1].detail
    assert found[-2].detail == "The service is not on this machine."
    assert not places.home.exists()
