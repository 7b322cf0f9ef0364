"""Why a reset would not work, for counting: finer than the code of an answer.

One right may be missing for several reasons, and each has a remedy of its own.
"""

from dataclasses import dataclass
from enum import StrEnum

from wire.outcomes import Code
from wire.text import TextAttribute


class Cause(StrEnum):
    """The one thing that stands in the way. The value is part of the JSON."""

    NONE = "none"
    OWN_ACCOUNT = "own_account"
    OUTSIDE = "not_in_scope"
    DENY_LIST = "deny_list"
    SERVICE_ACCOUNT = "service_account"
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


@dataclass(frozen=True)
class CauseText:
    """A cause in words, and the code an agent answers for it; `title` is for a row.

    `remedy` is empty where there is nothing to do; a grant on the container ends what
    is `mended_by_grant`; `falls_short`: permissions are the cause, not the person's own
    state.
    """

    code: Code
    title: TextAttribute = TextAttribute()
    remedy: TextAttribute = TextAttribute("")
    mended_by_grant: bool = False
    falls_short: bool = False


CAUSES = {
    Cause.NONE: CauseText(Code.OK, "Would work"),
    Cause.OUTSIDE: CauseText(
        Code.NOT_IN_SCOPE,
        "Outside the scope",
        "Add the person's container or group membership if this was not intended.",
    ),
    Cause.OWN_ACCOUNT: CauseText(
        Code.EXCLUDED_ACCOUNT,
        "The service account itself",
        "Rotate its password with the wizard; no portal may set it.",
    ),
    Cause.DENY_LIST: CauseText(
        Code.EXCLUDED_ACCOUNT,
        "On the deny list",
        "Change scope.deny_list in the settings if this was not intended.",
    ),
    Cause.SERVICE_ACCOUNT: CauseText(
        Code.EXCLUDED_ACCOUNT,
        "Used by another service",
        "Set its password by hand, where the service is given it too; or clear "
        "scope.exclude_service_accounts if portals should reset such accounts.",
    ),
    Cause.PROTECTED: CauseText(
        Code.PROTECTED_ACCOUNT,
        "Protected by AdminSDHolder",
        "Reset administrators by hand. If the person is one no longer, clear "
        "adminCount and turn inheritance on.",
    ),
    Cause.INHERITANCE_OFF: CauseText(
        Code.PERMISSION_DENIED,
        "Inheritance is off",
        "Turn inheritance on there, or grant the right below it.",
        falls_short=True,
    ),
    Cause.DENIED: CauseText(
        Code.PERMISSION_DENIED,
        "An entry denies it",
        "Look at why this entry denies it; a grant does not remove a deny.",
        falls_short=True,
    ),
    Cause.NOT_GRANTED: CauseText(
        Code.PERMISSION_DENIED,
        "Not granted",
        "Grant the right on the container.",
        mended_by_grant=True,
        falls_short=True,
    ),
    Cause.HIDDEN: CauseText(
        Code.PERMISSION_DENIED,
        "Not known: hidden from the service account",
        "Let the service account read the attributes and the permissions.",
        falls_short=True,
    ),
    Cause.POLICY_HIDDEN: CauseText(
        Code.NOT_KNOWN,
        "Not known: the password policy is hidden",
        "Let the service account read the password settings object.",
        falls_short=True,
    ),
    Cause.UNDECIDED: CauseText(
        Code.NOT_KNOWN,
        "Not known: an entry that can't be evaluated",
        "Grant the right by an entry of its own, above the one shown.",
        falls_short=True,
    ),
    Cause.DISABLED: CauseText(
        Code.ACCOUNT_DISABLED,
        "Account disabled",
        "Enable the account if the person should sign in.",
    ),
    Cause.EXPIRED: CauseText(
        Code.ACCOUNT_EXPIRED,
        "Account expired",
        "Extend accountExpires if the person should sign in.",
    ),
    Cause.CANNOT_CHANGE: CauseText(
        Code.CANNOT_CHANGE,
        'Set to "user cannot change password"',
        "Clear that option on the account, or reset the password by hand.",
    ),
    Cause.TOO_YOUNG: CauseText(
        Code.TOO_YOUNG,
        "Password too young",
        "Wait until the minimum age has passed, or set must-change on the account.",
    ),
    Cause.LOCKED: CauseText(
        Code.ACCOUNT_LOCKED,
        "Locked",
        "Unlock the account, or have the person reset the password.",
    ),
    Cause.NO_EFFECT: CauseText(
        Code.PARTIAL,
        "Must-change has no effect",
        "Clear the option that the password never expires.",
    ),
    Cause.SWITCHED_OFF: CauseText(
        Code.OPERATION_OFF,
        "Switched off in the settings",
        "Switch it on in Optional features if it should be.",
    ),
}
