"""Descriptors of folders and files: read back, told of, mended, taken back."""

from dataclasses import asdict
from pathlib import Path

import pytest

from agent.platform.windows import descriptors, sddl
from agent.platform.windows.service_sid import service_sid
from tests.fixtures.windows.fake_services import ADMINISTRATOR, FakeServices
from tests.fixtures.windows.installation import CANARY, install
from tests.unit.wizard.answered import SETTINGS
from wire.secret import Secret
from wizard.host.interface import Protection, ServiceFailed
from wizard.host.stored_secrets import trouble
from wizard.host.windows.host import WindowsHost
from wizard.inputs import Inputs
from wizard.plan import journal
from wizard.plan.change import Begun, Context, allow_all
from wizard.plan.step import Target
from wizard.steps.file_ownership import FileOwnership

SERVICE_SID = service_sid()


@pytest.fixture
def installed(
    win32: FakeServices, host: WindowsHost, monkeypatch: pytest.MonkeyPatch
) -> WindowsHost:
    """A machine with all that an installation has."""
    install(win32, host, monkeypatch)
    return host


def misplaced(host: WindowsHost) -> list[Path]:
    assert host.ownership is not None
    return [each.path for each in host.ownership.misplaced()]


def test_all_is_made_as_it_should_be(
    win32: FakeServices, installed: WindowsHost
) -> None:
    assert misplaced(installed) == []
    places = installed.places
    made = {
        places.home: descriptors.folder_read_by(SERVICE_SID),
        places.secrets: descriptors.folder_read_by(SERVICE_SID),
        places.journal: descriptors.folder_of_administrators(),
        places.state: descriptors.folder_changed_by(SERVICE_SID),
        places.log.parent: descriptors.folder_changed_by(SERVICE_SID),
        places.settings: descriptors.file_read_by(SERVICE_SID),
        places.enrolment: descriptors.file_read_by(SERVICE_SID),
    }
    for path, wanted in made.items():
        assert sddl.same(win32.sddl_of(str(path)), "O:BA" + wanted), path


NAMES = ("home", "secrets", "journal", "state", "settings", "enrolment")


@pytest.mark.parametrize("name", NAMES)
def test_one_that_others_may_open_is_told_mended_and_taken_back(
    win32: FakeServices, installed: WindowsHost, name: str
) -> None:
    path = getattr(installed.places, name)
    more = f"{win32.sddl_of(str(path))}(A;;FR;;;BU)"
    win32.set_sddl(path, more)
    context = Context(installed, Inputs(), allow_all)
    (row,) = FileOwnership().verify(Target(SETTINGS, context))
    assert row.state == "failed"
    assert str(path) in row.title
    assert "BU" in row.detail
    (change,) = FileOwnership().plan(Target(SETTINGS, context))
    FileOwnership().apply(change, context)
    assert misplaced(installed) == []
    FileOwnership().undo(Begun(0, change, None), context)
    assert sddl.same(win32.sddl_of(str(path)), more)


HARMLESS = [
    f"O:BAD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FRFX;;;{SERVICE_SID})",
    f"O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1301bf;;;{SERVICE_SID})",
    "O:SYD:P(A;;FA;;;SY)(A;;FA;;;BA)",
]


@pytest.mark.parametrize("found", HARMLESS)
def test_a_secret_that_nobody_else_could_open_is_told_and_mended(
    win32: FakeServices, installed: WindowsHost, found: str
) -> None:
    (path,) = installed.places.secrets.glob("*.dpapi")
    win32.set_sddl(path, found)
    context = Context(installed, Inputs(), allow_all)
    (row,) = FileOwnership().verify(Target(SETTINGS, context))
    assert row.state == "failed"
    assert str(path) in row.title
    (change,) = FileOwnership().plan(Target(SETTINGS, context))
    FileOwnership().apply(change, context)
    made = "O:BA" + descriptors.file_read_by(SERVICE_SID)
    assert sddl.same(win32.sddl_of(str(path)), made)
    assert misplaced(installed) == []
    assert installed.secrets.get("agent-keys") == Secret(CANARY)


def test_a_secret_that_others_could_open_is_refused_and_not_mended(
    win32: FakeServices, installed: WindowsHost
) -> None:
    (path,) = installed.places.secrets.glob("*.dpapi")
    win32.set_sddl(path, f"{win32.sddl_of(str(path))}(A;;FR;;;BU)")
    assert misplaced(installed) == []
    why = trouble("agent-keys", installed.secrets)
    assert str(path) in why
    assert "known to others" in why


@pytest.mark.parametrize("owner", [ADMINISTRATOR, "S-1-5-32-545"])
def test_one_that_somebody_owns_is_told(
    win32: FakeServices, installed: WindowsHost, owner: str
) -> None:
    path = installed.places.home
    win32.set_sddl(path, f"O:{owner}{descriptors.folder_read_by(SERVICE_SID)}")
    assert misplaced(installed) == [path]


def test_the_service_may_own_what_it_changes_and_nothing_else(
    win32: FakeServices, installed: WindowsHost
) -> None:
    places = installed.places
    changed = descriptors.folder_changed_by(SERVICE_SID)
    win32.set_sddl(places.state, f"O:{SERVICE_SID}{changed}")
    assert misplaced(installed) == []
    readable = descriptors.folder_read_by(SERVICE_SID)
    win32.set_sddl(places.secrets, f"O:{SERVICE_SID}{readable}")
    assert misplaced(installed) == [places.secrets]


def test_a_descriptor_that_is_not_understood_is_told(
    win32: FakeServices, installed: WindowsHost
) -> None:
    win32.set_sddl(installed.places.settings, "O:BAD:(XA;;FA;;;BU)")
    assert misplaced(installed) == [installed.places.settings]


def test_one_that_can_not_be_looked_at_is_told(
    win32: FakeServices, installed: WindowsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> str:
        raise PermissionError(13, "Access is denied.", path)

    monkeypatch.setattr(win32, "sddl_of", refuse)
    with pytest.raises(ServiceFailed, match="can't be looked at: Access is denied"):
        misplaced(installed)


def test_what_a_link_leads_to_is_not_touched(
    win32: FakeServices, installed: WindowsHost, tmp_path: Path
) -> None:
    assert installed.ownership is not None
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(ServiceFailed, match="leads elsewhere"):
        installed.ownership.protect(tmp_path / "link", Protection("", "", "D:P"))


SERVICES_OWN = [
    f"O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;{SERVICE_SID})",
    f"O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;{SERVICE_SID})(A;;FR;;;BU)",
    f"O:BAD:P(D;;FW;;;{SERVICE_SID})(A;;FA;;;{SERVICE_SID})",
    "O:BAD:(XA;;FA;;;BU)",
    "O:BA",
]


@pytest.mark.parametrize("found", SERVICES_OWN)
def test_what_the_service_made_is_told_and_mended(
    win32: FakeServices, installed: WindowsHost, found: str
) -> None:
    """As after a restore: what it can't write, it can't replace."""
    ledger = installed.places.ledger
    ledger.write_text("")
    win32.set_sddl(ledger, found)
    context = Context(installed, Inputs(), allow_all)
    (row,) = FileOwnership().verify(Target(SETTINGS, context))
    assert str(ledger) in row.title
    (change,) = FileOwnership().plan(Target(SETTINGS, context))
    FileOwnership().apply(change, context)
    made = "O:BA" + descriptors.file_changed_by(SERVICE_SID)
    assert sddl.same(win32.sddl_of(str(ledger)), made)
    assert misplaced(installed) == []


@pytest.mark.parametrize("how", ["link", "hard link", "folder"])
def test_what_the_service_plants_leads_to_nothing_else(
    win32: FakeServices, installed: WindowsHost, tmp_path: Path, how: str
) -> None:
    theirs, ledger = tmp_path / "theirs", installed.places.ledger
    theirs.mkdir()
    (theirs / ledger.name).write_text("")
    win32.set_sddl(theirs / ledger.name, "O:BAD:P(A;;FA;;;BA)")
    if how == "link":
        ledger.symlink_to(theirs / ledger.name)
    elif how == "hard link":
        ledger.hardlink_to(theirs / ledger.name)
    else:
        ledger.parent.rename(tmp_path / "aside")
        ledger.parent.symlink_to(theirs)
    assert installed.ownership is not None
    wanted = Protection("", "", "O:BA" + descriptors.file_changed_by(SERVICE_SID))
    with pytest.raises(ServiceFailed, match="leads elsewhere"):
        installed.ownership.protect(ledger, wanted)
    assert SERVICE_SID not in win32.sddl_of(str(theirs / ledger.name))


def test_a_folder_that_another_made_first_is_refused(
    win32: FakeServices, host: WindowsHost
) -> None:
    """Anybody may make folders below ProgramData."""
    host.places.home.mkdir()
    win32.set_sddl(host.places.home, f"O:{ADMINISTRATOR}D:(A;OICI;FA;;;BU)")
    with pytest.raises(ServiceFailed, match="remove it"), host.lock():
        pass


@pytest.mark.parametrize("name", ["home", "journal"])
def test_a_repair_mends_what_it_works_in(
    win32: FakeServices, installed: WindowsHost, name: str
) -> None:
    path = getattr(installed.places, name)
    win32.set_sddl(path, f"{win32.sddl_of(str(path))}(A;;FR;;;BU)")
    context = Context(installed, Inputs(), allow_all)
    with installed.lock():
        (change,) = FileOwnership().plan(Target(SETTINGS, context))
        journal.begin(installed.places.journal, (change,))
        FileOwnership().apply(change, context)
    assert misplaced(installed) == []


@pytest.mark.parametrize("name", ["home", "journal"])
def test_where_others_may_write_a_repair_says_what_to_do(
    win32: FakeServices, installed: WindowsHost, name: str
) -> None:
    path = getattr(installed.places, name)
    win32.set_sddl(path, f"{win32.sddl_of(str(path))}(A;;FW;;;BU)")
    with pytest.raises(ServiceFailed, match="remove it") as refused, installed.lock():
        journal.begin(installed.places.journal)
    assert str(path) in refused.value.what


def test_a_protection_is_its_descriptor_alone() -> None:
    windows = Protection("", "", "O:BAD:P")
    assert str(windows) == "O:BAD:P"
    assert asdict(windows) == {"user": "", "group": "", "mode": "O:BAD:P"}
    assert str(Protection("root", "writeback", "640")) == "640 root:writeback"
