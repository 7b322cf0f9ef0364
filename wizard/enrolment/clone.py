"""A copied machine: what it holds is the original's, which goes on using it.

The account, its permissions and the agent's name are then not this machine's to change
or to remove, until an administrator says that the original is gone for good.
"""

from agent.config import enrolment
from agent.config.enrolment import EnrolmentError
from agent.system.instance import is_copy
from wizard.plan.change import Context

REKEY = (
    "Give this agent a name and an account of its own (agent and directory.account in "
    "the settings) and run writeback rekey, or choose Rotate keys in the wizard; where "
    "the original is gone for good, writeback rekey --original-is-gone."
)


COPIED = (
    "this machine is a copy of the one that was enrolled, so its agent does not start. "
    f"{REKEY}"
)


def is_copied(context: Context) -> bool:
    """Say whether the agent was enrolled on another machine than this."""
    try:
        made = enrolment.load(context.host.places.enrolment)
    except EnrolmentError:
        return False
    return is_copy(made.machine, context.host.machine)


def is_the_originals(context: Context) -> bool:
    """Say whether what stands in the directory and at the relay is another's."""
    return is_copied(context) and not context.inputs.original_is_gone
