"""Leaves the relay, or the name, that the agent had before: it serves elsewhere now.

This comes last, when the agent is ready where it moved to. The old place knows it until
it is withdrawn there: the name would stay taken.
"""

from collections.abc import Sequence

from agent.config.secret_store import AGENT_KEYS
from wire.text import Text
from wizard.enrolment.application import parsed_code
from wizard.enrolment.withdrawal import Withdrawal, relay_of, withdraw_former
from wizard.host.stored_secrets import previous
from wizard.plan.change import Change, Context, Facts
from wizard.plan.step import Step, Target
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.keys import replaced_keys


class OldEnrolment(Step):
    """Withdraws the agent where it was before it moved."""

    name = "leaving"

    def plan(self, target: Target) -> Sequence[Change]:
        if not target.changes_of(EnrolmentStep.name):
            return ()
        wanted, context = target.settings, target.context
        text, old = context.host.read(context.host.places.enrolment), context.enrolment
        if text is None or old is None or context.belongs_to_original:
            return ()
        if (old.relay_url, old.connection) == (wanted.relay.url, wanted.agent):
            return ()
        same_name = old.connection == wanted.agent
        # what is replaced is kept until the plan is done, if it could be read; the new
        # keys prove nothing there: a relay would refuse them as another agent's
        replaced = AGENT_KEYS in replaced_keys(target)
        withdrawal = Withdrawal(
            text,
            relay_of(old, context),
            old.connection,
            wanted.relay.proxy,
            previous(AGENT_KEYS) if replaced else AGENT_KEYS,
            # another address may lead to the same relay, which tells by the new code
            parsed_code(context).lookup if same_name else None,
        )
        summary = Text(
            "Withdraws the agent {agent} from {relay}",
            agent=old.connection,
            relay=old.relay_url,
        )
        return (Change(self.name, summary, withdrawal.facts(), None, final=True),)

    def apply(self, change: Change, context: Context) -> Facts:
        return {"told": withdraw_former(Withdrawal.of(change.before), context)}
