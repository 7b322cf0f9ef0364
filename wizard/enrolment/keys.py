"""The agent's keys as stored; the fingerprint."""

from agent.config.secret_store import AGENT_KEYS
from wire.keys import BadKeys, PrivateKeys
from wire.secret import Secret
from wire.text import Text
from wizard.plan.change import Context, StepFailed


def stored_secret(name: str, context: Context) -> Secret:
    """Give a secret that an enrolment needs; `StepFailed` where it isn't there."""
    secret = context.host.secrets.get(name)
    if secret is None:
        what = Text("The secret {name} is missing.", name=name)
        raise StepFailed(what, Text("Apply the settings again."))
    return secret


def private_keys(name: str, context: Context) -> PrivateKeys:
    """Read a stored pair of keys; `StepFailed`: it isn't there, or can't be read."""
    try:
        return PrivateKeys.of(stored_secret(name, context))
    except BadKeys as error:
        what = Text("The secret {name} can't be read.", name=name)
        remedy = Text("Remove it and apply the settings again.")
        raise StepFailed(what, remedy) from error


def fingerprint(context: Context) -> str:
    """Give the agent's fingerprint, as people compare it."""
    return private_keys(AGENT_KEYS, context).public.fingerprint
