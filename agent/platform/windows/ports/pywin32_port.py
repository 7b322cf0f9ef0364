"""The port of `win32` by pywin32, which the `pywin32_` modules alone import."""

import sys

assert sys.platform == "win32"

import ctypes
import errno
import msvcrt
import os
import winreg
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pywintypes
import win32api
import win32con
import win32crypt
import win32event
import win32evtlog
import win32file
import win32security

from agent.platform.windows.ports.pywin32_errors import as_os_error
from agent.platform.windows.sddl import numbered
from agent.platform.windows.win32 import Opening, Severity

if TYPE_CHECKING:
    from _win32typing import PyHANDLE, PyOVERLAPPED, PySECURITY_DESCRIPTOR

_SHARED = (
    win32con.FILE_SHARE_READ | win32con.FILE_SHARE_WRITE | win32con.FILE_SHARE_DELETE
)
_BOTH = win32con.GENERIC_READ | win32con.GENERIC_WRITE
_ACCESS = {Opening.READ: win32con.GENERIC_READ}
_DISPOSITIONS = {
    Opening.READ: win32con.OPEN_EXISTING,
    Opening.WRITE: win32con.OPEN_ALWAYS,
    Opening.APPEND: win32con.OPEN_ALWAYS,
    Opening.CREATE: win32con.CREATE_NEW,
}
# the link itself; and a pipe that somebody names may not act as this process
_OPEN_REPARSE_POINT, _SECURITY_SQOS_PRESENT = 0x00200000, 0x00100000
_FLAGS = _OPEN_REPARSE_POINT | _SECURITY_SQOS_PRESENT
_NO_PLAIN_FILE = (
    win32con.FILE_ATTRIBUTE_DIRECTORY | win32con.FILE_ATTRIBUTE_REPARSE_POINT
)
# a folder, too
_ITSELF = _OPEN_REPARSE_POINT | win32con.FILE_FLAG_BACKUP_SEMANTICS
_TO_PROTECT = win32con.READ_CONTROL | win32con.WRITE_DAC | win32con.WRITE_OWNER
_FILE_TYPE_DISK = 1
_WRITE_THROUGH = 0x8  # MOVEFILE_WRITE_THROUGH
_OWN_TOKEN = 0
_LOCKED = (33, 997)  # ERROR_LOCK_VIOLATION, ERROR_IO_PENDING
_HANDLE_EOF = 38
_SDDL_REVISION = 1
INFORMATION = (
    win32security.OWNER_SECURITY_INFORMATION | win32security.DACL_SECURITY_INFORMATION
)
_MACHINE_SCOPE, _NO_WINDOW = 0x4, 0x1  # CRYPTPROTECT_LOCAL_MACHINE, UI_FORBIDDEN
_EVENT_ACCESS = 0x00100000 | 0x0002  # SYNCHRONIZE, EVENT_MODIFY_STATE
_PROGRAM_DATA = UUID("62ab5d82-fdc1-4dc3-a9dd-070d1d495d97").bytes_le
_NO_HEAP = 1  # WER_FAULT_REPORTING_FLAG_NOHEAP


def _handle(number: int) -> int:
    """Give Windows' handle of an open file."""
    return msvcrt.get_osfhandle(number)


def _place(at: int) -> "PyOVERLAPPED":
    place = pywintypes.OVERLAPPED()
    place.Offset, place.OffsetHigh = at & 0xFFFFFFFF, at >> 32
    return place


class PyWin32:
    """Windows itself."""

    def open_file(self, path: str, how: Opening, sddl: str | None = None) -> int:
        attributes = None
        if sddl is not None:
            attributes = win32security.SECURITY_ATTRIBUTES()
            attributes.SECURITY_DESCRIPTOR = _descriptor(sddl)
        with as_os_error(path):
            opened = win32file.CreateFile(
                path,
                _ACCESS.get(how, _BOTH),
                _SHARED,
                attributes,
                _DISPOSITIONS[how],
                _FLAGS,
                None,
            )
        append = os.O_APPEND if how is Opening.APPEND else 0
        return msvcrt.open_osfhandle(
            int(opened.Detach()), append | os.O_BINARY | os.O_NOINHERIT
        )

    def is_plain_file(self, handle: int) -> bool:
        with as_os_error():
            if win32file.GetFileType(_handle(handle)) != _FILE_TYPE_DISK:
                return False
        return not os.fstat(handle).st_file_attributes & _NO_PLAIN_FILE

    def move_file(self, path: str, to: str) -> None:
        how = win32con.MOVEFILE_REPLACE_EXISTING | _WRITE_THROUGH
        with as_os_error(to):
            win32file.MoveFileExW(path, to, how)

    def lock_byte(self, handle: int, at: int, *, wait: bool) -> bool:
        how = win32con.LOCKFILE_EXCLUSIVE_LOCK
        if not wait:
            how |= win32con.LOCKFILE_FAIL_IMMEDIATELY
        try:
            win32file.LockFileEx(_handle(handle), how, 1, 0, _place(at))
        except pywintypes.error as error:
            if error.winerror in _LOCKED:
                return False
            raise OSError(0, error.strerror, None, error.winerror) from None
        return True

    def unlock_byte(self, handle: int, at: int) -> None:
        with as_os_error():
            win32file.UnlockFileEx(_handle(handle), 1, 0, _place(at))

    def read_at(self, handle: int, size: int, at: int) -> bytes:
        opened, place = _handle(handle), _place(at)
        try:
            _, data = win32file.ReadFile(opened, size, place)
            read = win32file.GetOverlappedResult(opened, place, True)
        except pywintypes.error as error:
            if error.winerror == _HANDLE_EOF:
                return b""
            raise OSError(0, error.strerror, None, error.winerror) from None
        return bytes(data[:read])

    def write_at(self, handle: int, data: bytes, at: int) -> None:
        with as_os_error():
            win32file.WriteFile(_handle(handle), data, _place(at))

    def make_folder(self, path: str, sddl: str) -> None:
        attributes = win32security.SECURITY_ATTRIBUTES()
        attributes.SECURITY_DESCRIPTOR = _descriptor(sddl)
        with as_os_error(path):
            win32file.CreateDirectory(path, attributes)

    def is_plain_folder(self, path: str) -> bool:
        found = os.lstat(path).st_file_attributes & _NO_PLAIN_FILE
        return found == win32con.FILE_ATTRIBUTE_DIRECTORY

    def sddl_of(self, path: str) -> str:
        with as_os_error(path):
            found = win32security.GetNamedSecurityInfo(
                path, win32security.SE_FILE_OBJECT, INFORMATION
            )
            return in_sddl(found)

    def protect(self, path: str, sddl: str, within: str | None = None) -> None:
        wanted = _descriptor(sddl)
        inherited = win32security.UNPROTECTED_DACL_SECURITY_INFORMATION
        if "D:P" in sddl:
            inherited = win32security.PROTECTED_DACL_SECURITY_INFORMATION
        with as_os_error(path):
            opened = _opened_itself(path, _TO_PROTECT)
            found = win32file.GetFileInformationByHandle(int(opened))
            elsewhere = found[0] & win32con.FILE_ATTRIBUTE_REPARSE_POINT
            if elsewhere or (within and _leads_out(opened, found[7], path, within)):
                raise OSError(errno.EINVAL, "it leads elsewhere", path)
            # its types don't know that None leaves what is there
            set_security: Any = win32security.SetSecurityInfo
            set_security(
                opened,
                win32security.SE_FILE_OBJECT,
                INFORMATION | inherited,
                wanted.GetSecurityDescriptorOwner(),
                None,
                wanted.GetSecurityDescriptorDacl(),
                None,
            )

    def sddl_of_open(self, handle: int) -> str:
        with as_os_error():
            found = win32security.GetSecurityInfo(
                _handle(handle), win32security.SE_FILE_OBJECT, INFORMATION
            )
            return in_sddl(found)

    def registry_text(self, key: str, name: str) -> str | None:
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, access) as opened:
                value, kind = winreg.QueryValueEx(opened, name)
        except FileNotFoundError:
            return None
        return str(value) if kind == winreg.REG_SZ else None

    def program_data(self) -> str:
        found = ctypes.c_wchar_p()
        failed = ctypes.WinDLL("shell32").SHGetKnownFolderPath(
            _PROGRAM_DATA, 0, None, ctypes.byref(found)
        )
        try:
            if failed or not found.value:
                raise OSError(0, "Windows names no folder for programs' data")
            return found.value
        finally:
            ctypes.WinDLL("ole32").CoTaskMemFree(found)

    def own_sid(self) -> str:
        with as_os_error():
            token = win32security.OpenProcessToken(
                win32api.GetCurrentProcess(), win32con.TOKEN_QUERY
            )
            sid, _ = win32security.GetTokenInformation(token, win32security.TokenUser)
            return str(win32security.ConvertSidToStringSid(sid))

    def in_token(self, sid: str) -> bool:
        with as_os_error():
            found = win32security.ConvertStringSidToSid(sid)
            return bool(win32security.CheckTokenMembership(_OWN_TOKEN, found))

    def is_elevated(self) -> bool:
        with as_os_error():
            administrators = win32security.CreateWellKnownSid(
                win32security.WinBuiltinAdministratorsSid, None
            )
            # of a limited token, that group is for denying alone
            return bool(win32security.CheckTokenMembership(_OWN_TOKEN, administrators))

    def leave_heap_out_of_reports(self) -> None:
        set_flags = getattr(ctypes.WinDLL("kernel32"), "WerSetFlags", None)
        if set_flags is None:
            raise OSError(0, "there is no WerSetFlags")
        ctypes.HRESULT(set_flags(_NO_HEAP))

    def seal(self, content: bytes, entropy: bytes) -> bytes:
        with as_os_error():
            return win32crypt.CryptProtectData(
                content, None, entropy, None, None, _MACHINE_SCOPE | _NO_WINDOW
            )

    def unseal(self, sealed: bytes, entropy: bytes) -> bytes:
        with as_os_error():
            _, content = win32crypt.CryptUnprotectData(
                sealed, entropy, None, None, _NO_WINDOW
            )
        return content

    def open_event(self, name: str) -> int:
        with as_os_error(name):
            return _number(win32event.OpenEvent(_EVENT_ACCESS, False, name))

    def set_event(self, event: int) -> None:
        with as_os_error():
            win32event.SetEvent(event)

    def wait_event(self, event: int, seconds: float) -> bool:
        with as_os_error():
            told = win32event.WaitForSingleObject(event, int(1000 * seconds))
        return told == win32event.WAIT_OBJECT_0

    def close_event(self, event: int) -> None:
        with as_os_error():
            win32api.CloseHandle(event)

    def report_event(
        self, source: str, severity: Severity, event: int, texts: Sequence[str]
    ) -> None:
        with as_os_error():
            log = win32evtlog.RegisterEventSource(None, source)
            try:
                win32evtlog.ReportEvent(
                    log, severity.value, 0, event, None, list(texts), None
                )
            finally:
                win32evtlog.DeregisterEventSource(log)

    def set_app_user_model_id(self, name: str) -> None:
        call = ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID
        call.argtypes, call.restype = [ctypes.c_wchar_p], ctypes.HRESULT
        call(name)

    def system_colour(self, index: int) -> int:
        return int(win32api.GetSysColor(index))

    def message_box(self, title: str, text: str) -> None:
        kind = win32con.MB_OK | win32con.MB_ICONERROR | win32con.MB_SETFOREGROUND
        win32api.MessageBox(0, text, title, kind)


def _opened_itself(path: str, access: int) -> "PyHANDLE":
    """Open a file, folder or reparse point itself."""
    return win32file.CreateFile(
        path, access, _SHARED, None, win32con.OPEN_EXISTING, _ITSELF, None
    )


def _leads_out(opened: "PyHANDLE", names: int, path: str, within: str) -> bool:
    """Say whether what was opened has more names, or lies elsewhere than it is called.

    The folder itself may be called by another name than Windows has for it.
    """
    named = _opened_itself(within, 0)
    folder = win32file.GetFinalPathNameByHandle(int(named), 0)
    place = win32file.GetFinalPathNameByHandle(int(opened), 0)
    below = path.removeprefix(within)
    return names > 1 or place.casefold() != f"{folder}{below}".casefold()


def _number(handle: "int | PyHANDLE") -> int:
    """Keep a handle open as its number."""
    return handle if isinstance(handle, int) else int(handle.Detach())


def _descriptor(sddl: str) -> "PySECURITY_DESCRIPTOR":
    with as_os_error():
        return win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
            sddl, _SDDL_REVISION
        )


def in_sddl(found: "PySECURITY_DESCRIPTOR") -> str:
    text = win32security.ConvertSecurityDescriptorToStringSecurityDescriptor(
        found, _SDDL_REVISION, INFORMATION
    )
    return numbered(str(text), _resolved)


def _resolved(alias: str) -> str:
    with as_os_error():
        # it takes the names of SDDL, too
        sid = win32security.ConvertStringSidToSid(alias)
        return str(win32security.ConvertSidToStringSid(sid))
