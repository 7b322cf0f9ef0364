"""Secrets on a Windows machine: sealed by DPAPI, in files that the service may read.

The service opens them itself, by the id of this installation, which is made with the
first of them and kept beside them.
"""

import contextlib
import errno
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from agent.config.secret_store import SecretsUnavailable, time_of
from agent.platform.interface import CredentialUnusable
from agent.platform.windows.credentials import (
    INSTALLATION_FILE,
    SealedCredentials,
    installation_in,
    made_with,
    place_of,
)
from agent.platform.windows.files import WindowsFiles
from agent.platform.windows.service_sid import service_sid
from agent.platform.windows.win32 import Win32
from wire.secret import Secret
from wire.text import Text
from wizard.host.interface import own_folders


class WindowsCredentials:
    """The agent's secrets below one folder, which is made for the first one.

    On a copy of a machine what the original sealed is as good as not there, where it
    can't be opened.
    """

    def __init__(
        self, win32: Win32, folder: Path, *, is_copy: Callable[[], bool] = lambda: False
    ) -> None:
        self._win32, self._files = win32, WindowsFiles(win32)
        self.folder, self._is_copy = folder, is_copy

    def get(self, name: str) -> Secret | None:
        try:
            content = self._sealed().read(name)
            return None if content is None else Secret(content.decode())
        except CredentialUnusable as error:
            if self._is_copy():
                return None
            raise SecretsUnavailable(error.what) from None
        except UnicodeDecodeError:
            path = str(self._place(name))
            # from None: the error quotes the content
            raise SecretsUnavailable(Text("{path} is damaged", path=path)) from None

    def put(self, name: str, value: Secret) -> None:
        with own_folders():
            self._files.make_folder(self.folder.parent, 0o750)
            self._files.make_folder(self.folder, 0o750)
        if not self._installation():
            self._begin()
        self._sealed().put(name, value.reveal().encode())

    def remove(self, name: str) -> None:
        self._place(name).unlink(missing_ok=True)
        if not self._any_sealed():
            (self.folder / INSTALLATION_FILE).unlink(missing_ok=True)
        for folder in (self.folder, self.folder.parent):
            with contextlib.suppress(OSError):  # not empty, or not there
                folder.rmdir()

    def holds(self, name: str) -> bool:
        return self._place(name).exists()

    def stored_at(self, name: str) -> datetime | None:
        return time_of(self._place(name))

    def copy(self, name: str, to: str) -> None:
        if self.holds(name):
            self._files.copy(self._place(name), self._place(to))

    def _begin(self) -> None:
        """Give this installation its id; SecretsUnavailable where one was lost.

        Whoever finds the lost one again opens what was sealed for it.
        """
        place = self.folder / INSTALLATION_FILE
        if self._any_sealed():
            raise _unreadable(place, os.strerror(errno.ENOENT))
        text = f"{secrets.token_hex(16)}{os.linesep}".encode("ascii")
        self._files.replace_with(place, text, made_with(service_sid()))

    def _any_sealed(self) -> bool:
        return any(self.folder.glob(self._place("*").name))

    def _place(self, name: str) -> Path:
        return place_of(self.folder, name)

    def _installation(self) -> str:
        """Give the id of this installation; SecretsUnavailable where it is not read."""
        path = self.folder / INSTALLATION_FILE
        try:
            return installation_in(self.folder)
        except ValueError:
            raise SecretsUnavailable(
                Text("{path} is damaged", path=str(path))
            ) from None
        except OSError as error:
            raise _unreadable(path, str(error.strerror or error)) from error

    def _sealed(self) -> SealedCredentials:
        return SealedCredentials(
            self._win32,
            self.folder,
            service=service_sid(),
            installation=self._installation(),
        )


def _unreadable(path: Path, why: str) -> SecretsUnavailable:
    what = Text("{path} can't be read: {why}", path=str(path), why=why)
    return SecretsUnavailable(what)
