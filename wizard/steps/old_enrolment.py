"""Leaves the relay, or the name, that the agent had before: it serves elsewhere now.

This comes last, when the agent is ready where it moved to. The old place knows it until
it is withdrawn there: the name would stay taken.
"""

from collections.abc import Sequence
from typing import Any

from agent.config import enrolment
from agent.config.enrolment import Enrolment, EnrolmentError
from agent.config.secret_store import LISTEN_KEY
from agent.config.settings import Settings
from wizard.enrolment.application import parsed_code
from wizard.enrolment.clone import is_the_originals
from wizard.host.stored_secrets import previous, usable
from wizard.plan.change import Change, Context, Facts
from wizard.results import Check
from wizard.steps.enrolment import relay_of, withdrawn


class OldEnrolment:
    """Withdraws the agent where it was before it moved."""

    name = "leaving"

    def plan(
        self,
        wanted: Settings,
        context: Context,
        earlier: Sequence[Change],
    ) -> Sequence[Change]:
        if not any(change.step == "enrolment" for change in earlier):
            return ()
        text = context.host.read(context.host.places.enrolment)
        old = _read(text)
        here = (wanted.relay.url, wanted.agent)
        if old is None or (old.relay_url, old.connection) == here:
            return ()
        if is_the_originals(context):
            return ()
        relay = relay_of(old, context).model_dump(mode="json")
        before: dict[str, Any] = {"text": text, "relay": relay}
        before |= {"agent": old.connection, "proxy": wanted.relay.proxy}
        before["key"] = _key_there(earlier)
        if old.connection == wanted.agent:
            # another address may lead to the same relay, which tells by the new code
            before["code"] = parsed_code(context).lookup
        summary = f"Withdraws the agent {old.connection} from {old.relay_url}"
        return (Change(self.name, summary, before, None, final=True),)

    def plan_removal(
        self,
        settings: Settings | None,  # noqa: ARG002 - the enrolment's own step leaves
        context: Context,  # noqa: ARG002
    ) -> Sequence[Change]:
        return ()

    def apply(self, change: Change, context: Context) -> Facts:
        assert change.before is not None
        key = usable(change.before["key"], context.host.secrets)
        return {"told": withdrawn(change, key, context)}

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        """Do nothing: from this change on a plan only goes forward."""

    def verify(
        self,
        wanted: Settings,  # noqa: ARG002 - where it was is known to nobody later
        context: Context,  # noqa: ARG002
    ) -> Sequence[Check]:
        return ()


def _key_there(earlier: Sequence[Change]) -> str:
    """Name the secret by which the old place knows the agent.

    A key that is replaced is kept until the plan is done, if it could be read. The
    new one proves nothing there: a relay would refuse it as that of another agent.
    """
    made = [c.after["names"] for c in earlier if c.step == "keys" and c.after]
    replaced = any(LISTEN_KEY in names for names in made)
    return previous(LISTEN_KEY) if replaced else LISTEN_KEY


def _read(text: str | None) -> Enrolment | None:
    try:
        return None if text is None else enrolment.parse(text, "enrolment")
    except EnrolmentError:
        return None
