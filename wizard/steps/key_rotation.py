"""Keys that are replaced while the agent goes on as who it is.

Its own signing key orders it: no code is needed, and nobody at the relay.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent.config import enrolment
from agent.config.secret_store import AGENT_KEYS, LISTEN_KEY, TEST_KEY
from wire.secret import Secret
from wire.text import Text
from wizard.enrolment import relay_route
from wizard.enrolment.keys import private_keys, stored_secret
from wizard.enrolment.relay_client import RelayFailed, rotate_shared_keys
from wizard.host import stored_secrets
from wizard.host.key_ages import portal_keys, sealing_key, shared_keys
from wizard.plan.change import Begun, Change, Context, Facts, NothingDone, StepFailed
from wizard.plan.step import Restart, Step, Target, put_text, refuse_changed, text_of
from wizard.results import Check, KeyAge
from wizard.steps.key_age_rows import age_rows
from wizard.steps.keys import new_shared_key

SHARED = (LISTEN_KEY, TEST_KEY)
_NEEDED = (AGENT_KEYS, *SHARED)
_UNKNOWN = 404  # the relay knows no such agent
_ROTATE_KEYS = Text("Replace them with writeback rotate-keys.")


class SealingKeyRotation(Step):
    """Has the agent make a new sealing key, as it does by itself every 30 days.

    The key is the agent's own, and root reads nothing of it: the enrolment says from
    when on a key must be, and a new agent that takes over makes one. That is when the
    change is made, not when it is planned: a plan that is made again is the same.
    """

    name = "sealing_key"
    restart = Restart.RELOAD

    def plan(self, target: Target) -> Sequence[Change]:
        context = target.context
        text, enrolled = context.host.read(_place(context)), context.enrolment
        if not context.inputs.rotation.sealing or text is None or enrolled is None:
            return ()
        summary = Text("Has the agent make a new sealing key; the fingerprint stays")
        after = {"agent": enrolled.connection}
        return (Change(self.name, summary, {"text": text}, after),)

    def refuse_stale(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            refuse_changed(_place(context), text_of(change.before), context)

    def apply(self, change: Change, context: Context) -> Facts:  # noqa: ARG002 - as others
        enrolled = context.load_enrolment()
        before = _replaced_before(sealing_key(context.host.service()))
        made = replace(enrolled, replace_sealing_before=before)
        put_text(_place(context), enrolment.dump(made), context)
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        put_text(_place(context), text_of(begun.change.before), context)

    def verify(self, target: Target) -> Sequence[Check]:
        service = target.context.host.service()
        return _rows(sealing_key(service), portal_keys(service))


def _replaced_before(current: KeyAge) -> int:
    """Say from when on a key must be, in Unix seconds; the agent counts whole ones.

    A key of this very second is replaced too: as soon as the next second is there.
    """
    now = int(time.time())
    made_now = current.since is not None and int(current.since.timestamp()) == now
    return now + made_now


class SharedKeyRotation(Step):
    """Replaces the keys to listen and to test with, at the relay and here.

    Of both the relay takes the former ones until the new ones are used, and an order of
    the agent's own signing key takes it back, whatever it knows by then.
    """

    name = "shared_keys"
    restart = Restart.RESTART

    def plan(self, target: Target) -> Sequence[Change]:
        context = target.context
        if not context.inputs.rotation.shared:
            return ()
        enrolled = context.enrolment
        stored = (stored_secrets.usable(name, context.host.secrets) for name in _NEEDED)
        if enrolled is None or context.is_copy or None in stored:
            what = Text("The agent is not enrolled with keys of its own.")
            raise StepFailed(what, Text("Run writeback repair, or writeback rekey."))
        agent = enrolled.connection
        summary = Text("Replaces the keys shared with the relay; the fingerprint stays")
        facts = {"names": list(SHARED), "agent": agent}
        return (Change(self.name, summary, facts, facts),)

    def apply(self, change: Change, context: Context) -> Facts:
        secrets = context.host.secrets
        for name in SHARED:
            stored_secrets.keep_previous(name, secrets)
            secrets.put(name, new_shared_key())
        try:
            _order(change, _stored(context), context)
        except RelayFailed as error:
            if error.reached and error.status != _UNKNOWN:
                raise
            _put_back(context)  # the relay can have changed nothing
            raise NothingDone(error.what, error.remedy) from error
        return {}

    def undo(self, begun: Begun, context: Context) -> None:
        secrets = context.host.secrets
        kept = [
            stored_secrets.usable(stored_secrets.previous(name), secrets)
            for name in SHARED
        ]
        if None not in kept:
            listen, test = (secret for secret in kept if secret is not None)
            try:
                _order(begun.change, (listen, test), context)
            except RelayFailed as error:
                if error.status != _UNKNOWN:  # else it has no keys of this agent
                    raise
        _put_back(context)

    def verify(self, target: Target) -> Sequence[Check]:
        return _rows(shared_keys(target.context.host))

    def left(self, begun: Begun, context: Context) -> Text:  # noqa: ARG002 - as others
        return Text("New keys at the relay, which the former ones go on beside.")


def _put_back(context: Context) -> None:
    secrets = context.host.secrets
    for name in SHARED:
        if secrets.holds(stored_secrets.previous(name)):
            stored_secrets.put_back(name, secrets)


def _rows(*ages: KeyAge) -> Sequence[Check]:
    return [row for age in ages for row in age_rows(age, _ROTATE_KEYS)]


def _order(change: Change, shared: tuple[Secret, Secret], context: Context) -> None:
    settings = context.settings
    if settings is None or change.after is None:
        what = Text("There are no settings that name the relay.")
        raise StepFailed(what, Text("Run writeback repair."))
    endpoint = relay_route.stored_endpoint(settings.relay, context)
    keys = private_keys(AGENT_KEYS, context)
    rotate_shared_keys(endpoint, str(change.after["agent"]), keys, shared)


def _stored(context: Context) -> tuple[Secret, Secret]:
    return stored_secret(LISTEN_KEY, context), stored_secret(TEST_KEY, context)


def _place(context: Context) -> Path:
    return context.host.places.enrolment
