"""A Linux machine: its id (machine-id(5)), and root."""

import os
from collections.abc import Mapping
from pathlib import Path

from wire.text import Text

MACHINE_ID = Path("/etc/machine-id")


class LinuxMachine:
    """The machine that this process runs on."""

    def __init__(self, path: Path = MACHINE_ID) -> None:
        self._path = path

    def id(self) -> str:
        try:
            id_ = self._path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return id_ if len(id_) == 32 else ""

    @property
    def is_administrator(self) -> bool:
        return os.geteuid() == 0

    def administrator_needed(self, command: str) -> tuple[Text, Text]:
        words = f"sudo writeback {command}"
        remedy = Text("Run it as: {command} ...", command=words)
        return Text("Only root may look at this."), remedy

    def data_folder(self) -> Path | None:
        return None  # as FHS has it

    def state_folder(self, environment: Mapping[str, str]) -> Path:
        home = environment.get("XDG_STATE_HOME", "")
        # a relative one is to be ignored (XDG Base Directory Specification)
        return Path(home) if home.startswith("/") else Path.home() / ".local/state"
