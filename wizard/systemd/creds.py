"""Secrets on a server: sealed by systemd-creds for this machine, opened by systemd.

Each is a file of root's. From systemd 250 on it is sealed with the machine's own key
(systemd-creds(1)); older ones have a file that only root can read, and systemd hands
its content to the service in the same way. The key is the machine's, not a TPM's: a
firmware update must not lock the agent out.
"""

import contextlib
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from agent.files import write_atomically
from agent.secret import Secret
from agent.secrets import SecretsUnavailable

_TOOL = "systemd-creds"
_SEALED = ".cred"
# a frozen program's own libraries are not for the system's programs
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


class SystemCredentials:
    """The agent's secrets below one folder of root's.

    Args:
        folder: 0700, made when the first one is kept.
        seals: whether systemd-creds seals them; by default, where it is there.
        is_copy: whether this machine is a copy: what the original sealed can't be
            opened then, and is as good as not there.

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
        path = self.place(name)
        try:
            self._refuse_readable(path)
            kept = path.read_bytes()
        except FileNotFoundError:
            return None
        if not self._seals:
            return Secret(kept.decode())
        try:
            return Secret(_run("decrypt", name, kept).decode())
        except SecretsUnavailable:
            if self._is_copy():
                return None
            raise

    def put(self, name: str, value: Secret) -> None:
        if not self.folder.parent.exists():
            self.folder.parent.mkdir(parents=True)
            self.folder.parent.chmod(0o755)  # the settings are in it too
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self._refuse_readable(self.folder)
        text = value.reveal()
        if self._seals:
            text = _run("encrypt", name, text.encode(), "--with-key=host").decode()
        write_atomically(self.place(name), text, mode=0o600)

    def remove(self, name: str) -> None:
        self.place(name).unlink(missing_ok=True)
        for folder in (self.folder, self.folder.parent):
            with contextlib.suppress(OSError):  # not empty, or not there
                folder.rmdir()

    def place(self, name: str) -> Path:
        """Give the file of a secret."""
        return self.folder / (f"{name}{_SEALED}" if self._seals else name)

    def option(self, name: str) -> str:
        """Spell how a unit is given the secret (systemd.exec(5)).

        The path is absolute: without one, a unit starts though the secret is missing.
        """
        kind = "LoadCredentialEncrypted" if self._seals else "LoadCredential"
        return f"{kind}={name}:{self.place(name)}"

    @staticmethod
    def _refuse_readable(path: Path) -> None:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise SecretsUnavailable(
                f"{path} can be read by others (mode {mode:o}); treat what is in it as "
                "known to them, replace it, and set the mode to 0600 (0700 the folder)"
            )


def _run(verb: str, name: str, given: bytes, *more: str) -> bytes:
    """Seal or open; the secret goes by pipes alone."""
    done = subprocess.run(
        [_TOOL, verb, f"--name={name}", *more, "-", "-"],
        input=given,
        capture_output=True,
        env=_ENVIRONMENT,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise SecretsUnavailable(
            f"systemd-creds can't {verb} {name}: {said[-1] if said else 'no reason'}; "
            "sealed secrets open only on the machine that sealed them"
        )
    return done.stdout


def is_root() -> bool:
    """Say whether this process may seal and open."""
    return os.geteuid() == 0
