"""What the secret store of this machine holds: a secret, none, or one of no use."""

from agent.keys import BadKeys, PrivateKeys
from agent.secret import Secret
from agent.secrets import AGENT_KEYS, SELF_TEST_KEYS, SecretsUnavailable
from wizard.plan import Context

PAIRS = (AGENT_KEYS, SELF_TEST_KEYS)


def usable(name: str, context: Context) -> Secret | None:
    """Give a secret; one that others could read, or that is damaged, is none."""
    try:
        found = context.host.secrets.get(name)
        if found is not None and name in PAIRS:
            PrivateKeys.of(found)
    except (SecretsUnavailable, BadKeys):
        return None
    return found


def trouble(name: str, context: Context) -> str:
    """Say why a secret that is there is of no use; empty when it is none, or good."""
    try:
        found = context.host.secrets.get(name)
        if found is not None and name in PAIRS:
            PrivateKeys.of(found)
    except SecretsUnavailable as error:
        return str(error)
    except BadKeys:
        return f"{name} is damaged"
    return ""
