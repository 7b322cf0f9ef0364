"""Why a reset would not work, for counting: finer than the code of an answer.

One right may be missing for several reasons, and each has a remedy of its own.
"""

from dataclasses import dataclass
from enum import StrEnum

from wire.outcomes import Code


class Cause(StrEnum):
    """The one thing that stands in the way. The value is part of the JSON."""

    NONE = "none"
    OUTSIDE = "not_in_scope"
    PROTECTED = "protected"
    INHERITANCE_OFF = "inheritance_off"
    DENIED = "denied"
    NOT_GRANTED = "not_granted"
    HIDDEN = "hidden"
    POLICY_HIDDEN = "policy_hidden"
    UNDECIDED = "undecided"
    DISABLED = "disabled"
    EXPIRED = "expired"
    CANNOT_CHANGE = "cannot_change"
    TOO_YOUNG = "too_young"
    LOCKED = "locked"
    NO_EFFECT = "no_effect"
    SWITCHED_OFF = "switched_off"


@dataclass(frozen=True, slots=True)
class CauseText:
    """A cause in words.

    Attributes:
        title: what a row of a table calls it.
        code: what an agent answers for it.
        remedy: what an administrator does about it; empty for nothing.
        mended_by_grant: a grant on the container ends it.
        falls_short: permissions are the cause, not the person's own state.

    """

    title: str
    code: Code
    remedy: str = ""
    mended_by_grant: bool = False
    falls_short: bool = False


CAUSES = {
    Cause.NONE: CauseText("Would work", Code.OK),
    Cause.OUTSIDE: CauseText(
        "Outside the scope",
        Code.NOT_IN_SCOPE,
        "Add the user's container or group membership if this was not intended.",
    ),
    Cause.PROTECTED: CauseText(
        "Protected by AdminSDHolder",
        Code.PROTECTED_ACCOUNT,
        "Reset administrators by hand. If the person is one no longer, clear "
        "adminCount and turn inheritance on.",
    ),
    Cause.INHERITANCE_OFF: CauseText(
        "Inheritance is off",
        Code.PERMISSION_DENIED,
        "Turn inheritance on there, or grant the right below it.",
        falls_short=True,
    ),
    Cause.DENIED: CauseText(
        "An entry denies it",
        Code.PERMISSION_DENIED,
        "Look at why this entry denies it; a grant does not remove a deny.",
        falls_short=True,
    ),
    Cause.NOT_GRANTED: CauseText(
        "Not granted",
        Code.PERMISSION_DENIED,
        "Grant the right on the container.",
        mended_by_grant=True,
        falls_short=True,
    ),
    Cause.HIDDEN: CauseText(
        "Not known: hidden from the agent's account",
        Code.PERMISSION_DENIED,
        "Let the agent's account read the attributes and the permissions.",
        falls_short=True,
    ),
    Cause.POLICY_HIDDEN: CauseText(
        "Not known: the password policy is hidden",
        Code.POLICY,
        "Let the agent's account read the password settings object.",
        falls_short=True,
    ),
    Cause.UNDECIDED: CauseText(
        "Not known: an entry that can't be evaluated",
        Code.PERMISSION_DENIED,
        "Grant the right by an entry of its own, above the one shown.",
        falls_short=True,
    ),
    Cause.DISABLED: CauseText(
        "Account disabled",
        Code.ACCOUNT_DISABLED,
        "Enable the account if the person should sign in.",
    ),
    Cause.EXPIRED: CauseText(
        "Account expired",
        Code.ACCOUNT_EXPIRED,
        "Extend accountExpires if the person should sign in.",
    ),
    Cause.CANNOT_CHANGE: CauseText(
        'Set to "user cannot change password"',
        Code.CANNOT_CHANGE,
        "Clear that option on the account, or reset the password by hand.",
    ),
    Cause.TOO_YOUNG: CauseText(
        "Password too young",
        Code.TOO_YOUNG,
        "Wait until the minimum age has passed, or set must-change on the account.",
    ),
    Cause.LOCKED: CauseText(
        "Locked",
        Code.ACCOUNT_LOCKED,
        "Unlock the account, or have the user reset the password.",
    ),
    Cause.NO_EFFECT: CauseText(
        "Must-change has no effect",
        Code.PARTIAL,
        "Clear the option that the password never expires.",
    ),
    Cause.SWITCHED_OFF: CauseText(
        "Switched off in the settings",
        Code.OPERATION_OFF,
        "Switch it on in Optional features if it should be.",
    ),
}
