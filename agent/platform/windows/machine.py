"""A Windows machine: its MachineGuid, and administrators."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from agent.platform.windows.win32 import MachineCalls
from wire.text import Text

KEY, NAME = r"SOFTWARE\Microsoft\Cryptography", "MachineGuid"
_DIGITS = re.compile(r"[0-9a-f]{32}")


class WindowsMachine:
    """The machine that this process runs on."""

    def __init__(
        self, win32: MachineCalls, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._win32, self._environment = win32, environment

    def id(self) -> str:
        try:
            text = self._win32.registry_text(KEY, NAME) or ""
        except OSError:
            return ""
        digits = text.strip().strip("{}").replace("-", "").lower()
        return digits if _DIGITS.fullmatch(digits) else ""

    @property
    def is_administrator(self) -> bool:
        return self._win32.is_elevated()

    def administrator_needed(self, command: str) -> tuple[Text, Text]:
        remedy = Text(
            "Open a prompt with Run as administrator, and there: {command} ...",
            command=f"writeback {command}",
        )
        return Text("Only an administrator may look at this."), remedy

    def data_folder(self) -> Path | None:
        return Path(self._environment.get("ProgramData") or r"C:\ProgramData")

    def state_folder(self, environment: Mapping[str, str]) -> Path:
        folder = environment.get("LOCALAPPDATA", "")
        return Path(folder) if folder else Path.home() / "AppData" / "Local"
