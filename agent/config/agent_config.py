"""What the agent needs to start, read and checked; every problem is found at once."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from agent.config import enrolment, secret_store, settings_file
from agent.config.enrolment import Enrolment, EnrolmentError
from agent.config.errors import Problem, SettingsError
from agent.config.secret_store import Secrets, SecretsUnavailable
from agent.config.settings import Settings
from agent.system.instance import is_copy, machine_name
from agent.system.paths import Paths
from wire.keys import BadKeys, PrivateKeys
from wire.secret import Secret
from wire.system_reason import system_reason
from wire.text import Text

_LISTEN_KEY_BYTES = 32
_REPAIR = Text("run the wizard's repair")
COPIED = Text(
    "was made on another machine, so this one is a copy of it; give this agent a name "
    "and keys of its own: writeback rekey"
)


@dataclass(frozen=True)
class AgentConfig:
    """Everything the agent needs to start, read and checked."""

    places: Paths
    settings: Settings
    enrolment: Enrolment
    keys: PrivateKeys
    listen_key: Secret
    password: Secret
    test_key: Secret | None = None
    proxy_password: Secret | None = None


def load(places: Paths, secrets: Secrets | None = None) -> AgentConfig:
    """Read what the agent needs; its secrets by default from files below `places`.

    SettingsError has every problem, those of enrolment and secrets too.
    """
    reader = _Reader(secrets or secret_store.in_folder(places.secrets))
    settings = reader.settings(places.settings)
    enrolled = reader.enrolment(places.enrolment)
    keys = reader.keys()
    listen_key = reader.needed(secret_store.LISTEN_KEY)
    password = reader.needed(secret_store.DIRECTORY_PASSWORD)
    test_key = reader.kept(secret_store.TEST_KEY)  # it serves without, too
    proxy_password = reader.proxy_password(settings)
    if listen_key is not None and not _is_key(listen_key):
        rule = Text("is not base64 of 32 bytes; enrol this agent again")
        reader.problems.append(Problem(secret_store.LISTEN_KEY, rule))
    if (
        reader.problems
        or settings is None
        or enrolled is None
        or keys is None
        or listen_key is None
        or password is None
    ):
        raise SettingsError(str(places.home), tuple(reader.problems))
    own = (keys, listen_key, password, test_key, proxy_password)
    return AgentConfig(places, settings, enrolled, *own)


class _Reader:
    """Reads one thing after another; what is wrong is noted, and it goes on."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self.problems: list[Problem] = []

    def settings(self, path: Path) -> Settings | None:
        try:
            return settings_file.load(path)
        except SettingsError as error:
            self.problems += [
                Problem(f"{path}: {each.path}", each.message) for each in error.problems
            ]
            return None

    def enrolment(self, path: Path) -> Enrolment | None:
        try:
            enrolled = enrolment.load(path)
        except EnrolmentError as error:
            self.problems.append(Problem(str(path), error.rule))
            return None
        if is_copy(enrolled.machine, machine_name()):
            self.problems.append(Problem(str(path), COPIED))
        return enrolled

    def keys(self) -> PrivateKeys | None:
        stored = self.needed(secret_store.AGENT_KEYS)
        try:
            return None if stored is None else PrivateKeys.of(stored)
        except BadKeys as error:
            self.problems.append(Problem(secret_store.AGENT_KEYS, error.whole))
            return None

    def proxy_password(self, settings: Settings | None) -> Secret | None:
        """Give what the relay's proxy takes, where its address names a user."""
        if settings is None or settings.relay.proxy_user is None:
            return None
        remedy = Text("give it to writeback apply (proxy_password)")
        return self.needed(secret_store.PROXY_PASSWORD, remedy)

    def needed(self, name: str, remedy: Text = _REPAIR) -> Secret | None:
        known = len(self.problems)
        value = self.kept(name)
        if value is None and len(self.problems) == known:
            rule = Text("is not kept here; {remedy}", remedy=remedy)
            self.problems.append(Problem(name, rule))
        return value

    def kept(self, name: str) -> Secret | None:
        try:
            return self._secrets.get(name)
        except SecretsUnavailable as error:
            self.problems.append(Problem(name, error.whole))
        except OSError as error:
            self.problems.append(Problem(name, system_reason(error)))
        return None


def _is_key(value: Secret) -> bool:
    try:
        raw = base64.b64decode(value.reveal(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == _LISTEN_KEY_BYTES
