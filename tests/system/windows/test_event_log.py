"""What goes to the event log, as Windows' calls get it; Wine keeps none to read."""

import re
from typing import Final

import pytest

from agent.platform.windows.event_journal import ALL_TYPES, MESSAGES
from lab.windows.session import Session

# stands on the root of test_wine
pytestmark = pytest.mark.slow

_TOLD: Final = r"""
from contextlib import closing
from agent.audit.event import EventId
from agent.platform.interface import Entry, Level
from agent.platform.windows.event_journal import EventJournal
from agent.platform.windows.ports.pywin32_port import PyWin32
from agent.service.journal import Journal

system = EventJournal(PyWin32())
with closing(Journal(system)) as journal:
    journal.request(
        {"code": "permission_denied", "op": "reset", "detail": "a right is lacking",
         "event": 33004, "event_name": "ADPermissionsError", "id": "17",
         "user": {"by": "mail", "value": "anna@corp.test"}}
    )
    journal.event(EventId.STARTED, "listens at fe80::1%12")
    fields = {f"F{number}": "k" * 40_000 for number in range(40)}
    system.send(Entry("trace\n  \u202eline\0", Level.ERROR, 0, fields))
print(journal.lost)
"""
_SHOWN: Final = r"""
import ctypes, sys
from pathlib import Path
kernel = ctypes.WinDLL("kernel32", use_last_error=True)
kernel.LoadLibraryExW.restype = ctypes.c_void_p
file = str(Path(sys.executable).parents[1] / "wbevents.dll")
as_data, from_library, of_array = 2, 0x800, 0x2000
library = ctypes.c_void_p(kernel.LoadLibraryExW(file, None, as_data))
text, strings = ctypes.create_unicode_buffer(4096), (ctypes.c_wchar_p * 1)("refused")
if not kernel.FormatMessageW(
    from_library | of_array, library, 33004, 0x409, text, 4096, strings
):
    raise ctypes.WinError(ctypes.get_last_error())
print(text.value)
"""
_READ_BACK: Final = r"""
import sys
from agent.platform.windows.ports.pywin32_services import PyWin32Services
from wizard.host.windows.event_journal import EventLog
print(f"said: {EventLog(PyWin32Services(), sys.executable).registration()}")
"""
_CALL = re.compile(r"ReportEventW \(\w+,0x(\w{4}),0x\w{4},0x(\w{8})")
_TEXT = re.compile(r'ReportEventW L"(.*)"')
_SOURCE = (
    r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\EventLog\Application"
    r"\Writeback"
)


def test_an_event_has_its_type_its_id_and_its_fields(
    wine: Session, python: str
) -> None:
    done = wine.run(
        *("wine", python, "-c", _TOLD), environment={"WINEDEBUG": "+eventlog"}
    )
    assert (done.code, done.output.split()) == (0, ["0"]), done.errors
    calls = [
        (int(kind, 16), int(event, 16)) for kind, event in _CALL.findall(done.errors)
    ]
    # a warning, information, an error (EVENTLOG_*_TYPE)
    assert calls == [(2, 33004), (4, 31015), (1, 40000)]
    texts = _TEXT.findall(done.errors)
    assert texts[0] == "permission_denied: reset for anna@corp.test; a right is lacking"
    assert {"WRITEBACK_USER=anna@corp.test", "WRITEBACK_ID=17"} <= set(texts)
    # as C spells it: the backslash is one
    assert r"WriteBackServiceStarted: listens at fe80::1\\x2512" in texts
    assert r"  \\u202eline\\x00" in texts


def test_event_viewer_finds_the_text_of_an_id(wine: Session, python: str) -> None:
    said = wine.checked("wine", python, "-c", _SHOWN)
    first, name = [line for line in said.splitlines() if line]
    assert first == "refused"
    assert name.startswith("ADPermissionsError: The service account lacks a right")


def test_the_source_is_read_back_as_the_msi_makes_it(
    wine: Session, python: str
) -> None:
    said = wine.checked("wine", python, "-c", _READ_BACK)
    assert "is not registered" in said
    file = rf"Z:\w\product\{MESSAGES}"
    wine.set_registry(_SOURCE, {"EventMessageFile": file, "TypesSupported": ALL_TYPES})
    said = wine.checked("wine", python, "-c", _READ_BACK)
    assert said.strip() == "said:"
