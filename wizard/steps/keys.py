"""The agent's own keys, made here and never leaving this machine's secret store."""

import base64
import secrets
from collections.abc import Sequence

from agent.config.secret_store import (
    AGENT_KEYS,
    DIRECTORY_PASSWORD,
    LISTEN_KEY,
    NAMES,
    TEST_KEY,
)
from wire.keys import PrivateKeys
from wire.secret import Secret
from wire.text import Text, listed
from wizard.enrolment.keys import fingerprint
from wizard.host import stored_secrets
from wizard.host.agent_state import remove_agent_state
from wizard.plan import history
from wizard.plan.change import Begun, Change, Context, Facts, StepFailed
from wizard.plan.step import Restart, Step, Target
from wizard.results import Check

_NAMES = (*stored_secrets.PAIRS, LISTEN_KEY, TEST_KEY)
_RELAY_KEY_BYTES = 32

# the directory learns it while the one before is still stored
NEXT_PASSWORD = f"{DIRECTORY_PASSWORD}-next"
PREVIOUS = tuple(stored_secrets.previous(name) for name in NAMES)
# all that the store may hold: the account's password too, and those kept for undo
KEPT = (*NAMES, *PREVIOUS, NEXT_PASSWORD)


class Keys(Step):
    """Signing and sealing keys, and the keys shared with the relay."""

    name = "keys"
    restart = Restart.RESTART

    def plan(self, target: Target) -> Sequence[Change]:
        context, secrets = target.context, target.context.host.secrets
        # another machine's, or to be replaced anyway
        all_new = context.inputs.new_keys or context.is_copy
        due = [
            name
            for name in _NAMES
            if all_new or stored_secrets.usable(name, secrets) is None
        ]
        there = [name for name in due if secrets.holds(name)]
        missing = [name for name in due if name not in there]
        changes = []
        if there:
            names = {"names": there}
            summary = Text(
                "Replaces keys that are of no use ({names})", names=", ".join(there)
            )
            if all_new:
                summary = Text(
                    "Replaces the agent's keys; the portal learns a new fingerprint"
                )
            changes.append(Change(self.name, summary, names, names))
        if missing:
            summary = Text(
                "Creates the agent's keys in the secret store of this machine"
            )
            changes.append(Change(self.name, summary, None, {"names": missing}))
        return tuple(changes)

    def reversal(self, change: Change) -> Text:
        if change.before is None:
            return Text("Destroys these keys.")
        return Text("Puts back the keys of before.")

    def apply(self, change: Change, context: Context) -> Facts:
        if change.after is None:
            for name in change.secret_names:
                context.host.secrets.remove(name)
            return {}
        for name in change.secret_names:
            if change.before is not None:
                stored_secrets.keep_previous(name, context.host.secrets)
            context.host.secrets.put(name, _new_secret(name, context))
        if stored_secrets.usable(AGENT_KEYS, context.host.secrets) is None:
            return {}  # another change makes them next
        return {"fingerprint": fingerprint(context)}

    def undo(self, begun: Begun, context: Context) -> None:
        names, replaced = begun.change.secret_names, begun.change.before is not None
        if history.enrolment_stands(context):
            what = Text(
                "The relay still knows these keys, and only they can withdraw them."
            )
            raise StepFailed(what, Text("Roll back again when the relay answers."))
        new = AGENT_KEYS in names and not replaced
        if new and begun.made and _replaced(begun.made, context):
            remedy = Text("Remove the installation that uses them first.")
            raise StepFailed(Text("The agent's keys were replaced since."), remedy)
        for name in names:
            stored_secrets.take_back(name, context.host.secrets, replaced=replaced)
        if new and context.host.read(context.host.places.enrolment) is None:
            # of the agent that ran with these keys: without them it is of no use
            remove_agent_state(context.host.places)

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - as others
        names = ", ".join(begun.change.secret_names)
        return Text("In the secret store of this machine: {names}.", names=names)

    def verify(self, target: Target) -> Sequence[Check]:
        secrets = target.context.host.secrets
        wrong = [
            stored_secrets.trouble(name, secrets)
            or Text("{name} is missing", name=name)
            for name in _NAMES
            if stored_secrets.usable(name, secrets) is None
        ]
        title = Text("Keys of the agent")
        if wrong:
            detail = Text("{reasons}.", reasons=listed(wrong))
            remedy = Text(
                "Run writeback repair with a new enrolment code; where the fingerprint "
                "changes, give it to the portal's side."
            )
            return (Check("keys", title, "failed", detail, remedy),)
        detail = Text(
            "Fingerprint {fingerprint}", fingerprint=fingerprint(target.context)
        )
        return (Check("keys", title, "ok", detail),)

    def plan_removal(self, context: Context) -> Sequence[Change]:
        names = [name for name in KEPT if context.host.secrets.holds(name)]
        if not names:
            return ()
        summary = Text("Destroys the agent's keys and passwords in the secret store")
        return (Change(self.name, summary, {"names": names}, None, final=True),)


def replaced_keys(target: Target) -> frozenset[str]:
    """Name the keys that will be others when the steps after this one come."""
    changes = target.changes_of(Keys.name)
    return frozenset(name for change in changes for name in change.secret_names)


def _replaced(made: Facts, context: Context) -> bool:
    if stored_secrets.usable(AGENT_KEYS, context.host.secrets) is None:
        return False
    return made.get("fingerprint") not in (None, fingerprint(context))


def _new_secret(name: str, context: Context) -> Secret:
    if name == AGENT_KEYS and context.inputs.agent_keys is not None:
        return context.inputs.agent_keys  # the portal's administrator compared them
    if name in stored_secrets.PAIRS:
        return PrivateKeys.generate().secret()
    return new_shared_key()


def new_shared_key() -> Secret:
    """Make a key that is shared with a relay: 32 random bytes, in base64."""
    return Secret(base64.b64encode(secrets.token_bytes(_RELAY_KEY_BYTES)).decode())
