"""One wizard or command changes a machine at a time; the second is told who, and since.

The lock is the kernel's: it belongs to the open file, so that it ends with the process
that holds it, and one can ask for it without taking it.
"""

import contextlib
import getpass
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from agent.platform.detect import this_platform
from wire.text import Text
from wizard.errors import Busy


@contextlib.contextmanager
def held(path: Path, who: str = "") -> Iterator[None]:
    """Hold the lock in a file of a folder that is there; Busy where another does.

    `who` is the person, where the process runs for another.
    """
    here = this_platform()
    # whoever may open it may hold it
    opened = here.files.open_to_write(path, mode=0o600)
    with os.fdopen(opened, "r+", encoding="utf-8") as file:
        if not here.locks.lock_visibly(file.fileno()):
            raise _holder(path)
        file.truncate(0)
        person = f"{who or _person()} (process {os.getpid()})"
        file.write(json.dumps({"who": person, "since": datetime.now(UTC).isoformat()}))
        file.flush()
        yield


def is_held(path: Path) -> Busy | None:
    """Say who holds the lock in a file, and since when; None when nobody does."""
    try:
        locked = this_platform().locks.is_locked(path)
    except OSError:
        return None  # it is not there, or not to be seen
    return _holder(path) if locked else None


def _person() -> str:
    # with sudo, the person behind root
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _holder(path: Path) -> Busy:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Busy(content["who"], datetime.fromisoformat(content["since"]))
    except (OSError, ValueError, KeyError):
        return Busy(Text("Another program"), datetime.now(UTC))
