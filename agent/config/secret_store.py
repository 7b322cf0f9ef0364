"""Secrets: kept by and for the account that reads them. The only importer of keyring.

A secret is stored under a fixed name. Settings, journals and logs hold the name,
never the value. There is no silent fall-back: where no backend can hold a secret,
`SecretsUnavailable` says what to do.
"""

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from agent.platform.detect import this_platform
from agent.system.atomic_files import copy_atomically, write_atomically
from wire.failure import Failure
from wire.secret import Secret
from wire.text import Text

SERVICE = "writeback-agent"

DIRECTORY_PASSWORD = "directory-password"  # noqa: S105 - the name, not the secret
AGENT_KEYS = "agent-keys"
LISTEN_KEY = "relay-listen-key"
TEST_KEY = "relay-test-key"
SELF_TEST_KEYS = "self-test-keys"
PROXY_PASSWORD = "relay-proxy-password"  # noqa: S105 - the name, not the secret
NAMES = (
    *(DIRECTORY_PASSWORD, AGENT_KEYS, LISTEN_KEY, TEST_KEY, SELF_TEST_KEYS),
    PROXY_PASSWORD,
)


class SecretsUnavailable(Failure):
    """No place to keep a secret, or one that others could read."""

    def __init__(self, what: Text) -> None:
        remedy = Text("fix that, or give this agent new keys: writeback rekey")
        super().__init__(what, remedy)


class Secrets(Protocol):
    """Where this machine keeps the agent's secrets."""

    def get(self, name: str) -> Secret | None:
        """Give a secret, or None when there is none of that name."""
        ...

    def put(self, name: str, value: Secret) -> None:
        """Keep a secret, over an older one of that name."""
        ...

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none."""
        ...


class Store(Secrets, Protocol):
    """Where they are kept and replaced, also those that are of no use."""

    def holds(self, name: str) -> bool:
        """Say whether there is one, of use or not."""
        ...

    def stored_at(self, name: str) -> datetime | None:
        """Say when it was stored; None when there is none."""
        ...

    def copy(self, name: str, to: str) -> None:
        """Have another name hold the same as it is: damaged, or readable by others.

        What is sealed opens under its own name alone. Nothing happens without one.
        """
        ...


class RootOnlyFiles(KeyringBackend):
    """A keyring of files only their owner can read, for machines without a better one.

    The folder is 0700 and each file 0600; anything wider is refused, not mended,
    as it may have been read already.
    """

    priority = 0.1

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no types
        self.folder = folder or Path("/var/lib/writeback/secrets")

    def get_password(self, service: str, username: str) -> str | None:
        path = self._path(service, username)
        try:
            refuse_readable(self.folder)
            refuse_readable(path)
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            # from None: the error quotes the content
            raise SecretsUnavailable(
                Text("{path} is damaged", path=str(path))
            ) from None

    def set_password(self, service: str, username: str, password: str) -> None:
        this_platform().files.make_folder(self.folder, 0o700)
        refuse_readable(self.folder)
        path = self._path(service, username)
        # the file is 0600 before a byte is in it
        write_atomically(path, password, mode=0o600)

    def delete_password(self, service: str, username: str) -> None:
        try:
            self._path(service, username).unlink()
        except FileNotFoundError as error:
            raise PasswordDeleteError(username) from error
        with contextlib.suppress(OSError):  # not empty: others' secrets are in it
            self.folder.rmdir()

    def holds(self, service: str, username: str) -> bool:
        """Say whether there is a file of that name, of use or not."""
        return self._path(service, username).exists()

    def stored_at(self, service: str, username: str) -> datetime | None:
        """Say when a file was stored; None when there is none."""
        return time_of(self._path(service, username))

    def copy(self, service: str, username: str, to: str) -> None:
        """Copy a file as it is, with its mode; nothing happens without one."""
        with contextlib.suppress(FileNotFoundError):
            copy_atomically(self._path(service, username), self._path(service, to))

    def _path(self, service: str, username: str) -> Path:
        return self.folder / f"{service}.{username}"


def refuse_readable(path: Path) -> None:
    """Raise `SecretsUnavailable` where others may open a file or folder of secrets.

    One that is not there is a FileNotFoundError.
    """
    readers = this_platform().files.readers(path)
    if readers:
        raise SecretsUnavailable(readers)


def time_of(path: Path) -> datetime | None:
    """Say when a file was last replaced; None when there is none."""
    with contextlib.suppress(OSError):
        return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return None


class Keyring:
    """Secrets in one pinned keyring backend; never the one keyring would choose."""

    def __init__(self, backend: RootOnlyFiles) -> None:
        self._backend = backend

    def get(self, name: str) -> Secret | None:
        value = self._backend.get_password(SERVICE, name)
        return None if value is None else Secret(value)

    def put(self, name: str, value: Secret) -> None:
        self._backend.set_password(SERVICE, name, value.reveal())

    def remove(self, name: str) -> None:
        with contextlib.suppress(PasswordDeleteError):
            self._backend.delete_password(SERVICE, name)

    def holds(self, name: str) -> bool:
        return self._backend.holds(SERVICE, name)

    def stored_at(self, name: str) -> datetime | None:
        return self._backend.stored_at(SERVICE, name)

    def copy(self, name: str, to: str) -> None:
        self._backend.copy(SERVICE, name, to)


def in_folder(folder: Path) -> Store:
    """Keep secrets as files that only the running account can read."""
    return Keyring(RootOnlyFiles(folder))
