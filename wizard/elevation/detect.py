"""Which way this operating system has to what needs an administrator."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wire.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.elevation.answer import Client


def service_client() -> Client:
    """Give what reaches the set-up service; nothing is asked or started yet."""
    if sys.platform == "win32":
        from wizard.elevation.windows.client import HelperClient
        from wizard.elevation.windows.pywin32_pipes import PyWin32Pipes

        return HelperClient(PyWin32Pipes())
    else:  # noqa: RET505 - what is of POSIX is not read for Windows
        from wizard.elevation.dbus.client import ServiceClient

        return ServiceClient()


def serve(arguments: Sequence[str]) -> int:
    """Be the set-up service until nothing is asked any more; gives the exit code."""
    if sys.platform == "win32":
        from wizard.elevation.windows.pywin32_pipes import PyWin32Pipes
        from wizard.elevation.windows.variables import forget_variables

        port = PyWin32Pipes()
        # what is imported from here on looks at them
        forget_variables(port.windows_folder())
        from wizard.elevation.windows import setupd

        return setupd.main(port, arguments)
    else:  # noqa: RET505 - what is of POSIX is not read for Windows
        from wizard.elevation.dbus import setupd

        return setupd.main()


def by_hand() -> Text:
    """Say how the same is done without the service."""
    if sys.platform == "win32":
        return Text(
            "Use writeback at a prompt that was opened with Run as administrator, "
            "which does the same."
        )
    return Text("Use sudo writeback on a terminal, which does the same.")


def to_look() -> Text:
    """Say how an administrator sees what became of the machine."""
    if sys.platform == "win32":
        from agent.platform.detect import this_platform

        return this_platform().machine.administrator_needed("status")[1]
    return Text("Look at the machine with sudo writeback status.")
