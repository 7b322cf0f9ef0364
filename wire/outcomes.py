"""Every outcome of a request: its code, its event id, and its texts by reader.

The codes are part of the wire (docs/wire.md): never rename one, only add.
Event ids and names are the ones administrators know from Microsoft's
PasswordResetService source, so that existing alerts keep working.
"""

from dataclasses import dataclass
from enum import StrEnum

from wire.failure import Failure


class Code(StrEnum):
    """What became of a request. The value is what crosses the wire."""

    OK = "ok"
    PARTIAL = "partial"
    USER_NOT_FOUND = "user_not_found"
    SEVERAL_USERS = "several_users"
    NOT_IN_SCOPE = "not_in_scope"
    PROTECTED_ACCOUNT = "protected_account"
    PERMISSION_DENIED = "permission_denied"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_EXPIRED = "account_expired"
    ACCOUNT_LOCKED = "account_locked"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code, not a secret
    CANNOT_CHANGE = "cannot_change"
    TOO_SHORT = "too_short"
    NOT_COMPLEX = "not_complex"
    IN_HISTORY = "in_history"
    TOO_YOUNG = "too_young"
    POLICY = "policy"
    DIRECTORY_UNAVAILABLE = "directory_unavailable"
    DIRECTORY_REFUSED_AGENT = "directory_refused_agent"
    UNKNOWN_RESULT = "unknown_result"
    BAD_REQUEST = "bad_request"
    EXPIRED_REQUEST = "expired_request"
    REPLAYED_REQUEST = "replayed_request"
    FORGED_REQUEST = "forged_request"
    PAUSED = "paused"
    TOO_MANY = "too_many"
    NOT_ENOUGH_PROOFS = "not_enough_proofs"
    OPERATION_OFF = "operation_off"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Outcome:
    """One code with its texts.

    Attributes:
        code: the wire's code.
        event: the event id written to the audit record.
        user: a sentence that is safe to show to whoever asked for the reset.
        admin: what happened, for the administrator.
        remedy: the administrator's next step.

    """

    code: Code
    event: int
    user: str
    admin: str
    remedy: str


_LATER = "Your password was not changed. Try again in a few minutes."
_HELP_DESK = "Your password was not changed. Ask your help desk."

_ALL = (
    Outcome(
        Code.OK,
        31002,
        "Your password is changed.",
        "The directory accepted the request.",
        "Nothing to do.",
    ),
    Outcome(
        Code.PARTIAL,
        31002,
        "Your password is changed, but not every step worked. Ask your help desk.",
        "The password is set; a later step (unlock or must change) was refused.",
        "See the steps of this answer and grant the right that is missing.",
    ),
    Outcome(
        Code.USER_NOT_FOUND,
        33002,
        _HELP_DESK,
        "No user of the domain has this identifier.",
        "Compare the attribute users are identified by with what the portal sends.",
    ),
    Outcome(
        Code.SEVERAL_USERS,
        33003,
        _HELP_DESK,
        "More than one user of the domain has this identifier.",
        "Make the identifier unique, or identify users by objectGUID.",
    ),
    Outcome(
        Code.NOT_IN_SCOPE,
        31003,
        _HELP_DESK,
        "The user is outside the containers or the pilot group of this agent.",
        "Add the user's container or group membership if this was not intended.",
    ),
    Outcome(
        Code.PROTECTED_ACCOUNT,
        33004,
        _HELP_DESK,
        "The user is protected by AdminSDHolder; delegated rights do not reach it.",
        "Reset administrators by hand; writeback never touches protected accounts.",
    ),
    Outcome(
        Code.PERMISSION_DENIED,
        33004,
        _HELP_DESK,
        "The agent's account lacks a right on this user.",
        "Run the permissions check; it names the entry that decides and the grant.",
    ),
    Outcome(
        Code.ACCOUNT_DISABLED,
        33005,
        _HELP_DESK,
        "The user's account is disabled.",
        "Enable the account if the person should sign in.",
    ),
    Outcome(
        Code.ACCOUNT_EXPIRED,
        33005,
        _HELP_DESK,
        "The user's account has expired.",
        "Extend accountExpires if the person should sign in.",
    ),
    Outcome(
        Code.ACCOUNT_LOCKED,
        33006,
        "Your account is locked. Reset your password instead, or ask your help desk.",
        "The account is locked, so that the old password is not looked at.",
        "Unlock the account, or have the user reset the password.",
    ),
    Outcome(
        Code.WRONG_PASSWORD,
        33007,
        "The current password is not right. Your password was not changed.",
        "The old password given with a change is wrong.",
        "Nothing to do; the user tries again.",
    ),
    Outcome(
        Code.CANNOT_CHANGE,
        33008,
        _HELP_DESK,
        'The user is set to "user cannot change password".',
        "Clear that option on the account, or reset the password by hand.",
    ),
    Outcome(
        Code.TOO_SHORT,
        33008,
        "The new password is too short. Choose a longer one.",
        "The new password is shorter than the policy that holds for the user.",
        "Show the user the minimum length; it is part of this answer.",
    ),
    Outcome(
        Code.NOT_COMPLEX,
        33008,
        "The new password is too simple, or contains your name. Mix upper and "
        "lower case, digits and signs.",
        "The new password does not meet the complexity rule.",
        "Show the user the rule: three of five kinds of character, no name in it.",
    ),
    Outcome(
        Code.IN_HISTORY,
        33008,
        "You have used this password before. Choose one you have not used.",
        "The new password is in the user's password history.",
        "Nothing to do; the user chooses another.",
    ),
    Outcome(
        Code.TOO_YOUNG,
        33008,
        "Your password was changed too recently to be changed again now.",
        "The minimum password age has not passed.",
        "Wait until the time in this answer, or set must-change on the account.",
    ),
    Outcome(
        Code.POLICY,
        33008,
        "The new password does not meet your organization's policy.",
        "The directory refused the password by policy; every rule that can be "
        "read is met, so a password filter or the history is the likely cause.",
        "Look at the password filters of the domain controllers.",
    ),
    Outcome(
        Code.DIRECTORY_UNAVAILABLE,
        32001,
        _LATER,
        "No domain controller answered.",
        "Check the domain controllers, port 636 and the certificate.",
    ),
    Outcome(
        Code.DIRECTORY_REFUSED_AGENT,
        33009,
        _LATER,
        "The directory refused the agent's own sign-in.",
        "Check the agent's account: password, locked, disabled, expired.",
    ),
    Outcome(
        Code.UNKNOWN_RESULT,
        33001,
        "It is not known whether your password was changed. Try the new one first.",
        "The controller stopped answering after the password was sent.",
        "Ask again with the same request; the agent settles it by pwdLastSet.",
    ),
    Outcome(
        Code.BAD_REQUEST,
        32003,
        _HELP_DESK,
        "The request is not in the form docs/wire.md describes.",
        "Mend the portal; the detail names the claim.",
    ),
    Outcome(
        Code.EXPIRED_REQUEST,
        32008,
        _LATER,
        "The request is past its time, or its clock is off.",
        "Compare the clocks of the portal and this server.",
    ),
    Outcome(
        Code.REPLAYED_REQUEST,
        32008,
        _HELP_DESK,
        "A request with this jti but other content was already taken.",
        "Mend the portal: one jti for one request.",
    ),
    Outcome(
        Code.FORGED_REQUEST,
        32004,
        _HELP_DESK,
        "The request is not sealed for this agent or not signed by the portal.",
        "Compare the fingerprints on both sides; rotate keys if they differ.",
    ),
    Outcome(
        Code.PAUSED,
        31013,
        "Password reset is switched off at the moment.",
        "Password writeback is off on this agent.",
        "Turn it on in the wizard, or with writeback apply.",
    ),
    Outcome(
        Code.TOO_MANY,
        32003,
        _LATER,
        "The limit of requests for this time was reached.",
        "Look at the audit records before you raise the limit.",
    ),
    Outcome(
        Code.NOT_ENOUGH_PROOFS,
        32003,
        "More proof of your identity is needed. Your password was not changed.",
        "The portal took fewer proofs of identity than this agent asks for.",
        "Change the portal's flow, or the number of proofs in the settings.",
    ),
    Outcome(
        Code.OPERATION_OFF,
        32003,
        _HELP_DESK,
        "The operation asked for is switched off in the settings.",
        "Switch it on in Optional features if it should be.",
    ),
    Outcome(
        Code.INTERNAL,
        32000,
        _LATER,
        "The agent failed in a way it was not built for.",
        "Send the audit record's id to the people who make Writeback.",
    ),
)

OUTCOMES: dict[Code, Outcome] = {outcome.code: outcome for outcome in _ALL}


class Refused(Failure):
    """A request that ends here, with the code its answer carries.

    Args:
        code: the outcome.
        detail: what exactly, for the administrator; never a secret.

    """

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail

    @property
    def outcome(self) -> Outcome:
        """The texts that go with the code."""
        return OUTCOMES[self.code]
