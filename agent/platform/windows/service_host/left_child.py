"""Who serves between two hosts: a note of the one that ended, for the one that begins.

Below the folder that the service alone writes. It is there until that child has ended,
so that a host which begins anew meanwhile finds it again; the child's events are named
by chance, and whoever can open them has found nobody else.
"""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.platform.windows.files import FilesWin32, WindowsFiles

NAME = "left-child.json"
_MOST = 1024


@dataclass(frozen=True)
class LeftChild:
    """A child that goes on without a host: its process, and what its events begin with.

    It ends by itself where no host takes it over for long, see `AskedEnd`.
    """

    pid: int
    events: str


class LeftChildNote:
    """The note, in a folder."""

    def __init__(self, win32: FilesWin32, folder: Path) -> None:
        self._files, self.path = WindowsFiles(win32), folder / NAME

    def write(self, left: LeftChild) -> None:
        """Write it down; OSError."""
        self._files.replace(self.path, json.dumps(asdict(left)).encode(), mode=0o600)

    def read(self) -> LeftChild | None:
        """Read it; None where there is none, or nothing that this can have written."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            handle = self._files.open_to_read(self.path, follow=False)
            with os.fdopen(handle, "rb") as file:
                found = LeftChild(**json.loads(file.read(_MOST)))
            if isinstance(found.pid, int) and isinstance(found.events, str):
                return found
        return None

    def names(self, pid: int) -> bool:
        """Say whether it is of this process."""
        left = self.read()
        return left is not None and left.pid == pid

    def remove(self) -> None:
        """Forget it; one that can't be removed names nobody who is there."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
