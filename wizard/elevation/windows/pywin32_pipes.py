"""Named pipes of `win32_pipes`, and who is at their ends, by pywin32."""

import sys

assert sys.platform == "win32"

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator
from ctypes import wintypes
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pywintypes
import win32api
import win32con
import win32event
import win32file
import win32pipe
import win32security
import win32ts

from agent.platform.windows.ports.pywin32_errors import as_os_error
from agent.platform.windows.ports.pywin32_port import PyWin32
from agent.platform.windows.ports.pywin32_processes import PyWin32Processes, number

if TYPE_CHECKING:
    from _win32typing import PyOVERLAPPED

# of no types
_session_of: Any = win32ts.ProcessIdToSessionId
_SDDL_REVISION = 1
_IN_TURNS = 64 * 1024  # of its buffers
_OVERLAPPED = 0x40000000  # FILE_FLAG_OVERLAPPED
# SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION
_KNOWN_AND_NO_MORE = 0x00100000 | 0x00010000
# FILE_GENERIC_READ and FILE_GENERIC_WRITE, without FILE_CREATE_PIPE_INSTANCE
_BOTH_WAYS = 0x12019B
_CONNECTED, _PENDING = 535, 997  # ERROR_PIPE_CONNECTED, ERROR_IO_PENDING
# ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_PIPE_NOT_CONNECTED, ERROR_OPERATION_ABORTED
_ENDED = (109, 232, 233, 995)
_WHO = 0x1000 | 0x00100000  # PROCESS_QUERY_LIMITED_INFORMATION, SYNCHRONIZE
_CANCELLED = 1223  # ERROR_CANCELLED
_ME = -1  # GetCurrentProcess
_LONGEST_PATH = 32768
# SEE_MASK_NOCLOSEPROCESS, _NOASYNC, _FLAG_NO_UI
_HOW = 0x40 | 0x100 | 0x400
_STA = 0x2 | 0x4  # COINIT_APARTMENTTHREADED, COINIT_DISABLE_OLE1DDE


class _ShellExecuteInfo(ctypes.Structure):
    """SHELLEXECUTEINFOW."""

    _fields_ = (
        ("cbSize", wintypes.DWORD),
        ("fMask", wintypes.ULONG),
        ("hwnd", wintypes.HWND),
        ("lpVerb", wintypes.LPCWSTR),
        ("lpFile", wintypes.LPCWSTR),
        ("lpParameters", wintypes.LPCWSTR),
        ("lpDirectory", wintypes.LPCWSTR),
        ("nShow", ctypes.c_int),
        ("hInstApp", wintypes.HINSTANCE),
        ("lpIDList", ctypes.c_void_p),
        ("lpClass", wintypes.LPCWSTR),
        ("hkeyClass", wintypes.HKEY),
        ("dwHotKey", wintypes.DWORD),
        ("hIcon", wintypes.HANDLE),
        ("hProcess", wintypes.HANDLE),
    )


@dataclass
class _End:
    """An end that is open: how many use it, and the event by which they let go."""

    closing: int
    users: int = 0
    closed: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)


class PyWin32Pipes(PyWin32, PyWin32Processes):
    """Windows' own."""

    def __init__(self) -> None:
        self._ends: dict[int, _End] = {}

    def create_pipe(self, name: str, sddl: str) -> int:
        attributes = win32security.SECURITY_ATTRIBUTES()
        with as_os_error(name):
            attributes.SECURITY_DESCRIPTOR = (
                win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
                    sddl, _SDDL_REVISION
                )
            )
            first = win32pipe.FILE_FLAG_FIRST_PIPE_INSTANCE
            made = win32pipe.CreateNamedPipe(
                name,
                win32pipe.PIPE_ACCESS_DUPLEX | first | _OVERLAPPED,
                win32pipe.PIPE_REJECT_REMOTE_CLIENTS,  # of bytes
                1,
                _IN_TURNS,
                _IN_TURNS,
                0,
                attributes,
            )
        return self._opened(number(made))

    def accept_pipe(self, pipe: int, process: int, seconds: float) -> bool:
        with self._using(pipe) as closing:
            place = _place()
            try:
                told = win32pipe.ConnectNamedPipe(pipe, place)
            except pywintypes.error as error:
                told = error.winerror
            if told == _CONNECTED:
                return True
            if told not in (0, _PENDING):
                raise OSError(0, "nobody can be let in", None, told)
            _wait(place, seconds, closing, process)
            return _result(pipe, place) is not None

    def connect_pipe(self, name: str) -> int:
        with as_os_error(name):
            opened: Any = win32file.CreateFile(
                name,
                _BOTH_WAYS,
                0,
                None,
                win32con.OPEN_EXISTING,
                _OVERLAPPED | _KNOWN_AND_NO_MORE,
                None,
            )
        return self._opened(number(opened))

    def pipe_client(self, pipe: int) -> int:
        with as_os_error():
            return int(win32pipe.GetNamedPipeClientProcessId(pipe))

    def pipe_server(self, pipe: int) -> int:
        with as_os_error():
            return int(win32pipe.GetNamedPipeServerProcessId(pipe))

    def read_pipe(self, pipe: int, size: int, seconds: float | None) -> bytes:
        with self._using(pipe) as closing:
            place, into = _place(), win32file.AllocateReadBuffer(size)
            try:
                win32file.ReadFile(pipe, into, place)
            except pywintypes.error as error:
                if error.winerror in _ENDED:
                    return b""
                raise OSError(0, error.strerror, None, error.winerror) from None
            in_time = _wait(place, seconds, closing)
            got = _result(pipe, place)
            if got is None and not in_time:
                raise TimeoutError
            return bytes(into[: got or 0])

    def write_pipe(self, pipe: int, data: bytes, seconds: float) -> None:
        with self._using(pipe) as closing:
            place = _place()
            try:
                win32file.WriteFile(pipe, data, place)
            except pywintypes.error as error:
                raise BrokenPipeError(0, error.strerror) from None
            in_time = _wait(place, seconds, closing)
            if _result(pipe, place) != len(data):
                raise BrokenPipeError if in_time else TimeoutError

    def close_pipe(self, pipe: int) -> None:
        end = self._ends.get(pipe)
        if end is None:
            return
        with end.changed:
            if end.closed:
                return
            end.closed = True
            win32event.SetEvent(end.closing)
            end.changed.wait_for(lambda: not end.users)
        win32api.CloseHandle(pipe)
        win32api.CloseHandle(end.closing)

    def run_as_administrator(
        self, program: str, arguments: str, folder: str
    ) -> int | None:
        shell32 = ctypes.WinDLL("shell32", use_last_error=True)
        asked = _ShellExecuteInfo(
            cbSize=ctypes.sizeof(_ShellExecuteInfo),
            fMask=_HOW,
            hwnd=_own_window(),
            lpVerb="runas",
            lpFile=program,
            lpParameters=arguments,
            lpDirectory=folder,
            nShow=win32con.SW_HIDE,
        )
        with _com():
            if not shell32.ShellExecuteExW(ctypes.byref(asked)):
                why = ctypes.get_last_error()
                if why == _CANCELLED:
                    return None
                raise ctypes.WinError(why)
        if not asked.hProcess:
            raise OSError(0, "Windows started it and does not say what")
        return int(asked.hProcess)

    def open_peer(self, pid: int) -> int:
        # of another account, where one was typed for the elevation
        with as_os_error(), _debugging():
            return number(win32api.OpenProcess(_WHO, False, pid))

    def image_of(self, process: int | None) -> str:
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        size = wintypes.DWORD(_LONGEST_PATH)
        into = ctypes.create_unicode_buffer(_LONGEST_PATH)
        handle = wintypes.HANDLE(_ME if process is None else process)
        if not kernel32.QueryFullProcessImageNameW(handle, 0, into, ctypes.byref(size)):
            raise ctypes.WinError(ctypes.get_last_error())
        return into.value

    def session_of(self, pid: int) -> int:
        with as_os_error():
            return int(_session_of(pid))

    def account_of(self, process: int) -> str:
        try:
            token = win32security.OpenProcessToken(process, win32con.TOKEN_QUERY)
            sid, _ = win32security.GetTokenInformation(token, win32security.TokenUser)
        except pywintypes.error:
            return _signed_in()
        try:
            name, domain, _ = win32security.LookupAccountSid(None, sid)
        except pywintypes.error:
            return str(win32security.ConvertSidToStringSid(sid))
        return f"{domain}\\{name}"

    def windows_folder(self) -> str:
        with as_os_error():
            return str(win32api.GetWindowsDirectory())

    def _opened(self, pipe: int) -> int:
        self._ends[pipe] = _End(number(win32event.CreateEvent(None, True, False, None)))
        return pipe

    @contextlib.contextmanager
    def _using(self, pipe: int) -> Iterator[int]:
        """Use an end, which is not closed before; give the event that asks for that."""
        end = self._ends[pipe]
        with end.changed:
            if end.closed:
                raise BrokenPipeError
            end.users += 1
        try:
            yield end.closing
        finally:
            with end.changed:
                end.users -= 1
                end.changed.notify_all()


def _place() -> "PyOVERLAPPED":
    place = pywintypes.OVERLAPPED()
    place.hEvent = win32event.CreateEvent(None, True, False, None)
    return place


def _wait(place: "PyOVERLAPPED", seconds: float | None, *others: int) -> bool:
    """Wait until it is done, or something else is; False where neither is in time."""
    limit = win32event.INFINITE if seconds is None else int(1000 * seconds)
    with as_os_error():
        told = win32event.WaitForMultipleObjects([place.hEvent, *others], False, limit)
    return bool(told != win32con.WAIT_TIMEOUT)


def _result(pipe: int, place: "PyOVERLAPPED") -> int | None:
    """Give how much was done, and have no more done; None where nothing was."""
    try:
        if win32event.WaitForSingleObject(place.hEvent, 0) != win32event.WAIT_OBJECT_0:
            win32file.CancelIo(pipe)  # of this thread
        return win32file.GetOverlappedResult(pipe, place, True)
    except pywintypes.error as error:
        if error.winerror in _ENDED:
            return None
        raise OSError(0, error.strerror, None, error.winerror) from None


@contextlib.contextmanager
def _debugging() -> Iterator[None]:
    """Look at others' processes meanwhile, as far as this one may."""
    token = win32security.OpenProcessToken(
        win32api.GetCurrentProcess(),
        win32con.TOKEN_QUERY | win32con.TOKEN_ADJUST_PRIVILEGES,
    )
    privilege = win32security.LookupPrivilegeValue("", "SeDebugPrivilege")
    enabled = ((privilege, win32con.SE_PRIVILEGE_ENABLED),)
    adjust: Any = win32security.AdjustTokenPrivileges
    before = adjust(token, False, enabled)
    try:
        yield
    finally:
        adjust(token, False, before)


def _signed_in() -> str:
    """Name who is signed in to this session: the other's token is not to be read."""
    ask: Any = win32ts.WTSQuerySessionInformation
    name, domain = (
        ask(win32ts.WTS_CURRENT_SERVER_HANDLE, win32ts.WTS_CURRENT_SESSION, what)
        for what in (win32ts.WTSUserName, win32ts.WTSDomainName)
    )
    return f"{domain}\\{name}"


@contextlib.contextmanager
def _com() -> Iterator[None]:
    ole32 = ctypes.WinDLL("ole32")
    begun = ole32.CoInitializeEx(None, _STA) >= 0
    try:
        yield
    finally:
        if begun:
            ole32.CoUninitialize()


def _own_window() -> int | None:
    """Give the window that a person is at, where it is of this process.

    The question of Windows comes up before it, and not as a button on the task bar.
    """
    user32 = ctypes.WinDLL("user32")
    user32.GetForegroundWindow.restype = wintypes.HWND
    window = user32.GetForegroundWindow()
    if not window:
        return None
    owner = wintypes.DWORD()
    user32.GetWindowThreadProcessId(wintypes.HWND(window), ctypes.byref(owner))
    mine = owner.value == os.getpid()
    return int(window) if mine else None
