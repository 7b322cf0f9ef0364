"""What the service control manager starts: `python -I -m agent.platform.windows...`.

It takes no arguments. The agent is its child, with the program that the service's
command line names when it is started.
"""

import contextlib
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from agent.platform.windows.credentials import (
    FOLDER_VARIABLE,
    INSTALLATION_VARIABLE,
    installation_in,
)
from agent.platform.windows.event_journal import EventJournal
from agent.platform.windows.files import OURS
from agent.platform.windows.image_path import program_of
from agent.platform.windows.service_host.children import Starting
from agent.platform.windows.service_host.driver import ServiceHost
from agent.platform.windows.service_host.left_child import LeftChildNote
from agent.platform.windows.service_sid import SERVICE
from agent.platform.windows.win32_services import HostWin32, Session

# as `agent.system.paths`, which stands above this, has them
SECRETS, LOG, STATE = Path("secrets"), Path("log", "agent.log"), Path("agent")
_STARTED_BY_HAND = 1063  # ERROR_FAILED_SERVICE_CONTROLLER_CONNECT


def main() -> int:
    """Be the process of the service; 1 where the manager did not start this."""
    if sys.platform == "win32":
        from agent.platform.windows.ports.pywin32_services import PyWin32Services

        win32 = PyWin32Services()
        try:
            win32.serve(SERVICE, partial(host, win32))
        except OSError as error:
            if error.winerror != _STARTED_BY_HAND:
                raise
            print("The service control manager starts this.", file=sys.stderr)
        else:
            return 0
    return 1


def host(win32: HostWin32, session: Session) -> None:
    """Host the agent of this machine, until the service has stopped."""
    with contextlib.suppress(OSError):  # of a Windows without error reports
        win32.leave_heap_out_of_reports()
    win32.end_children_with_me()
    home = Path(win32.program_data()) / OURS
    starting = Starting(
        program=lambda: program_of(win32.service_image(SERVICE)),
        given=partial(given, home),
        log=str(home / LOG),
    )
    with contextlib.closing(EventJournal(win32)) as journal:
        note = LeftChildNote(win32, home / STATE)
        ServiceHost(win32, session, starting, journal, note=note).run()


def given(home: Path) -> Mapping[str, str]:
    """Name the secrets of this machine's installation, as the agent looks for them.

    OSError, ValueError as `installation_in`.
    """
    folder = home / SECRETS
    return {
        FOLDER_VARIABLE: str(folder),
        INSTALLATION_VARIABLE: installation_in(folder),
    }


if __name__ == "__main__":
    sys.exit(main())
