"""The service's secrets: sealed by DPAPI for this machine, in files for the service.

Anybody on the machine may ask DPAPI to open what is sealed in the machine's scope, so
the descriptor of the files is what keeps them, and it is looked at before one is
opened: SYSTEM and Administrators, and the service that reads. One that lets nobody else
in is of use, however it came about; the wizard makes it as it was. The entropy is made
of the name and the installation, so that no secret passes for another, nor for one of
another installation on this machine.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from agent.platform.interface import CredentialUnusable
from agent.platform.windows import descriptors, sddl
from agent.platform.windows.files import WindowsFiles
from agent.platform.windows.win32 import Win32
from wire.text import Text

FOLDER_VARIABLE = "WRITEBACK_CREDENTIALS"
INSTALLATION_VARIABLE = "WRITEBACK_INSTALLATION"
# beside the secrets, made with the first of them
INSTALLATION_FILE = "installation"
_ID = re.compile(r"[0-9a-f]{32}")
_SEALED = ".dpapi"
_PURPOSE = b"writeback-agent credential\0"
# bytes; what is cut off there does not open
MOST = 65_536


class SealedCredentials:
    """The secrets below one folder, for the service of a SID.

    `installation` is the id that the wizard gave this installation when it was made.
    """

    def __init__(
        self, win32: Win32, folder: Path, *, service: str, installation: str
    ) -> None:
        self._win32 = win32
        self._files = WindowsFiles(win32)
        self._folder = folder
        self._installation, self._service = installation, service

    def read(self, name: str) -> bytes | None:
        path = self.place(name)
        try:
            handle = self._files.open_to_read(path, follow=False)
        except FileNotFoundError:
            return None
        except PermissionError as error:
            why = str(error.strerror or error).rstrip(".")
            raise CredentialUnusable(
                Text("{path} can't be read: {why}", path=str(path), why=why)
            ) from None
        with os.fdopen(handle, "rb") as file:
            self._compare(path, self._win32.sddl_of_open(handle))
            sealed = file.read(MOST)
        try:
            return self._win32.unseal(sealed, self._entropy(name))
        except OSError:
            raise CredentialUnusable(
                Text(
                    "{name} can't be opened: it was sealed on another machine or for "
                    "another installation, or it is damaged",
                    name=name,
                )
            ) from None

    def put(self, name: str, value: bytes) -> None:
        """Seal a secret over an older one, in a file that the service alone reads."""
        sealed = self._win32.seal(value, self._entropy(name))
        descriptor = made_with(self._service)
        self._files.replace_with(self.place(name), sealed, descriptor)

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none."""
        self.place(name).unlink(missing_ok=True)

    def place(self, name: str) -> Path:
        """Give the file of a secret."""
        return place_of(self._folder, name)

    def _compare(self, path: Path, found: str) -> None:
        """Refuse a file that others could have opened; it is not mended."""
        if not known_to_others(found, self._service):
            return
        raise CredentialUnusable(
            Text(
                "{path} has other permissions than it was made with ({found}); treat "
                "what is in it as known to others, and replace it",
                path=str(path),
                found=found,
            )
        )

    def _entropy(self, name: str) -> bytes:
        parts = (name.encode(), self._installation.encode())
        return hashlib.sha256(_PURPOSE + b"\0".join(parts)).digest()


def made_with(service: str) -> str:
    """Give the descriptor that the file of a secret is made with, for a service."""
    # whoever owns a file may give it another descriptor
    return "O:BA" + descriptors.file_read_by(service)


def known_to_others(found: str, service: str) -> bool:
    """Say whether others than the service could have opened what has this descriptor.

    One that is not understood is open to all.
    """
    try:
        owner = sddl.read(found).owner
        others = descriptors.strangers(found, service)
    except ValueError:
        return True
    return bool(others) or owner not in (sddl.ADMINISTRATORS, sddl.SYSTEM)


def place_of(folder: Path, name: str) -> Path:
    """Give the file of a secret of a folder."""
    return folder / f"{name}{_SEALED}"


def installation_in(folder: Path) -> str:
    """Give the id that the secrets of a folder are sealed for; empty: there is none.

    OSError, ValueError: there is one, and it can't be read. Nothing may be sealed for
    another then, as what is sealed for it would not open any more.
    """
    path = folder / INSTALLATION_FILE
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    if not _ID.fullmatch(text):
        raise ValueError(f"{path} is damaged")
    return text


def of_service(
    win32: Win32, service: str, environment: Mapping[str, str] = os.environ
) -> SealedCredentials | None:
    """Give the secrets of the service that this process is of; None where of none.

    Its host process names the folder and the installation.
    """
    folder = environment.get(FOLDER_VARIABLE)
    installation = environment.get(INSTALLATION_VARIABLE)
    if not folder or not installation:
        return None
    return SealedCredentials(
        win32, Path(folder), service=service, installation=installation
    )
