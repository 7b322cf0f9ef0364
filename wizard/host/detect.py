"""Which machine this is, for whoever starts without a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wire.failure import Failure
from wire.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from wire.secret import Secret
    from wizard.host.interface import Host
    from wizard.host.windows.service_account import ServiceAccount

PROGRAM_UNIT = Path("/usr/lib/systemd/system/writeback-agent.service")


class NoHost(Failure):
    """The package is not installed, or there is no systemd to run it."""

    def __init__(self) -> None:
        remedy = Text(
            "Install the package writeback-agent, or give --home FOLDER to try it "
            "below one folder."
        )
        if sys.platform == "win32":
            remedy = Text(
                "Install the feature Agent of writeback.msi, or give --home FOLDER to "
                "try it below one folder."
            )
        super().__init__(Text("The agent's service is not on this machine."), remedy)


def this_machine(
    who: str = "",
    account: ServiceAccount | None = None,
    old_password: Callable[[], Secret | None] = lambda: None,
) -> Host:
    """Give this server, working for a person; NoHost where no package is installed.

    `account`: what the service runs as, where that is chosen; `old_password` is of the
    account that it has, or had, beside that.
    """
    refuse_uninstalled()
    if sys.platform == "win32":
        from wizard.host.windows.host import this_windows

        return this_windows(who, account, old_password)
    else:  # noqa: RET505 - what is of POSIX is not read for Windows
        from wizard.host.systemd.host import SystemdHost

        return SystemdHost(who)


def refuse_uninstalled() -> None:
    """Raise NoHost where no package is installed."""
    if not is_installed():
        raise NoHost


def is_installed(unit: Path = PROGRAM_UNIT) -> bool:
    """Say whether the package is here, with systemd to run its service.

    On Windows the wizard itself makes the service of what is installed.
    """
    if sys.platform == "win32":
        return True
    return unit.is_file() and Path("/run/systemd/system").is_dir()
