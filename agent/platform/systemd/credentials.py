"""Secrets that the service manager hands to this service alone (systemd.exec(5)).

They are sealed on the disk, or root's alone; systemd opens them at the start into a
folder in memory that only this service can read.
"""

import os
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "CREDENTIALS_DIRECTORY"


class HandedCredentials:
    """The secrets in the folder that systemd made for this service."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None


def of_service(
    environment: Mapping[str, str] = os.environ,
) -> HandedCredentials | None:
    """Give what the service manager handed to this process; None where it did not."""
    folder = environment.get(VARIABLE)
    return HandedCredentials(Path(folder)) if folder else None
