"""What the secret store of this machine holds: a secret, none, or one of no use."""

from agent.config.secret_store import (
    AGENT_KEYS,
    SELF_TEST_KEYS,
    SecretsUnavailable,
    Store,
)
from wire.keys import BadKeys, PrivateKeys
from wire.secret import Secret

PAIRS = (AGENT_KEYS, SELF_TEST_KEYS)


def usable(name: str, secrets: Store) -> Secret | None:
    """Give a secret; one that others could read, or that is damaged, is none."""
    try:
        found = secrets.get(name)
        if found is not None and name in PAIRS:
            PrivateKeys.of(found)
    except (SecretsUnavailable, BadKeys):
        return None
    return found


def trouble(name: str, secrets: Store) -> str:
    """Say why a secret that is there is of no use; empty when it is none, or good."""
    try:
        found = secrets.get(name)
        if found is not None and name in PAIRS:
            PrivateKeys.of(found)
    except SecretsUnavailable as error:
        return str(error)
    except BadKeys:
        return f"{name} is damaged"
    return ""


def previous(name: str) -> str:
    """Name what a secret was before, until a plan is done."""
    return f"{name}-previous"


def keep_previous(name: str, secrets: Store) -> None:
    """Keep a secret until all is done, for the way back; once, also when repeated.

    One of no use too, as it is: what replaces it may be known to nobody until then, and
    must not pass for good. One that others could read may even be in force.
    """
    if secrets.holds(previous(name)):
        return
    now = usable(name, secrets)
    if now is None:
        secrets.copy(name, previous(name))
    else:
        secrets.put(previous(name), now)


def put_back(name: str, secrets: Store) -> None:
    """Put back what was kept; nothing was, so it was not replaced yet."""
    kept = usable(previous(name), secrets)
    if kept is None:
        secrets.copy(previous(name), name)
    else:
        secrets.put(name, kept)
    secrets.remove(previous(name))
