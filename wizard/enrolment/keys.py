"""The agent's keys as stored; the fingerprint."""

from agent.config.secret_store import AGENT_KEYS
from wire.keys import BadKeys, PrivateKeys
from wizard.plan.change import Context, StepFailed


def private_keys(name: str, context: Context) -> PrivateKeys:
    """Read a stored pair of keys.

    Raises:
        StepFailed: it isn't there, or can't be read.

    """
    stored = context.host.secrets.get(name)
    if stored is None:
        raise StepFailed(f"The secret {name} is missing.", "Apply the settings again.")
    try:
        return PrivateKeys.of(stored)
    except BadKeys as error:
        remedy = "Remove it and apply the settings again."
        raise StepFailed(f"The secret {name} can't be read.", remedy) from error


def fingerprint(context: Context) -> str:
    """Give the agent's fingerprint, as people compare it."""
    return private_keys(AGENT_KEYS, context).public.fingerprint
