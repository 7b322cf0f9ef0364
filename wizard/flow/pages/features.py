"""The pages that choose: whose passwords, how they are named, what is on."""

from wizard.flow.conditions import choosing, writing_back
from wizard.flow.model import Field, Page

FEATURES = Page(
    id="features",
    title="Optional features",
    why="What the agent may do when the portal asks for it.",
    rail="Optional features",
    fields=(
        Field(
            "features.password_writeback",
            "Password writeback",
            "switch",
            help="Off: the agent stays connected and answers that reset is off.",
        ),
        Field(
            "features.unlock",
            "Unlock the account with a reset",
            "check",
            help="Clears a lockout when the password is set.",
            enabled=writing_back,
            under="With a reset",
        ),
        Field(
            "features.must_change",
            "Allow a change at next sign-in",
            "check",
            help="The portal may ask that a person changes the new password.",
            enabled=writing_back,
        ),
        Field(
            "features.change",
            "Allow a change with the old password",
            "check",
            help="For people who know their password.",
            enabled=writing_back,
        ),
        Field(
            "directory.policy_hints",
            "Keep to history and minimum age",
            "check",
            help="Policy hints: a reset meets the same policy as a change.",
            enabled=writing_back,
        ),
        Field(
            "limits.per_minute",
            "Requests in any minute",
            "number",
            under="Limits, whatever the cloud says",
            enabled=writing_back,
        ),
        Field(
            "limits.per_user_per_hour",
            "Resets of one person in any hour",
            "number",
            enabled=writing_back,
            most=1000,
        ),
        Field(
            "limits.proofs",
            "Proofs of identity the portal must have taken",
            "number",
            enabled=writing_back,
            most=5,
        ),
    ),
    shown=choosing,
    help="Limits hold for this agent. A request beyond them is refused and recorded.",
)
