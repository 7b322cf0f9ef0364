"""One process of an agent: its own name, and how often the agent was started before.

The count only grows. A machine that was restored from an older state counts from
there again: whoever remembers a higher one, as a portal does, knows it for a copy.
"""

import hmac
import logging
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from agent.platform.detect import this_platform
from agent.system.atomic_files import write_atomically

LOG = logging.getLogger("agent.system.instance")
_PURPOSE = b"writeback-agent"


@dataclass(frozen=True)
class Instance:
    """One process; its id is 64 random bits.

    `starts` is how often the agent was started, by the file `path` that remembers it.
    """

    id: str
    starts: int
    path: Path | None = None

    @classmethod
    def begin(cls, path: Path) -> Self:
        """Count this start in a file; one that can't be read counts from nothing.

        One that can't be written, as on a full disk, is told: the next start counts
        the same.
        """
        before = _read(path)
        try:
            write_atomically(path, f"{before + 1}\n")
        except OSError as error:
            LOG.error("this start can't be counted in %s: %s", path, error.strerror)
        return cls(secrets.token_hex(8), before + 1, path)

    @property
    def counted(self) -> int:
        """The count by now: who asks remembers the highest that any process told.

        So the one before a successor must not tell less: beside it while they hand
        over, nor after it, where that one never got ready and was ended.
        """
        return max(self.starts, _read(self.path) if self.path else 0)


def _read(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


NOBODY = Instance("", 0)


def machine_name() -> str:
    """Name this machine; empty where it has no id."""
    return name_of(this_platform().machine.id())


def name_of(id_: str) -> str:
    """Name the machine of an id, which nobody finds from the name; "" of none."""
    return hmac.new(id_.encode(), _PURPOSE, "sha256").hexdigest() if id_ else ""


def is_copy(enrolled: str, here: str) -> bool:
    """Say whether what was enrolled on one machine is now on another."""
    return bool(enrolled) and bool(here) and enrolled != here
