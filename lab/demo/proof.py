"""What proves that it works: a reset as a portal sends it, and the new password."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ldap3.core.exceptions import LDAPException

from docs.portal_client import Client, Portal
from lab.chroot.errors import LabError
from lab.controller import Lab, Person
from lab.slow_controller import ask_until_there
from wizard.results import PortalDetails

_LOCKING = 6  # the domain locks after 5


@dataclass(frozen=True)
class Answered:
    """A reset's answer and how long the portal waited for it, in milliseconds."""

    code: str
    detail: str
    ms: float


class PortalSide:
    """A portal that was given what the wizard's last page shows."""

    def __init__(self, portal: Path, details: PortalDetails) -> None:
        self._client = Client(Portal.load(portal))
        self._agent = self._client.agent(details.agent, details.fingerprint)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def reset(self, person: Person, password: str) -> Answered:
        """Send a reset and open its answer; again where the controller was slow."""
        return ask_until_there(
            lambda: self._reset(person, password), lambda answer: answer.code
        )

    def _reset(self, person: Person, password: str) -> Answered:
        user = {"by": "userPrincipalName", "value": person["upn"]}
        began = time.perf_counter()
        answer = self._client.request(
            self._agent, "reset", user=user, new_password=password
        )
        taken = (time.perf_counter() - began) * 1000
        return Answered(answer["code"], str(answer.get("detail", "")), taken)


def signs_in(lab: Lab, person: Person, password: str) -> bool:
    """Say whether the domain lets a person in with a password."""
    try:
        lab.sign_in(person["upn"], password)
    except LDAPException:
        return False
    return True


def lock(lab: Lab, person: Person, password: str) -> None:
    """Lock a person out of the domain by wrong passwords; LabError: they are not."""
    for _ in range(_LOCKING):
        signs_in(lab, person, "wrong")
    if signs_in(lab, person, password):
        raise LabError(f"{person['upn']} is not locked by wrong passwords.", "")
