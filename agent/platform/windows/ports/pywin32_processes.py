"""Processes and events of `win32_services`, by pywin32."""

import sys

assert sys.platform == "win32"

import contextlib
import msvcrt
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import win32api
import win32con
import win32event
import win32file
import win32job
import win32process
import win32security

from agent.platform.windows.ports.pywin32_errors import as_os_error

_TO_WAIT = 0x00100000  # SYNCHRONIZE
_TO_HOST = _TO_WAIT | 0x0001 | 0x1000  # PROCESS_TERMINATE, QUERY_LIMITED_INFORMATION
# FILE_GENERIC_WRITE without FILE_WRITE_DATA, and FILE_READ_ATTRIBUTES
_TO_APPEND = 0x120114 | 0x80
_SHARED = (
    win32con.FILE_SHARE_READ | win32con.FILE_SHARE_WRITE | win32con.FILE_SHARE_DELETE
)
_SDDL_REVISION = 1
_ALREADY_EXISTS = 183
_FORCED = 1
_MOST_HANDLES = 64  # MAXIMUM_WAIT_OBJECTS


class PyWin32Processes:
    """Windows' own."""

    # the job of this process, as its number
    _job = 0

    def end_children_with_me(self) -> None:
        with as_os_error():
            create: Any = win32job.CreateJobObject  # its types say that it gives none
            job = create(None, "")
            _limit(job, win32job.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE)
            me = win32api.GetCurrentProcess()
            win32job.AssignProcessToJobObject(job, me)
            # open until this process ends
            self._job = number(job)

    def leave_children(self) -> None:
        if self._job:
            with as_os_error():
                _limit(self._job, 0)

    def open_child(self, pid: int) -> int:
        with as_os_error():
            return number(win32api.OpenProcess(_TO_HOST, False, pid))

    def start_process(
        self, command: Sequence[str], environment: Mapping[str, str], log: str
    ) -> int:
        with _to_append(log) as words:
            # pywin32 can't name which handles a child inherits; this names these alone
            started = subprocess.Popen(
                list(command),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                creationflags=subprocess.CREATE_NO_WINDOW,
            )
        with as_os_error():
            # until `started` is gone its id is of no other
            return number(win32api.OpenProcess(_TO_HOST, False, started.pid))

    def open_process(self, pid: int) -> int:
        with as_os_error():
            return number(win32api.OpenProcess(_TO_WAIT, False, pid))

    def process_id(self, process: int) -> int:
        with as_os_error():
            return int(win32process.GetProcessId(process))

    def exit_code(self, process: int) -> int:
        with as_os_error():
            return win32process.GetExitCodeProcess(process) & 0xFFFFFFFF

    def end_process(self, process: int) -> None:
        with as_os_error():
            win32process.TerminateProcess(process, _FORCED)

    def create_event(self, name: str, sddl: str) -> int:
        attributes = win32security.SECURITY_ATTRIBUTES()
        with as_os_error(name):
            attributes.SECURITY_DESCRIPTOR = (
                win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
                    sddl, _SDDL_REVISION
                )
            )
            made = win32event.CreateEvent(attributes, True, False, name)
            if win32api.GetLastError() == _ALREADY_EXISTS:
                win32api.CloseHandle(made)
                raise FileExistsError(0, "somebody has this event", name)
            return number(made)

    def reset_event(self, event: int) -> None:
        with as_os_error():
            win32event.ResetEvent(event)

    def wait_first(self, handles: Sequence[int], seconds: float) -> int | None:
        most = [*handles][:_MOST_HANDLES]
        with as_os_error():
            told: int = win32event.WaitForMultipleObjects(
                most, False, int(1000 * seconds)
            )
        if told == win32con.WAIT_TIMEOUT:
            return None
        return most[told - win32con.WAIT_OBJECT_0]

    def close_handle(self, handle: int) -> None:
        with as_os_error():
            win32api.CloseHandle(handle)


@contextlib.contextmanager
def _to_append(path: str) -> Iterator[int]:
    """Open a file to write at its end, which may have another name meanwhile."""
    with as_os_error(path):
        opened: Any = win32file.CreateFile(
            path, _TO_APPEND, _SHARED, None, win32con.OPEN_ALWAYS, 0, None
        )
    words = msvcrt.open_osfhandle(int(opened.Detach()), os.O_APPEND | os.O_NOINHERIT)
    try:
        yield words
    finally:
        os.close(words)


def _limit(job: Any, flags: int) -> None:
    kind = win32job.JobObjectExtendedLimitInformation
    limits = win32job.QueryInformationJobObject(job, kind)
    limits["BasicLimitInformation"]["LimitFlags"] = flags
    win32job.SetInformationJobObject(job, kind, limits)


def number(handle: Any) -> int:
    """Keep a handle open as its number."""
    detach = getattr(handle, "Detach", None)
    return int(handle if detach is None else detach())
