"""Optional features: what is on, and the limits of requests."""

from functools import partial

from wire.text import Text
from wizard.flow.conditions import choosing, writing_back
from wizard.flow.model import Field, Page

_switched = partial(Field, kind="check", enabled=writing_back, default=True)
_limit = partial(Field, kind="number", enabled=writing_back, more=True)
FEATURES = Page(
    id="features",
    title="Optional features",
    why="What the agent may do when the portal asks for it.",
    fields=(
        Field(
            "features.password_writeback",
            "Password writeback",
            "switch",
            help="Off: the agent stays connected and answers that reset is off.",
            default=True,
            decision="Password writeback",
            phrase="password writeback",
        ),
        _switched(
            "features.unlock",
            Text("Unlock the account with a reset"),
            help=Text("Clears a lockout when the password is set."),
            under=Text("With a reset"),
            decision=Text("Unlock the account with a reset"),
            phrase=Text("unlocking with a reset"),
        ),
        _switched(
            "features.must_change",
            Text("Allow a change at next sign-in"),
            help=Text("The portal may ask that a person changes the new password."),
            decision=Text("Change at next sign-in"),
            phrase=Text("must-change at the next sign-in"),
        ),
        _switched(
            "features.change",
            Text("Allow a change with the old password"),
            help=Text("For people who know their password."),
            decision=Text("Change with the old password"),
            phrase=Text("changes with the old password"),
        ),
        _switched(
            "directory.policy_hints",
            Text("Keep to history and minimum age"),
            help=Text("Policy hints: a reset meets the same policy as a change."),
            decision=Text("Keep to history and minimum age"),
        ),
        Field(
            "features.read_password_settings",
            "Let the account read fine-grained password policies",
            "check",
            help="A permission on the Password Settings Container. Without it, whether "
            "people under such a policy can be reset is not known, and they can't "
            "change with the old password.",
            enabled=writing_back,
            default=False,
            decision="Read fine-grained password policies",
            phrase="reading fine-grained policies",
        ),
        _limit(
            "limits.per_minute",
            Text("Requests in any minute"),
            under=Text("Limits, whatever the portal asks for"),
            default=120,
            minimum=1,
            maximum=100_000,
        ),
        _limit(
            "limits.checks_per_minute",
            Text("Checks in any minute; they write nothing"),
            default=240,
            minimum=1,
            maximum=100_000,
        ),
        _limit(
            "limits.people_per_five_minutes",
            Text("Different people in any five minutes; one more stops every write"),
            default=100,
            minimum=5,
            maximum=100_000,
        ),
        _limit(
            "limits.per_user_per_hour",
            Text("Resets of one person in any hour"),
            default=10,
            minimum=1,
            maximum=1000,
        ),
        _limit(
            "limits.proofs",
            Text("Verification methods the portal must have used"),
            default=0,
            minimum=0,
            maximum=5,
        ),
        _limit(
            "limits.proof_age",
            Text("Seconds for which a verification counts"),
            default=900,
            minimum=60,
            maximum=86_400,
        ),
    ),
    shown=choosing,
    help="Limits hold for this agent. A request beyond them is refused and recorded.",
)
