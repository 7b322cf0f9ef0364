"""The portal's secrets: each a file of one folder, never in settings or environment.

The folder is what systemd gives with LoadCredential= (systemd.exec(5),
`$CREDENTIALS_DIRECTORY`), or a mount of a container's secrets. Beside a folder of the
machine lies another, `NAME.sealed`, with secrets that systemd-creds(1) sealed to this
machine: its unit has systemd unseal them, and so does root here.
"""

import os
import subprocess
from pathlib import Path

from portal.errors import PortalUnusable
from wire.secret import Secret

WIRE_KEYS = "wire_keys"
ROW_KEYS = "row_keys"
PEPPER = "pepper"
PROVIDER_SECRET = "provider_secret"  # noqa: S105 - the name of a file
MAIL_PASSWORD = "mail_password"  # noqa: S105 - the name of a file
DATABASE_PASSWORD = "database_password"  # noqa: S105 - the name of a file
SMS_SECRET = "sms_secret"  # noqa: S105 - the name of a file
_FOLDER = "CREDENTIALS_DIRECTORY"
# systemd names what it loads out of a folder by the id in the unit, and the file
_CLEAR, _SEALED = "portal", "sealed"
_MOST_BYTES = 64 * 1024
_REMEDY = "run `writeback-portal setup`, or name the folder with --secrets"


def send_key(relay: str) -> str:
    """Name the secret with the Send key for a relay of the settings."""
    return f"send_key_{relay}"


def credential(name: str) -> str:
    """Name a secret as it is sealed for the service."""
    return f"{_SEALED}_{name}"


class SecretFiles:
    """Reads secrets out of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sealed = folder.with_name(f"{folder.name}.sealed")

    @classmethod
    def of_service(cls) -> "SecretFiles | None":
        """Take the folder that systemd names; None where it names none."""
        folder = os.environ.get(_FOLDER)
        return cls(Path(folder)) if folder else None

    def path(self, name: str) -> Path:
        """Give the file that a secret is read from, whether it is there or not."""
        given = (self.folder / each for each in (name, f"{_CLEAR}_{name}"))
        more = (self.folder / credential(name), self.sealed / name)
        paths = [*given, *more]
        return next((path for path in paths if path.exists()), paths[0])

    def names(self) -> tuple[str, ...]:
        """List the secrets that there are in the folder, sealed ones too."""
        folders = [each for each in (self.folder, self.sealed) if each.is_dir()]
        files = {path for folder in folders for path in folder.iterdir()}
        return tuple(sorted({path.name for path in files if path.is_file()}))

    def find(self, name: str) -> Secret | None:
        """Read one; None where it is not there."""
        return self.read(name) if self.path(name).exists() else None

    def read(self, name: str) -> Secret:
        """Read one; PortalUnusable where it is missing, empty or too long."""
        path = self.path(name)
        try:
            content = _content(path, name, sealed=path.parent == self.sealed)
            text = content.decode("utf-8").strip()
        except OSError as error:
            what = f"the secret {path} can't be read: {error.strerror}"
            raise PortalUnusable(what, _REMEDY) from None
        except ValueError:
            raise PortalUnusable(f"the secret {path} is no text", _REMEDY) from None
        if not text or len(content) > _MOST_BYTES:
            what = f"the secret {path} is empty, or has over {_MOST_BYTES} bytes"
            raise PortalUnusable(what, _REMEDY)
        return Secret(text)


def seal(text: Secret, name: str, to: Path) -> None:
    """Seal a secret to this machine, by its key and its TPM where it has one."""
    words = [f"--name={credential(name)}", "-", str(to)]
    _systemd_creds("encrypt", *words, given=text.reveal().encode())
    to.chmod(0o600)


def _content(path: Path, name: str, *, sealed: bool) -> bytes:
    if sealed:
        return _systemd_creds("decrypt", f"--name={credential(name)}", str(path), "-")
    with path.open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def _systemd_creds(*words: str, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            ["systemd-creds", *words], input=given, capture_output=True, check=False
        )
    except OSError:
        what = "there is no systemd-creds here"
        raise PortalUnusable(what, "it is systemd's, from version 250 on") from None
    if done.returncode:
        what = f"systemd-creds could not {words[0]} a secret"
        raise PortalUnusable(what, "run this as root, on the machine that sealed it")
    return done.stdout
