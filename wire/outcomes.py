"""Every outcome of a request: its code, its event id, and its texts by reader.

The codes are part of the wire (docs/wire.md): never rename one, only add.
Event ids and names are the ones administrators know from Microsoft's
PasswordResetService source, so that existing alerts keep working.
"""

from dataclasses import dataclass
from enum import StrEnum

from wire.failure import Failure
from wire.text import Text, verbatim


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
    """One code with its texts, and the event id written to the audit record.

    `admin` and `remedy` are for the administrator; `user` is safe to show to whoever
    asked for the reset.
    """

    event: int
    admin: Text
    remedy: Text
    user: str = "Your password was not changed. Ask your help desk."


_LATER = "Your password was not changed. Try again in a few minutes."

OUTCOMES = {
    Code.OK: Outcome(
        31002,
        Text("The directory accepted the request."),
        Text("Nothing to do."),
        "Your password is changed.",
    ),
    Code.PARTIAL: Outcome(
        31002,
        Text("The password is set; a later step (unlock or must change) was refused."),
        Text("See the steps of this answer and grant the right that is missing."),
        "Your password is changed, but not every step worked. Ask your help desk.",
    ),
    Code.USER_NOT_FOUND: Outcome(
        33002,
        Text("No user of the domain has this identifier."),
        Text(
            "Compare the attribute users are identified by with what the portal sends."
        ),
    ),
    Code.SEVERAL_USERS: Outcome(
        33003,
        Text("More than one user of the domain has this identifier."),
        Text("Make the identifier unique, or identify users by objectGUID."),
    ),
    Code.NOT_IN_SCOPE: Outcome(
        31003,
        Text("The user is outside the containers or the pilot group of this agent."),
        Text("Add the user's container or group membership if this was not intended."),
    ),
    Code.PROTECTED_ACCOUNT: Outcome(
        33004,
        Text(
            "The user is protected by AdminSDHolder; delegated rights do not reach it."
        ),
        Text(
            "Reset administrators by hand; writeback never touches protected accounts."
        ),
    ),
    Code.PERMISSION_DENIED: Outcome(
        33004,
        Text("The agent's account lacks a right on this user."),
        Text(
            "Run the permissions check; it names the entry that decides and the grant."
        ),
    ),
    Code.ACCOUNT_DISABLED: Outcome(
        33005,
        Text("The user's account is disabled."),
        Text("Enable the account if the person should sign in."),
    ),
    Code.ACCOUNT_EXPIRED: Outcome(
        33005,
        Text("The user's account has expired."),
        Text("Extend accountExpires if the person should sign in."),
    ),
    Code.ACCOUNT_LOCKED: Outcome(
        33006,
        Text("The account is locked, so that the old password is not looked at."),
        Text("Unlock the account, or have the user reset the password."),
        "Your account is locked. Reset your password instead, or ask your help desk.",
    ),
    Code.WRONG_PASSWORD: Outcome(
        33007,
        Text("The old password given with a change is wrong."),
        Text("Nothing to do; the user tries again."),
        "The current password is not right. Your password was not changed.",
    ),
    Code.CANNOT_CHANGE: Outcome(
        33008,
        Text('The user is set to "user cannot change password".'),
        Text("Clear that option on the account, or reset the password by hand."),
    ),
    Code.TOO_SHORT: Outcome(
        33008,
        Text("The new password is shorter than the policy that holds for the user."),
        Text("Show the user the minimum length; it is part of this answer."),
        "The new password is too short. Choose a longer one.",
    ),
    Code.NOT_COMPLEX: Outcome(
        33008,
        Text("The new password does not meet the complexity rule."),
        Text(
            "Show the user the rule: three of five kinds of character, no name in it."
        ),
        "The new password is too simple, or contains your name. Mix upper and "
        "lower case, digits and signs.",
    ),
    Code.IN_HISTORY: Outcome(
        33008,
        Text("The new password is in the user's password history."),
        Text("Nothing to do; the user chooses another."),
        "You have used this password before. Choose one you have not used.",
    ),
    Code.TOO_YOUNG: Outcome(
        33008,
        Text("The minimum password age has not passed."),
        Text("Wait until the time in this answer, or set must-change on the account."),
        "Your password was changed too recently to be changed again now.",
    ),
    Code.POLICY: Outcome(
        33008,
        Text(
            "The directory refused the password by policy; every rule that can be "
            "read is met, so a password filter or the history is the likely cause."
        ),
        Text("Look at the password filters of the domain controllers."),
        "The new password does not meet your organization's policy.",
    ),
    Code.DIRECTORY_UNAVAILABLE: Outcome(
        32001,
        Text("No domain controller answered."),
        Text("Check the domain controllers, port 636 and the certificate."),
        _LATER,
    ),
    Code.DIRECTORY_REFUSED_AGENT: Outcome(
        33009,
        Text("The directory refused the agent's own sign-in."),
        Text("Check the agent's account: password, locked, disabled, expired."),
        _LATER,
    ),
    Code.UNKNOWN_RESULT: Outcome(
        33001,
        Text("The controller stopped answering after the password was sent."),
        Text("Ask again with the same request; the agent settles it by pwdLastSet."),
        "It is not known whether your password was changed. Try the new one first.",
    ),
    Code.BAD_REQUEST: Outcome(
        32003,
        Text("The request is not in the form docs/wire.md describes."),
        Text("Mend the portal; the detail names the claim."),
    ),
    Code.EXPIRED_REQUEST: Outcome(
        32008,
        Text("The request is past its time, or its clock is off."),
        Text("Compare the clocks of the portal and this server."),
        _LATER,
    ),
    Code.REPLAYED_REQUEST: Outcome(
        32008,
        Text("A request with this jti but other content was already taken."),
        Text("Mend the portal: one jti for one request."),
    ),
    Code.FORGED_REQUEST: Outcome(
        32004,
        Text("The request is not sealed for this agent or not signed by the portal."),
        Text("Compare the fingerprints on both sides; rotate keys if they differ."),
    ),
    Code.PAUSED: Outcome(
        31013,
        Text("Password writeback is off on this agent."),
        Text("Turn it on in the wizard, or with writeback apply."),
        "Password reset is switched off at the moment.",
    ),
    Code.TOO_MANY: Outcome(
        32003,
        Text("The limit of requests for this time was reached."),
        Text("Look at the audit records before you raise the limit."),
        _LATER,
    ),
    Code.NOT_ENOUGH_PROOFS: Outcome(
        32003,
        Text("The portal took fewer proofs of identity than this agent asks for."),
        Text("Change the portal's flow, or the number of proofs in the settings."),
        "More proof of your identity is needed. Your password was not changed.",
    ),
    Code.OPERATION_OFF: Outcome(
        32003,
        Text("The operation asked for is switched off in the settings."),
        Text("Switch it on in Optional features if it should be."),
    ),
    Code.INTERNAL: Outcome(
        32000,
        Text("The agent failed in a way it was not built for."),
        Text("Send the audit record's id to the people who make Writeback."),
        _LATER,
    ),
}


class Refused(Failure):
    """A request that ends here, with the code its answer carries.

    `detail` says what exactly, for the administrator; never a secret.
    """

    detail: Text

    def __init__(self, code: Code, words: str = "") -> None:
        named = verbatim(code.value)
        what = Text("{code}: {detail}", code=named, detail=words) if words else named
        super().__init__(what)
        self.code, self.detail = code, verbatim(words)

    @property
    def outcome(self) -> Outcome:
        """The texts that go with the code."""
        return OUTCOMES[self.code]
