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

_LISTEN_KEY_BYTES = 32
COPIED = (
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


def load(places: Paths, kept: Secrets | None = None) -> AgentConfig:
    """Read what the agent needs.

    Args:
        places: where it is.
        kept: where the secrets are; by default files below `places`.

    Raises:
        SettingsError: with every problem, those of enrolment and secrets too.

    """
    problems: list[Problem] = []
    found = _settings(places.settings, problems)
    enrolled = _enrolment(places.enrolment, problems)
    kept = kept or secret_store.in_folder(places.secrets)
    keys = _keys(kept, problems)
    listen_key = _secret(kept, secret_store.LISTEN_KEY, problems)
    password = _secret(kept, secret_store.DIRECTORY_PASSWORD, problems)
    test_key = _stored(kept, secret_store.TEST_KEY, problems)  # it serves without, too
    proxy_password = _proxy_password(kept, found, problems)
    if listen_key is not None and not _is_key(listen_key):
        rule = "is not base64 of 32 bytes; enrol this agent again"
        problems.append(Problem(secret_store.LISTEN_KEY, rule))
    if None in (found, enrolled, keys, listen_key, password) or problems:
        raise SettingsError(str(places.home), tuple(problems))
    assert found is not None
    assert enrolled is not None
    assert keys is not None
    assert listen_key is not None
    assert password is not None
    own = (keys, listen_key, password, test_key, proxy_password)
    return AgentConfig(places, found, enrolled, *own)


def _settings(path: Path, problems: list[Problem]) -> Settings | None:
    try:
        return settings_file.load(path)
    except SettingsError as error:
        problems += [
            Problem(f"{path}: {each.path}", each.message) for each in error.problems
        ]
        return None


def _enrolment(path: Path, problems: list[Problem]) -> Enrolment | None:
    try:
        found = enrolment.load(path)
    except EnrolmentError as error:
        problems.append(Problem(str(path), error.rule))
        return None
    if is_copy(found.machine, machine_name()):
        problems.append(Problem(str(path), COPIED))
    return found


def _keys(kept: Secrets, problems: list[Problem]) -> PrivateKeys | None:
    stored = _secret(kept, secret_store.AGENT_KEYS, problems)
    try:
        return None if stored is None else PrivateKeys.of(stored)
    except BadKeys as error:
        problems.append(Problem(secret_store.AGENT_KEYS, str(error)))
        return None


def _proxy_password(
    kept: Secrets, found: Settings | None, problems: list[Problem]
) -> Secret | None:
    """Give what the relay's proxy takes, where its address names a user."""
    if found is None or found.relay.proxy_user is None:
        return None
    how = "give it to writeback apply (proxy_password)"
    return _secret(kept, secret_store.PROXY_PASSWORD, problems, how)


def _secret(
    kept: Secrets,
    name: str,
    problems: list[Problem],
    how: str = "run the wizard's repair",
) -> Secret | None:
    known = len(problems)
    value = _stored(kept, name, problems)
    if value is None and len(problems) == known:
        problems.append(Problem(name, f"is not kept here; {how}"))
    return value


def _stored(kept: Secrets, name: str, problems: list[Problem]) -> Secret | None:
    try:
        return kept.get(name)
    except (SecretsUnavailable, OSError) as error:
        problems.append(Problem(name, str(error)))
        return None


def _is_key(value: Secret) -> bool:
    try:
        raw = base64.b64decode(value.reveal(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == _LISTEN_KEY_BYTES
