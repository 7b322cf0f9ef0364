"""A Windows machine: its MachineGuid, and administrators."""

import re
from collections.abc import Mapping
from pathlib import Path

from agent.platform.windows.win32 import MachineCalls
from wire.text import Text

KEY, NAME = r"SOFTWARE\Microsoft\Cryptography", "MachineGuid"
_DIGITS = re.compile(r"[0-9a-f]{32}")


class WindowsMachine:
    """The machine that this process runs on."""

    def __init__(self, win32: MachineCalls) -> None:
        self._win32 = win32

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
        # never from the environment, which whoever starts a process chooses
        return Path(self._win32.program_data())

    def state_folder(self, environment: Mapping[str, str]) -> Path:
        folder = environment.get("LOCALAPPDATA", "")
        return Path(folder) if folder else Path.home() / "AppData" / "Local"
