"""The portal's secrets: each a file of one folder, never in settings or environment.

The folder is what systemd gives with LoadCredential= (systemd.exec(5),
`$CREDENTIALS_DIRECTORY`), or a mount of a container's secrets.
"""

import os
from pathlib import Path

from portal.errors import PortalUnusable
from wire.secret import Secret

WIRE_KEYS = "wire_keys"
ROW_KEYS = "row_keys"
PEPPER = "pepper"
MAIL_PASSWORD = "mail_password"  # noqa: S105 - the name of a file
_FOLDER = "CREDENTIALS_DIRECTORY"
_MOST_BYTES = 64 * 1024
_REMEDY = "run `writeback-portal setup`, or name the folder with --secrets"


def send_key(relay: str) -> str:
    """Name the secret with the Send key for a relay of the settings."""
    return f"send_key_{relay}"


class SecretFiles:
    """Reads secrets out of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of_service(cls) -> "SecretFiles | None":
        """Take the folder that systemd names; None where it names none."""
        folder = os.environ.get(_FOLDER)
        return cls(Path(folder)) if folder else None

    def read(self, name: str) -> Secret:
        """Read one; PortalUnusable where it is missing, empty or too long."""
        path = self.folder / name
        try:
            with path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
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
