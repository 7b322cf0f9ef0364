"""One process of an agent: its own name, and how often the agent was started before.

The count only grows. A machine that was restored from an older state counts from
there again: whoever remembers a higher one, as a portal does, knows it for a copy.
"""

import secrets
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Self

from agent.files import write_atomically

PROJECT = "ad-password-writeback"
# of the program that this process runs
VERSION = version(PROJECT)


@dataclass(frozen=True)
class Instance:
    """One process.

    Attributes:
        id: 64 random bits.
        starts: how often the agent was started on what this machine remembers.

    """

    id: str
    starts: int

    @classmethod
    def begin(cls, path: Path) -> Self:
        """Count this start in a file; one that can't be read counts from nothing."""
        try:
            before = int(path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            before = 0
        write_atomically(path, f"{before + 1}\n")
        return cls(secrets.token_hex(8), before + 1)


NOBODY = Instance("", 0)
