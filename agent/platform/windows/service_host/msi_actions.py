"""What the MSI runs, as SYSTEM: `python -I -m ...msi_actions change|back|remove`.

Exit codes: 0 done, or nothing to do; 1 everything is as before, and why is in the event
log: Windows Installer takes back what it did.
"""

import argparse
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.platform.interface import Entry, Level, SystemJournal
from agent.platform.windows.event_journal import EventJournal
from agent.platform.windows.files import OURS
from agent.platform.windows.service_host.__main__ import STATE
from agent.platform.windows.service_host.version_change import VersionChange


def main(argv: Sequence[str] | None = None) -> int:
    """Do one action on this machine, and give its exit code."""
    parser = argparse.ArgumentParser(description="What the MSI does to the service.")
    parser.add_argument("action", choices=("change", "back", "remove"))
    parser.add_argument("--from", dest="folders", action="append", default=[])
    given = parser.parse_args(argv)
    if sys.platform == "win32":
        from agent.platform.windows.ports.pywin32_services import PyWin32Services

        win32 = PyWin32Services()
        folders = [each for each in given.folders if each.strip(".")]
        with contextlib.closing(EventJournal(win32)) as journal:
            home = Path(win32.program_data()) / OURS
            change = VersionChange(
                *(win32, sys.executable, folders, journal),
                home=home,
                state=home / STATE,
            )
            return act(change, given.action, journal)
    return 1


def act(change: VersionChange, action: str, journal: SystemJournal) -> int:
    """Do one action; what is refused is told, and is no success."""
    try:
        {
            "change": change.change,
            "back": change.change_back,
            "remove": change.remove,
        }[action]()
    except (OSError, ValueError) as error:
        journal.send(Entry(f"{action}: {error}", Level.ERROR, 0, {}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
