"""Which operating system this is: the one door to `agent.platform`."""

from __future__ import annotations

import sys
from functools import cache, partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.platform.installed import Installed
    from agent.platform.interface import Platform
    from agent.platform.surroundings import Surroundings


def this_platform() -> Platform:
    """Give the platform of this process; it is chosen once, and imported then."""
    return _chosen()


def this_installation() -> Installed:
    """Give what is set up on this machine."""
    if sys.platform == "win32":
        from agent.platform.windows.installation.checks import WindowsInstallation
        from agent.platform.windows.installation.logged_events import newest_messages
        from agent.platform.windows.ports.pywin32_services import PyWin32Services

        win32 = PyWin32Services()
        events = partial(newest_messages, win32)
        return WindowsInstallation(win32, sys.executable, events)
    else:  # noqa: RET505 - what is of POSIX is not read for Windows
        from agent.platform.systemd.installation import SystemdInstallation

        return SystemdInstallation()


@cache
def _chosen() -> Platform:
    chosen: Platform
    if sys.platform == "win32":
        from agent.platform.windows.platform import WindowsPlatform
        from agent.platform.windows.ports.pywin32_port import PyWin32

        chosen = WindowsPlatform(PyWin32())
    else:
        from agent.platform.systemd.platform import SystemdPlatform

        chosen = SystemdPlatform()
    return chosen


def these_surroundings() -> Surroundings:
    """Give what this machine knows of where it is, by the same choice."""
    return _known()


@cache
def _known() -> Surroundings:
    known: Surroundings
    if sys.platform == "win32":
        from agent.platform.windows.ports.pywin32_port import PyWin32
        from agent.platform.windows.surroundings.pywin32_network import PyWin32Network
        from agent.platform.windows.surroundings.windows_surroundings import (
            WindowsSurroundings,
        )

        known = WindowsSurroundings(PyWin32(), PyWin32Network())
    else:
        from agent.platform.systemd.surroundings import LinuxSurroundings

        known = LinuxSurroundings()
    return known
