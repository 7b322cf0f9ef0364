"""What is set up on this machine, as it is read back from the system that has it."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from agent.platform.interface import TORN, Credentials, Files
from wire.text import EMPTY, Text

_REPAIR = Text("Run writeback repair.")


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


def account(name: str, *, of_service: bool) -> Finding:
    """Say who looks: what an administrator may open says nothing of the service."""
    title = Text("Account of this process")
    if of_service:
        detail = Text("{account}, of the service", account=name)
        return Finding("account", title, "ok", detail)
    detail = Text("{account}, which is not of the service", account=name)
    return Finding("account", title, "warning", detail)


def finding(name: str, title: Text, why: Text, value: Text = EMPTY) -> Finding:
    """Say that one is as it should be, and its value; else `why` it is not."""
    if why:
        return Finding(name, title, "failed", why, _REPAIR)
    return Finding(name, title, "ok", value)


def protected(path: Path, why: Text, name: str = "permissions") -> Finding:
    """Say that a file or folder is as it was made; else `why` it is not."""
    return finding(name, Text("Protection of {path}", path=str(path)), why)


def other(now: str | None, wanted: str | None) -> Text:
    """Say that something is not as it should be; empty where it is."""
    if now == wanted:
        return EMPTY
    return Text(
        "It is {now}, and should be {wanted}.", now=now or "-", wanted=wanted or "-"
    )


def unread(path: Path, error: OSError) -> Text:
    """Say why one can't be looked at."""
    if isinstance(error, FileNotFoundError):
        return Text("{path} is missing.", path=str(path))
    why = str(error.strerror or error).rstrip(".")
    return Text("{path} can't be looked at: {why}.", path=str(path), why=why)


def refused(error: OSError) -> Text:
    """Say that Windows does not do something."""
    why = str(error.strerror or error).rstrip(".")
    return Text("Windows refused: {why}.", why=why)


def unopened(files: Files, path: Path, *, folder: bool, changed: bool) -> Text:
    """Say why this process can't do with it what the service does.

    `changed`: that makes and removes files in this folder.
    """
    try:
        if not folder:
            os.close(files.open_to_read(path, follow=False))
        elif changed:
            _try_to_write(files, path)
        else:
            os.scandir(path).close()
    except OSError as error:
        return unread(path, error)
    return EMPTY


def _try_to_write(files: Files, folder: Path) -> None:
    # named as what is swept where this process ends in between
    path = folder / f".check.{secrets.token_hex(4)}{TORN}"
    os.close(files.create(path, mode=0o600))
    path.unlink()
