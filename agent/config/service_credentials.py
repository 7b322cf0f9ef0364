"""The secrets that this machine keeps for the service: the agent reads them alone."""

from pathlib import Path

from agent.config.secret_store import SecretsUnavailable
from agent.platform.detect import this_installation, this_platform
from agent.platform.interface import Credentials, CredentialUnusable
from wire.secret import Secret
from wire.text import Text


class ServiceCredentials:
    """What the service was given; it can read, never write."""

    def __init__(self, given: Credentials) -> None:
        self._given = given

    def get(self, name: str) -> Secret | None:
        try:
            content = self._given.read(name)
            return None if content is None else Secret(content.decode())
        except CredentialUnusable as error:
            raise SecretsUnavailable(error.what) from None
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


def of_machine(folder: Path) -> ServiceCredentials | None:
    """Give what is kept for the service, for who may open it; None: nobody may."""
    kept = this_installation().credentials(folder)
    return ServiceCredentials(kept) if kept else None


def of_service() -> ServiceCredentials | None:
    """Give what the machine keeps for this process; None where it is no service."""
    given = this_platform().credentials()
    return ServiceCredentials(given) if given else None
