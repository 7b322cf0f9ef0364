"""A copied machine: what it holds is the original's, which goes on using it.

The account, its permissions and the agent's name are then not this machine's to change
or to remove, until an administrator says that the original is gone for good.
"""

from wire.text import Text

REKEY = Text(
    "Give this agent a name and an account of its own (agent and directory.account in "
    "the settings) and run writeback rekey, or choose New keys in the wizard; where "
    "the original is gone for good, writeback rekey --original-is-gone."
)

COPIED = Text(
    "this machine is a copy of the one that was enrolled, so its agent does not start. "
    "{remedy}",
    remedy=REKEY,
)
