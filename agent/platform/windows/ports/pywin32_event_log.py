"""The event log, read, of `win32`, by pywin32 (EvtQuery, EvtNext, EvtRender)."""

import sys

assert sys.platform == "win32"

import winreg
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import pywintypes
import win32evtlog

from agent.platform.windows.ports.pywin32_errors import as_os_error

if TYPE_CHECKING:
    from _win32typing import PyEVT_HANDLE

_LOG = "Application"
_SOURCES = rf"SYSTEM\CurrentControlSet\Services\EventLog\{_LOG}"
_QUERY = win32evtlog.EvtQueryChannelPath | win32evtlog.EvtQueryReverseDirection
_AT_ONCE, _WAIT_MS = 64, 5_000
_NO_MORE = 259  # ERROR_NO_MORE_ITEMS


class PyWin32EventLog:
    """The log of this machine."""

    def event_source(self, source: str) -> Mapping[str, str | int] | None:
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        key = rf"{_SOURCES}\{source}"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, access) as opened:
                count = winreg.QueryInfoKey(opened)[1]
                values = [winreg.EnumValue(opened, each) for each in range(count)]
        except FileNotFoundError:
            return None
        return {
            name: value for name, value, _kind in values if isinstance(value, str | int)
        }

    def newest_events(self, query: str, most: int) -> Sequence[str]:
        with as_os_error(_LOG):
            found = win32evtlog.EvtQuery(_LOG, _QUERY, query)
            return tuple(islice(_rendered(found), most))


def _rendered(found: "PyEVT_HANDLE") -> Iterator[str]:
    while events := _next(found):
        for event in events:
            yield str(win32evtlog.EvtRender(event, win32evtlog.EvtRenderEventXml))


def _next(found: "PyEVT_HANDLE") -> "Sequence[PyEVT_HANDLE]":
    try:
        return win32evtlog.EvtNext(found, _AT_ONCE, _WAIT_MS, 0)
    except pywintypes.error as error:
        if error.winerror != _NO_MORE:
            raise
        return ()
