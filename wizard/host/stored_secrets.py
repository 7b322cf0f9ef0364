"""What the secret store of this machine holds: a secret, none, or one of no use."""

from agent.config.secret_store import (
    AGENT_KEYS,
    SELF_TEST_KEYS,
    SecretsUnavailable,
    Store,
)
from wire.keys import BadKeys, PrivateKeys
from wire.secret import Secret
from wire.text import EMPTY, Text, verbatim

PAIRS = (AGENT_KEYS, SELF_TEST_KEYS)


def usable(name: str, secrets: Store) -> Secret | None:
    """Give a secret; one that others could read, or that is damaged, is none."""
    return _read(name, secrets)[0]


def trouble(name: str, secrets: Store) -> Text:
    """Say why a secret that is there is of no use; empty when it is none, or good."""
    return _read(name, secrets)[1]


def _read(name: str, secrets: Store) -> tuple[Secret | None, Text]:
    try:
        secret = secrets.get(name)
        if secret is not None and name in PAIRS:
            PrivateKeys.of(secret)
    except SecretsUnavailable as error:
        return None, verbatim(str(error))
    except BadKeys:
        return None, Text("{name} is damaged", name=name)
    return secret, EMPTY


def previous(name: str) -> str:
    """Name what a secret was before, until a plan is done."""
    return f"{name}-previous"


def keep_previous(name: str, secrets: Store) -> None:
    """Keep what a secret was until the plan is done; the first one only.

    A secret that is damaged, or that others could read, is kept as its file is: the
    agent may run with it, and what replaces it may not be known to a relay yet.
    """
    if secrets.holds(previous(name)):
        return
    now = usable(name, secrets)
    if now is None:
        secrets.copy(name, previous(name))
    else:
        secrets.put(previous(name), now)


def take_back(name: str, secrets: Store, *, replaced: bool) -> None:
    """Take back that a secret was stored: put back what it replaced, or remove it."""
    if replaced:
        put_back(name, secrets)
    else:
        secrets.remove(name)


def put_back(name: str, secrets: Store) -> None:
    """Put back what was kept; where nothing was, it was not replaced yet."""
    kept = usable(previous(name), secrets)
    if kept is None:
        secrets.copy(previous(name), name)
    else:
        secrets.put(name, kept)
    secrets.remove(previous(name))
