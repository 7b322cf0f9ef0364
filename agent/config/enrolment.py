"""What came of the enrolment: the relay, the portal and its keys. No secrets.

Kept as JSON beside the settings. The keys are public; whose they are was proven by
the fingerprint in the enrolment code.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agent.system.atomic_files import write_atomically
from agent.system.instance import is_copy
from wire import bounded_json
from wire.failure import Failure
from wire.keys import BadKeys, PublicKeys, fingerprint
from wire.messages import Portal
from wire.text import Text

Jwks = tuple[dict[str, Any], ...]


class EnrolmentError(Failure):
    """The enrolment can't be used: the file, and what is wrong with it."""

    def __init__(self, source: str, rule: Text) -> None:
        super().__init__(
            Text("{source} {rule}", source=source, rule=rule),
            Text("enrol this agent again with the wizard"),
        )
        self.source = source
        self.rule = rule


@dataclass(frozen=True)
class Enrolment:
    """The connection this agent was given, and whose requests it takes.

    `connection` is its name (the agent's id); the test key may send on it only. Issuers
    are the `iss` of the portal and of the agent's own tests, keys their public JWKs,
    signing first. `machine` is the one it was enrolled on, as `agent.system.instance`
    names it; empty where that was not noted. An administrator wishes that a sealing key
    made before `replace_sealing_before` (Unix seconds) is used no more.
    """

    relay_url: str
    connection: str
    listen_key_name: str
    test_key_name: str
    portal_issuer: str
    portal_keys: Jwks
    self_test_issuer: str
    self_test_keys: Jwks
    machine: str = ""
    replace_sealing_before: int = 0

    @property
    def portal_fingerprint(self) -> str:
        """The portal's fingerprint, as people compare it."""
        return fingerprint(self.portal_keys)

    def portals(self) -> dict[str, Portal]:
        """Give the portals by the kid of the key that signs their requests.

        BadKeys where a party's keys are not the two it should have.
        """
        parties = (self.portal, self.tester)
        return {party.keys.signing.thumbprint(): party for party in parties}

    @property
    def portal(self) -> Portal:
        """The portal, with the keys it had when this agent was enrolled."""
        return Portal(self.portal_issuer, PublicKeys.of(self.portal_keys))

    @property
    def tester(self) -> Portal:
        """The agent's own tests."""
        keys = PublicKeys.of(self.self_test_keys)
        return Portal(self.self_test_issuer, keys, is_self_test=True)


def load(path: Path) -> Enrolment:
    """Read an enrolment; EnrolmentError where it is missing, or none."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        rule = Text("can't be read: {error}", error=str(error.strerror))
        raise EnrolmentError(str(path), rule) from error
    except UnicodeDecodeError as error:
        raise EnrolmentError(str(path), Text("is no UTF-8 text")) from error


def is_copied(path: Path, machine: str) -> bool:
    """Say whether what is enrolled in a file was enrolled on another machine."""
    try:
        return is_copy(load(path).machine, machine)
    except EnrolmentError:
        return False


def parse(text: str, source: str) -> Enrolment:
    """Make an enrolment of JSON text; EnrolmentError where `dump` never wrote it."""
    try:
        data = bounded_json.loads(text)
    except ValueError as error:
        raise EnrolmentError(source, Text("is no JSON")) from error
    try:
        enrolment = Enrolment(
            relay_url=str(data["relay_url"]),
            connection=str(data["connection"]),
            listen_key_name=str(data["listen_key_name"]),
            test_key_name=str(data["test_key_name"]),
            portal_issuer=str(data["portal_issuer"]),
            portal_keys=tuple(data["portal_keys"]),
            self_test_issuer=str(data["self_test_issuer"]),
            self_test_keys=tuple(data["self_test_keys"]),
            machine=str(data.get("machine", "")),
            replace_sealing_before=int(data.get("replace_sealing_before", 0)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EnrolmentError(source, Text("lacks {name}", name=str(error))) from error
    try:
        enrolment.portals()
    except BadKeys as error:
        rule = Text("has keys that can't be used: {error}", error=error.whole)
        raise EnrolmentError(source, rule) from error
    return enrolment


def dump(enrolment: Enrolment) -> str:
    """Spell an enrolment as the JSON that `parse` reads back."""
    return json.dumps(asdict(enrolment), indent=2) + "\n"


def save(path: Path, enrolment: Enrolment) -> None:
    """Keep an enrolment."""
    write_atomically(path, dump(enrolment))
