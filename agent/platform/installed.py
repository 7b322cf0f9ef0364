"""What is set up on this machine, as it is read back from the system that has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from agent.platform.interface import Credentials
from wire.text import EMPTY, Text


class Places(Protocol):
    """Where the files of an installation are (`agent.system.paths`)."""

    @property
    def home(self) -> Path: ...
    @property
    def settings(self) -> Path: ...
    @property
    def enrolment(self) -> Path: ...
    @property
    def secrets(self) -> Path: ...
    @property
    def state(self) -> Path: ...
    @property
    def log(self) -> Path: ...
    @property
    def journal(self) -> Path: ...


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is as it should be, and what to do."""

    id: str
    title: Text
    state: Literal["ok", "failed", "warning"]
    detail: Text = EMPTY
    remedy: Text = EMPTY


class Installed(Protocol):
    """The installation of this machine, for whoever looks at it."""

    def credentials(self, folder: Path) -> Credentials | None:
        """Give what is kept for the service, for who may open it; None: nobody may."""
        ...

    def findings(self, places: Places) -> Iterator[Finding]:
        """Look at everything with what this process may open."""
        ...
