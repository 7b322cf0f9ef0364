"""Secrets on a server: sealed by systemd-creds for this machine, opened by systemd.

Each is a file of root's. From systemd 250 on it is sealed with the machine's own key
(systemd-creds(1)); older ones have a file that only root can read, and systemd hands
its content to the service in the same way. The key is the machine's, not a TPM's: a
firmware update must not lock the agent out.
"""

import contextlib
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from agent.config.secret_store import (
    NAMES,
    SecretsUnavailable,
    refuse_readable,
    time_of,
)
from agent.system.atomic_files import copy_atomically, write_atomically
from wire.secret import Secret
from wire.text import Text, verbatim

_TOOL = "systemd-creds"
_SEALED = ".cred"
# a frozen program's own libraries are not for the system's programs
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


class SystemCredentials:
    """The agent's secrets below one folder of root's: 0700, made for the first one.

    systemd-creds seals them where it is there, or as `seals` says. On a copy of a
    machine what the original sealed can't be opened, and is as good as not there.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seals: bool | None = None,
        is_copy: Callable[[], bool] = lambda: False,
    ) -> None:
        self.folder = folder
        self._is_copy = is_copy
        self._seals = shutil.which(_TOOL) is not None if seals is None else seals

    def get(self, name: str) -> Secret | None:
        sealed = _read(self.place(name)) if self._seals else None
        if sealed is None:
            # also of a systemd that could not seal yet when it was kept
            return _decoded(self._plain(name), _read(self._plain(name)))
        try:
            return Secret(_run("decrypt", name, sealed).decode())
        except SecretsUnavailable:
            if self._is_copy():
                return None
            raise

    def put(self, name: str, value: Secret) -> None:
        if not self.folder.parent.exists():
            self.folder.parent.mkdir(parents=True)
            self.folder.parent.chmod(0o755)  # the settings are in it too
        self.folder.mkdir(exist_ok=True, mode=0o700)
        refuse_readable(self.folder)
        text = value.reveal()
        if self._seals:
            text = _run("encrypt", name, text.encode(), "--with-key=host").decode()
        # a plain file of before stays: until the drop-in is another, systemd needs it
        write_atomically(self.place(name), text, mode=0o600)

    def unsealed(self) -> tuple[str, ...]:
        """Name what is in plain files, of use, and could be sealed."""
        if not self._seals:
            return ()
        return tuple(name for name in NAMES if self._is_in_plain(name))

    def in_plain(self) -> tuple[str, ...]:
        """Name what is in plain files, of use or not, where others are sealed."""
        if not self._seals:
            return ()
        return tuple(name for name in NAMES if self._plain(name).exists())

    def keep_plain(self, name: str, *, kept: bool) -> None:
        """Have a sealed secret in a plain file too, or no longer."""
        plain = self._plain(name)
        if not self.place(name).exists():
            return
        if not kept:
            plain.unlink(missing_ok=True)
        elif not plain.exists():
            self._write_plain(name)

    def seal(self, name: str) -> None:
        """Seal what is in a plain file, which stays; nothing when there is none."""
        plain = _decoded(self._plain(name), _read(self._plain(name)))
        if plain is not None:
            self.put(name, plain)

    def unseal(self, name: str) -> None:
        """Put it back into a plain file alone, as an older systemd needs it."""
        if self._write_plain(name):
            self.place(name).unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        for path in (self.place(name), self._plain(name)):
            path.unlink(missing_ok=True)
        for folder in (self.folder, self.folder.parent):
            with contextlib.suppress(OSError):  # not empty, or not there
                folder.rmdir()

    def holds(self, name: str) -> bool:
        return any(path.exists() for path in (self.place(name), self._plain(name)))

    def stored_at(self, name: str) -> datetime | None:
        return time_of(self.place(name)) or time_of(self._plain(name))

    def copy(self, name: str, to: str) -> None:
        if not self.holds(name):
            return
        for place in (self._plain, self.place):
            if place(name).exists():
                copy_atomically(place(name), place(to))
            else:
                place(to).unlink(missing_ok=True)

    def place(self, name: str) -> Path:
        """Give the file of a secret."""
        return self.folder / f"{name}{_SEALED}" if self._seals else self._plain(name)

    def option(self, name: str) -> str:
        """Spell how a unit is given the secret (systemd.exec(5)).

        The path is absolute: without one, a unit starts though the secret is missing.
        """
        kind = "LoadCredentialEncrypted" if self._seals else "LoadCredential"
        return f"{kind}={name}:{self.place(name)}"

    def _write_plain(self, name: str) -> bool:
        kept = self.get(name)
        if kept is not None:
            write_atomically(self._plain(name), kept.reveal(), mode=0o600)
        return kept is not None

    def _plain(self, name: str) -> Path:
        return self.folder / name

    def _is_in_plain(self, name: str) -> bool:
        try:
            return _decoded(self._plain(name), _read(self._plain(name))) is not None
        except SecretsUnavailable:
            return False


def _read(path: Path) -> bytes | None:
    try:
        refuse_readable(path)
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _decoded(path: Path, content: bytes | None) -> Secret | None:
    try:
        return None if content is None else Secret(content.decode())
    except UnicodeDecodeError:
        # from None: the error quotes the content
        raise SecretsUnavailable(Text("{path} is damaged", path=str(path))) from None


def _run(verb: str, name: str, content: bytes, *more: str) -> bytes:
    """Seal or open; the secret goes by pipes alone."""
    done = subprocess.run(
        [_TOOL, verb, f"--name={name}", *more, "-", "-"],
        input=content,
        capture_output=True,
        env=_ENVIRONMENT,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = verbatim(lines[-1]) if lines else Text("no reason")
        what = Text(
            "systemd-creds can't {verb} {name}: {reason}; "
            "sealed secrets open only on the machine that sealed them",
            verb=verb,
            name=name,
            reason=reason,
        )
        raise SecretsUnavailable(what)
    return done.stdout
