"""Every event that is written, by its id: what it means and where it is found.

Ids below 34000 and their names are those of Microsoft's PasswordResetService source, so
that alerts that were made for it go on; from 40001 on they are this program's own.
docs/events.md is made of this table (`./dev texts`).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

# in the audit file and the journal; in the journal alone; by the wizard, in the journal
Place = Literal["audit", "journal", "setup"]


class EventId(IntEnum):
    """The ids, as code names them."""

    RESET_START = 31001
    RESET_SUCCESS = 31002
    RESET_FAIL = 31003
    ONBOARDING_START = 31004
    ONBOARDING_SUCCESS = 31005
    CHANGE_START = 31006
    CHANGE_SUCCESS = 31007
    CHANGE_FAIL = 31008
    ADMIN_RESET_START = 31009
    ADMIN_RESET_SUCCESS = 31010
    ADMIN_RESET_FAIL = 31011
    OFFBOARDING_START = 31012
    OFFBOARDING_SUCCESS = 31013
    OFFBOARDING_FAIL = 31014
    STARTED = 31015
    STOPPED = 31016
    ADMIN_LET_IN = 31017
    KEYS_MADE = 31018
    HEARTBEAT = 31019
    RELAY_REFUSED = 31034
    NOT_HEALTHY = 31044
    UNKNOWN_ERROR = 32000
    DIRECTORY_UNAVAILABLE = 32001
    RELAY_UNREACHABLE = 32002
    BAD_INPUT = 32003
    DECRYPTION_ERROR = 32004
    CONFIGURATION_ERROR = 32005
    VALIDATION_ERROR = 32008
    ADMIN_REFUSED = 32009
    CRYPTO_ERROR = 32010
    ONBOARDING_ERROR = 32011
    OFFBOARDING_ERROR = 32013
    RELAY_WARNING = 32014
    STATUS_NOT_WRITTEN = 32015
    AD_UNKNOWN = 33001
    AD_USER_NOT_FOUND = 33002
    AD_SEVERAL_USERS = 33003
    AD_PERMISSIONS = 33004
    AD_DISABLED = 33005
    AD_LOCKED_OUT = 33006
    AD_WRONG_PASSWORD = 33007
    AD_POLICY = 33008
    AD_CONFIGURATION = 33009
    CHECK_SUCCESS = 40001
    CHECK_FAIL = 40002
    UNLOCK_START = 40003
    UNLOCK_SUCCESS = 40004
    UNLOCK_FAIL = 40005
    ANSWER_REPEATED = 40006
    REQUESTS_COUNTED = 40007
    RECORDS_MISSING = 40008
    LINE_CUT_OFF = 40009
    CANNOT_RECORD = 40010
    NOBODY_CAN_BE_RESET = 40011
    SOMEBODY_CAN_BE_RESET = 40012
    HEALTHY_AGAIN = 40013
    BREAKER_OPENED = 40021
    BREAKER_CLOSED = 40022
    PORTAL_KEYS_TAKEN = 40032
    PORTAL_KEYS_ENDED = 40033
    STRANGER_ANSWERS = 40041
    COPY_ANSWERS = 40042
    ALONE_AGAIN = 40043


@dataclass(frozen=True)
class Event:
    """One kind of event: its id, its name for alerts, what it means, where it is."""

    id: EventId
    name: str
    meaning: str
    place: Place = "audit"


_E = EventId
EVENTS = {
    event.id: event
    for event in (
        Event(
            _E.RESET_START,
            "PasswordResetStart",
            "A reset passed all checks; the password is sent to the controller next.",
        ),
        Event(
            _E.RESET_SUCCESS,
            "PasswordResetSuccess",
            "The password is set. With code `partial` a later step was refused.",
        ),
        Event(
            _E.RESET_FAIL,
            "PasswordResetFail",
            "Refused on this side: scope, or writeback is off.",
        ),
        Event(
            _E.CHANGE_START,
            "ChangePasswordStart",
            "A change passed all checks; it is sent to the controller next.",
        ),
        Event(_E.CHANGE_SUCCESS, "ChangePasswordSuccess", "The password is changed."),
        Event(_E.CHANGE_FAIL, "ChangePasswordFail", "As 31003, of a change."),
        Event(
            _E.ADMIN_RESET_START,
            "ResetUserPasswordByAdminStart",
            "As 31001, of a test that this machine's administrator asked for.",
        ),
        Event(
            _E.ADMIN_RESET_SUCCESS,
            "ResetUserPasswordByAdminSuccess",
            "As 31002, of one.",
        ),
        Event(_E.ADMIN_RESET_FAIL, "ResetUserPasswordByAdminFail", "As 31003, of one."),
        Event(
            _E.ONBOARDING_START,
            "OnboardingEventStart",
            "Password writeback is being set up, enrolled anew or turned on.",
            "setup",
        ),
        Event(_E.ONBOARDING_SUCCESS, "OnboardingEventSuccess", "It is on.", "setup"),
        Event(
            _E.OFFBOARDING_START,
            "OffboardingEventStart",
            "Password writeback is being turned off, or removed.",
            "setup",
        ),
        Event(
            _E.OFFBOARDING_SUCCESS,
            "OffboardingEventSuccess",
            "It is off, or removed.",
            "setup",
        ),
        Event(
            _E.OFFBOARDING_FAIL,
            "OffboardingEventFail",
            "Turning it off, or the removal, failed; the text says why.",
            "setup",
        ),
        Event(
            _E.ADMIN_LET_IN,
            "AuthTokenSuccess",
            "The administrator that a setup needs was let in by the directory.",
            "setup",
        ),
        Event(
            _E.ADMIN_REFUSED,
            "AuthTokenError",
            "The directory refused that administrator: a wrong password, mostly.",
            "setup",
        ),
        Event(
            _E.ONBOARDING_ERROR,
            "OnBoardingServiceError",
            "Setting up or turning on failed and was taken back; the text says why.",
            "setup",
        ),
        Event(_E.OFFBOARDING_ERROR, "OffBoardingError", "As 31014.", "setup"),
        Event(
            _E.STARTED,
            "WriteBackServiceStarted",
            "The agent started, its relay link is up and a controller answered.",
        ),
        Event(
            _E.STOPPED,
            "WriteBackServiceStopped",
            "The agent ends, and no new process takes over: requests will fail.",
        ),
        Event(
            _E.KEYS_MADE,
            "KeyPairCreationSuccess",
            "The agent made a new sealing key; its fingerprint stays. The key before "
            "opens for three minutes more and is destroyed.",
        ),
        Event(
            _E.HEARTBEAT,
            "ServiceBusHeartBeat",
            "The relay link is up; every five minutes.",
            "journal",
        ),
        Event(
            _E.RELAY_REFUSED,
            "ServiceBusListenerError",
            "The relay was dialled for nothing; once in an outage, with the reason.",
            "journal",
        ),
        Event(
            _E.NOT_HEALTHY,
            "PasswordResetService",
            "The agent was ready and is not: the relay link or the directory is down.",
            "journal",
        ),
        Event(
            _E.RELAY_UNREACHABLE,
            "ServiceBusError",
            "The relay was not reached for five minutes.",
            "journal",
        ),
        Event(
            _E.CONFIGURATION_ERROR,
            "ConfigurationError",
            "The agent can't start with its settings or files; the text says why.",
            "journal",
        ),
        Event(
            _E.CRYPTO_ERROR,
            "CryptoError",
            "The agent can't start: a key or a password of its own can't be read.",
            "journal",
        ),
        Event(
            _E.RELAY_WARNING,
            "ServiceBusWarning",
            "The relay link broke and is dialled again; worrying only where frequent.",
            "journal",
        ),
        Event(
            _E.STATUS_NOT_WRITTEN,
            "ReportServiceHealthError",
            "The agent can't write its state for `writeback status`.",
            "journal",
        ),
        Event(
            _E.NOBODY_CAN_BE_RESET,
            "NobodyCanBeReset",
            "The agent works, and none of the people that it looked at can be reset: "
            "mostly its account's rights are gone.",
            "journal",
        ),
        Event(
            _E.SOMEBODY_CAN_BE_RESET,
            "SomebodyCanBeReset",
            "Somebody can be reset again, after 40011.",
            "journal",
        ),
        Event(
            _E.HEALTHY_AGAIN,
            "ServiceHealthyAgain",
            "Relay link and directory are back, after 31044.",
            "journal",
        ),
        Event(
            _E.UNKNOWN_ERROR,
            "UnknownError",
            "The agent failed in a way it was not built for.",
        ),
        Event(
            _E.DIRECTORY_UNAVAILABLE,
            "ServiceError",
            "No domain controller answered a request.",
        ),
        Event(
            _E.BAD_INPUT,
            "InPutValidationError",
            "A request that is not in the form, over a limit, short of proofs, or for "
            "what is switched off.",
        ),
        Event(
            _E.DECRYPTION_ERROR,
            "DecryptionError",
            "A request that is not sealed for this agent or not signed by its portal.",
        ),
        Event(
            _E.VALIDATION_ERROR,
            "ValidationError",
            "A request that is past its time, or whose jti came with another token.",
        ),
        Event(
            _E.AD_UNKNOWN,
            "ADUnKnownError",
            "The controller stopped answering after the password was sent.",
        ),
        Event(_E.AD_USER_NOT_FOUND, "ADUserNotFoundError", "Nobody is so named."),
        Event(
            _E.AD_SEVERAL_USERS,
            "ADMutliMatchError",  # the name is spelled so at its source
            "More than one person is so named.",
        ),
        Event(
            _E.AD_PERMISSIONS,
            "ADPermissionsError",
            "The agent's account lacks a right, or the person is protected.",
        ),
        Event(
            _E.AD_DISABLED,
            "ADUserAccountDisabled",
            "The account is disabled or has expired.",
        ),
        Event(
            _E.AD_LOCKED_OUT,
            "ADUserAccountLockedOut",
            "A change of an account that is locked.",
        ),
        Event(
            _E.AD_WRONG_PASSWORD,
            "ADUserIncorrectPassword",
            "A change with a wrong old password.",
        ),
        Event(
            _E.AD_POLICY,
            "ADPasswordPolicyError",
            "Age, history, complexity, length, or a filter of the domain.",
        ),
        Event(
            _E.AD_CONFIGURATION,
            "ADConfigurationError",
            "The directory refused the agent's own sign-in.",
        ),
        Event(
            _E.CHECK_SUCCESS,
            "CheckSuccess",
            "A portal asked whether a reset would work, and it would. Nothing was "
            "written.",
        ),
        Event(_E.CHECK_FAIL, "CheckFail", "It would not; the code says why."),
        Event(
            _E.UNLOCK_START, "UnlockStart", "An unlock is sent to the controller next."
        ),
        Event(
            _E.UNLOCK_SUCCESS,
            "UnlockSuccess",
            "The account is unlocked, or was not locked. No password was set.",
        ),
        Event(_E.UNLOCK_FAIL, "UnlockFail", "As 31003, of an unlock."),
        Event(
            _E.ANSWER_REPEATED,
            "AnswerRepeated",
            "The same request came again and got its first answer (`answer_of`).",
        ),
        Event(
            _E.REQUESTS_COUNTED,
            "RequestsCounted",
            "So many more requests (`count`) ended with one code in a minute, from "
            "`first` to `last`; none of them was let in.",
        ),
        Event(
            _E.RECORDS_MISSING,
            "AuditRecordsMissing",
            "The audit file ended before its last record when this process looked: run "
            "`writeback audit verify`.",
        ),
        Event(
            _E.LINE_CUT_OFF,
            "AuditLineCutOff",
            "The machine stopped while a record was written: `bytes` of it were taken "
            "away.",
        ),
        Event(
            _E.CANNOT_RECORD,
            "RecordNotPossible",
            "A request was refused before anything was written, as it could not be "
            "recorded: mostly a full disk. In the journal alone where the file can't "
            "be written.",
        ),
        Event(
            _E.BREAKER_OPENED,
            "BreakerOpened",
            "A portal had more different people reset or unlocked in five minutes than "
            "the settings let: nothing is written until the administrator closes it.",
        ),
        Event(
            _E.BREAKER_CLOSED,
            "BreakerClosed",
            "The administrator closed the breaker; writes are taken again.",
        ),
        Event(
            _E.PORTAL_KEYS_TAKEN,
            "PortalKeysTaken",
            "The portal has new keys, ordered with its old one; the record has the new "
            "fingerprint. Compare it with your portal.",
        ),
        Event(
            _E.PORTAL_KEYS_ENDED,
            "PortalKeysEnded",
            "The portal's former keys are good no more.",
        ),
        Event(
            _E.STRANGER_ANSWERS,
            "StrangerAnswers",
            "Something without this agent's keys answers in its name at the relay, or "
            "takes requests and does not answer: somebody has its listen key, or it "
            "is the relay. `writeback rotate-keys` changes the key.",
        ),
        Event(
            _E.COPY_ANSWERS,
            "CopyAnswers",
            "Another machine answers with the keys of this agent: one of them is a "
            "copy.",
        ),
        Event(
            _E.ALONE_AGAIN,
            "AloneAgain",
            "Nothing else answers in this agent's name any more.",
        ),
    )
}


def name_of(event: int) -> str:
    """Give the name of an event; KeyError for an id that is in no table."""
    return EVENTS[EventId(event)].name
