"""Every outcome of a request: its code, its event id, and its texts by reader.

The codes are part of the wire (docs/wire.md): never rename one, only add.
Event ids below 40000 are the ones administrators know from Microsoft's
PasswordResetService source, so that existing alerts keep working (docs/events.md).
"""

from dataclasses import dataclass
from enum import StrEnum

from wire.failure import Failure
from wire.text import Text, TextAttribute, verbatim


class Code(StrEnum):
    """What became of a request. The value is what crosses the wire."""

    OK = "ok"
    PARTIAL = "partial"
    USER_NOT_FOUND = "user_not_found"
    SEVERAL_USERS = "several_users"
    NOT_IN_SCOPE = "not_in_scope"
    PROTECTED_ACCOUNT = "protected_account"
    EXCLUDED_ACCOUNT = "excluded_account"
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
    NOT_KNOWN = "not_known"
    BAD_REQUEST = "bad_request"
    EXPIRED_REQUEST = "expired_request"
    REPLAYED_REQUEST = "replayed_request"
    FORGED_REQUEST = "forged_request"
    UNSUPPORTED_VERSION = "unsupported_version"
    STALE_KEY = "stale_key"
    PAUSED = "paused"
    TOO_MANY = "too_many"
    BREAKER_OPEN = "breaker_open"
    NOT_ENOUGH_PROOFS = "not_enough_proofs"
    NOT_ELIGIBLE = "not_eligible"
    PROOF_NOT_ALLOWED = "proof_not_allowed"
    PROOF_TOO_OLD = "proof_too_old"
    PROOF_TOO_NEW = "proof_too_new"
    PROOF_NOT_REGISTERED = "proof_not_registered"
    SIGN_IN_NEEDED = "sign_in_needed"
    BANNED_PASSWORD = "banned_password"  # noqa: S105 - a code, not a secret
    OPERATION_OFF = "operation_off"
    CANNOT_RECORD = "cannot_record"
    INTERNAL = "internal"


@dataclass(frozen=True)
class OutcomeText:
    """One code with its texts, and the event id written to the audit record.

    `admin` and `remedy` are for the administrator; `user` is safe to show to whoever
    asked for the reset.
    """

    event: int
    admin: TextAttribute = TextAttribute()
    remedy: TextAttribute = TextAttribute()
    user: str = "Your password was not changed. Ask your help desk."


_LATER = "Your password was not changed. Try again in a few minutes."

OUTCOMES = {
    Code.OK: OutcomeText(
        31002,
        "The directory accepted the request.",
        "Nothing to do.",
        "Your password is changed.",
    ),
    Code.PARTIAL: OutcomeText(
        31002,
        "The password is set; a later step (unlock or must change) was refused.",
        "See the steps of this answer and grant the right that is missing.",
        "Your password is changed, but not every step worked. Ask your help desk.",
    ),
    Code.USER_NOT_FOUND: OutcomeText(
        33002,
        "No person of the domain has this value of the sign-in attribute.",
        "Compare the sign-in attribute with what the portal sends.",
    ),
    Code.SEVERAL_USERS: OutcomeText(
        33003,
        "More than one person of the domain has this value of the sign-in attribute.",
        "Make the value unique, or choose objectGUID as the sign-in attribute.",
    ),
    Code.NOT_IN_SCOPE: OutcomeText(
        31003,
        "The person is outside the containers or the pilot group of this agent.",
        "Add the person's container or group membership if this was not intended.",
    ),
    Code.PROTECTED_ACCOUNT: OutcomeText(
        33004,
        "The person is protected by AdminSDHolder; delegated rights do not reach "
        "the account.",
        "Reset administrators by hand; writeback never touches protected accounts.",
    ),
    Code.EXCLUDED_ACCOUNT: OutcomeText(
        31003,
        "The account is Writeback's service account, used by another service, or on "
        "the deny list.",
        "Set its password by hand, or change the scope's settings; never its own.",
    ),
    Code.PERMISSION_DENIED: OutcomeText(
        33004,
        "The service account lacks a right on this person.",
        "Run the permissions check; it names the entry that decides and the grant.",
    ),
    Code.ACCOUNT_DISABLED: OutcomeText(
        33005,
        "The person's account is disabled.",
        "Enable the account if the person should sign in.",
    ),
    Code.ACCOUNT_EXPIRED: OutcomeText(
        33005,
        "The person's account has expired.",
        "Extend accountExpires if the person should sign in.",
    ),
    Code.ACCOUNT_LOCKED: OutcomeText(
        33006,
        "The account is locked, so that the old password is not looked at.",
        "Unlock the account, or have the person reset the password.",
        "Your account is locked. Reset your password instead, or ask your help desk.",
    ),
    Code.WRONG_PASSWORD: OutcomeText(
        33007,
        "The old password given with a change is wrong.",
        "Nothing to do; the person tries again.",
        "The current password is not right. Your password was not changed.",
    ),
    Code.CANNOT_CHANGE: OutcomeText(
        33008,
        'The person is set to "user cannot change password".',
        "Clear that option on the account, or reset the password by hand.",
    ),
    Code.TOO_SHORT: OutcomeText(
        33008,
        "The new password is shorter than the policy that holds for the person.",
        "Show the person the minimum length; it is part of this answer.",
        "The new password is too short. Choose a longer one.",
    ),
    Code.NOT_COMPLEX: OutcomeText(
        33008,
        "The new password does not meet the complexity rule.",
        "Show the person the rule: three of five kinds of character, no name in it.",
        "The new password is too simple, or contains your name. Mix upper and "
        "lower case, digits and signs.",
    ),
    Code.IN_HISTORY: OutcomeText(
        33008,
        "The new password is in the person's password history.",
        "Nothing to do; the person chooses another.",
        "You have used this password before. Choose one you have not used.",
    ),
    Code.TOO_YOUNG: OutcomeText(
        33008,
        "The minimum password age has not passed.",
        "Wait until the minimum age has passed, or set must-change on the account.",
        "Your password was changed too recently to be changed again now.",
    ),
    Code.POLICY: OutcomeText(
        33008,
        "The directory refused the password by policy; every rule that can be "
        "read is met, so a password filter or the history is the likely cause.",
        "Look at the password filters of the domain controllers.",
        "The new password does not meet your organization's policy.",
    ),
    Code.DIRECTORY_UNAVAILABLE: OutcomeText(
        32001,
        "No domain controller answered.",
        "Check the domain controllers, port 636 and the certificate.",
        _LATER,
    ),
    Code.DIRECTORY_REFUSED_AGENT: OutcomeText(
        33009,
        "The directory refused the agent's own sign-in.",
        "Check the service account: password, locked, disabled, expired.",
        _LATER,
    ),
    Code.UNKNOWN_RESULT: OutcomeText(
        33001,
        "The controller stopped answering after the password was sent.",
        "Ask again with the same request; the agent settles it by pwdLastSet.",
        "It is not known whether your password was changed. Try the new one first.",
    ),
    Code.NOT_KNOWN: OutcomeText(
        33001,
        "A check can't find out whether it would work; a reset is tried all the same.",
        "Offer the reset; the detail names what the service account can't read.",
        "Whether your password can be reset is not known before it is tried. Go on.",
    ),
    Code.BAD_REQUEST: OutcomeText(
        32003,
        "The request is not in the form docs/wire.md describes.",
        "Fix the portal; the detail names the claim.",
    ),
    Code.EXPIRED_REQUEST: OutcomeText(
        32008,
        "The request is past its time, or its clock is off.",
        "Compare the clocks of the portal and this server.",
        _LATER,
    ),
    Code.REPLAYED_REQUEST: OutcomeText(
        32008,
        "A request with this jti but other content was already taken.",
        "Fix the portal: one jti for one request.",
    ),
    Code.FORGED_REQUEST: OutcomeText(
        32004,
        "The request is not sealed for this agent or not signed by the portal.",
        "Compare the fingerprints on both sides; rotate keys if they differ.",
    ),
    Code.UNSUPPORTED_VERSION: OutcomeText(
        32003,
        "The request is of a version of the wire that this agent does not speak.",
        "Bring the portal and this agent to versions that speak the same.",
    ),
    Code.STALE_KEY: OutcomeText(
        32004,
        "The request is sealed for a key that this agent no longer has.",
        "The portal fetches the keys of this agent, and seals a new request.",
        _LATER,
    ),
    Code.PAUSED: OutcomeText(
        31003,
        "Password writeback is off on this agent.",
        "Turn it on in the wizard, or with writeback apply.",
        "Password reset is switched off at the moment.",
    ),
    Code.TOO_MANY: OutcomeText(
        32003,
        "The limit of requests for this time was reached.",
        "Look at the audit records before you raise the limit.",
        _LATER,
    ),
    Code.BREAKER_OPEN: OutcomeText(
        31003,
        "Too many different people were reset in five minutes; nothing is written.",
        "Find out what the portal did, then run writeback breaker close.",
        "Password reset is switched off at the moment.",
    ),
    Code.NOT_ENOUGH_PROOFS: OutcomeText(
        32003,
        "The portal used fewer verification methods than this agent asks for.",
        "Change the portal's flow, or the number of verification methods in the "
        "settings.",
        "More proof of your identity is needed. Your password was not changed.",
    ),
    Code.NOT_ELIGIBLE: OutcomeText(
        31003,
        "The settings do not let this person do this for themselves, or let this "
        "helper do it for them.",
        "See in self_service of the settings who it is for, its exceptions and roles.",
        "This is not possible here. Ask your help desk.",
    ),
    Code.PROOF_NOT_ALLOWED: OutcomeText(
        32003,
        "A verification method does not count for this person.",
        "Compare the portal's verification methods with those of the settings.",
        "This way to prove your identity does not count. Use another one.",
    ),
    Code.PROOF_TOO_OLD: OutcomeText(
        32003,
        "A verification method was used too long ago, or was not confirmed in time.",
        "Have the person prove their identity again, or confirm what they registered.",
        "Prove your identity again. Your password was not changed.",
    ),
    Code.PROOF_TOO_NEW: OutcomeText(
        32003,
        "A verification method was registered too short a time ago.",
        "Wait as long as registration.wait_hours of the settings says.",
        "This way to prove your identity is too new. Use another one, or try later.",
    ),
    Code.PROOF_NOT_REGISTERED: OutcomeText(
        32003,
        "A verification method has no receipt of an agent that is trusted here.",
        "Have the person register it again; if many are refused, look for changes to "
        "the portal's database and at self_service.peers.",
        "This way to prove your identity does not count. Use another one, or set it up "
        "again.",
    ),
    Code.SIGN_IN_NEEDED: OutcomeText(
        32003,
        "Nothing shows that the person signed in just now.",
        "Have the person sign in at the portal again; the settings say from where, and "
        "how.",
        "Sign in again to go on. Nothing was changed.",
    ),
    Code.BANNED_PASSWORD: OutcomeText(
        33008,
        "The new password is made of words that the organization does not allow.",
        "Show the person the rule; the words are in the settings.",
        "The new password is too easy to guess. Choose another one.",
    ),
    Code.OPERATION_OFF: OutcomeText(
        32003,
        "The operation asked for is switched off in the settings.",
        "Switch it on in Optional features if it should be.",
    ),
    Code.CANNOT_RECORD: OutcomeText(
        40010,
        "The agent can't write its records, so it wrote nothing to the directory.",
        "See whether the disks of /var/log/writeback and /var/lib/writeback are full; "
        "it serves again by itself.",
        _LATER,
    ),
    Code.INTERNAL: OutcomeText(
        32000,
        "The agent failed in a way it was not built for.",
        "Send the audit record's id to the people who make Writeback.",
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
    def outcome(self) -> OutcomeText:
        """The texts that go with the code."""
        return OUTCOMES[self.code]
