"""The agent's own keys, made here and never leaving this machine's secret store."""

import base64
import secrets
from collections.abc import Sequence

from agent.config.secret_store import AGENT_KEYS, LISTEN_KEY, NAMES, TEST_KEY
from agent.config.settings import Settings
from wire.keys import PrivateKeys
from wire.secret import Secret
from wizard.enrolment.clone import is_copied
from wizard.enrolment.keys import fingerprint
from wizard.host.stored_secrets import (
    PAIRS,
    keep_previous,
    previous,
    put_back,
    trouble,
    usable,
)
from wizard.plan import journal
from wizard.plan.change import Change, Context, Facts, StepFailed
from wizard.results import Check

_NAMES = (*PAIRS, LISTEN_KEY, TEST_KEY)
_RELAY_KEY_BYTES = 32

PREVIOUS = tuple(previous(name) for name in NAMES)
# what goes with the installation: the account's password too, and those kept for undo
_KEPT = (*NAMES, *PREVIOUS)


class Keys:
    """Signing and sealing keys, and the keys shared with the relay."""

    name = "keys"

    def plan(
        self,
        wanted: Settings,  # noqa: ARG002 - the keys are the same for all settings
        context: Context,
        earlier: Sequence[Change],  # noqa: ARG002 - it is the first step
    ) -> Sequence[Change]:
        all_new = _must_be_new(context)
        due = [
            name
            for name in _NAMES
            if all_new or usable(name, context.host.secrets) is None
        ]
        there = [name for name in due if context.host.secrets.holds(name)]
        missing = [name for name in due if name not in there]
        changes = []
        if there:
            told = {"names": there}
            summary = f"Replaces keys that are of no use ({', '.join(there)})"
            if all_new:
                summary = (
                    "Replaces the agent's keys; the portal learns a new fingerprint"
                )
            changes.append(Change(self.name, summary, told, told))
        if missing:
            summary = "Creates the agent's keys in the secret store of this machine"
            changes.append(Change(self.name, summary, None, {"names": missing}))
        return tuple(changes)

    def apply(self, change: Change, context: Context) -> Facts:
        if change.after is None:
            assert change.before is not None
            for name in change.before["names"]:
                context.host.secrets.remove(name)
            return {}
        for name in change.after["names"]:
            if change.before is not None:
                keep_previous(name, context.host.secrets)
            context.host.secrets.put(name, _made(name))
        made = usable(
            AGENT_KEYS, context.host.secrets
        )  # none: another change makes them next
        return {} if made is None else {"fingerprint": fingerprint(context)}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        assert change.after is not None
        names = change.after["names"]
        if enrolment_stands(context):
            raise StepFailed(
                "The relay still knows these keys, and only they can withdraw them.",
                "Roll back again when the relay answers.",
            )
        if change.before is not None:
            for name in names:
                put_back(name, context.host.secrets)
            return
        if made and AGENT_KEYS in names and self._replaced(made, context):
            raise StepFailed(
                "The agent's keys were replaced since.",
                "Remove the installation that uses them first.",
            )
        for name in names:
            context.host.secrets.remove(name)

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:  # noqa: ARG002
        wrong = [
            trouble(name, context.host.secrets) or f"{name} is missing"
            for name in _NAMES
            if usable(name, context.host.secrets) is None
        ]
        title = "Keys of the agent"
        if wrong:
            told = f"{'; '.join(wrong)}."
            remedy = (
                "Run writeback repair with a new enrolment code; where the fingerprint "
                "changes, give it to the portal's side."
            )
            return (Check("keys", title, "failed", told, remedy),)
        told = f"Fingerprint {fingerprint(context)}"
        return (Check("keys", title, "ok", told),)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - the keys are the same for all
        context: Context,
    ) -> Sequence[Change]:
        names = [name for name in _KEPT if context.host.secrets.holds(name)]
        if not names:
            return ()
        summary = "Destroys the agent's keys and passwords in the secret store"
        return (Change(self.name, summary, {"names": names}, None, final=True),)

    @staticmethod
    def _replaced(made: Facts, context: Context) -> bool:
        if usable(AGENT_KEYS, context.host.secrets) is None:
            return False
        return made.get("fingerprint") not in (None, fingerprint(context))


def enrolment_stands(context: Context) -> bool:
    """Say whether the enrolment of this plan could not be taken back."""
    found = journal.find_open(context.host.places.journal)
    begun = found.begun() if found is not None and found.id == context.plan_id else ()
    return any(entry.change.step == "enrolment" for entry in begun)


def _must_be_new(context: Context) -> bool:
    """Say whether the keys are another machine's, or are to be replaced anyway."""
    return context.inputs.new_keys or is_copied(context)


def _made(name: str) -> Secret:
    if name in PAIRS:
        return PrivateKeys.generate().secret()
    return Secret(base64.b64encode(secrets.token_bytes(_RELAY_KEY_BYTES)).decode())
