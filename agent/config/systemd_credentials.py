"""Secrets that the service manager hands to this service alone (systemd.exec(5)).

They are sealed on the disk, or root's alone; systemd opens them at the start into a
folder in memory that only this service can read. The agent can read, never write.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from agent.config.secret_store import SecretsUnavailable
from wire.secret import Secret
from wire.text import Text

VARIABLE = "CREDENTIALS_DIRECTORY"


class ServiceCredentials:
    """The secrets in the folder that systemd made for this service."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> Secret | None:
        try:
            return Secret((self._folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            # from None: the error quotes the content
            raise SecretsUnavailable(Text("{name} is damaged", name=name)) from None

    def put(self, name: str, value: Secret) -> None:  # noqa: ARG002 - the Protocol's
        raise SecretsUnavailable(
            Text("{name} can't be kept by the agent itself", name=name)
        )

    def remove(self, name: str) -> None:
        raise SecretsUnavailable(
            Text("{name} can't be removed by the agent itself", name=name)
        )


def of_service(
    environment: Mapping[str, str] = os.environ,
) -> ServiceCredentials | None:
    """Give what the service manager handed to this process; None where it did not."""
    folder = environment.get(VARIABLE)
    return ServiceCredentials(Path(folder)) if folder else None
