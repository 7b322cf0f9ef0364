"""Every event that is written, by its id: what it means and where it is found.

Ids below 34000 and their names are those of Microsoft's PasswordResetService source, so
that alerts that were made for it go on; the others are in `agent.audit.own_events`.
docs/events.md is made of these tables (`./dev texts`).
"""

from agent.audit.event import Event, EventId
from agent.audit.own_events import OWN

_E = EventId
_OF_MICROSOFT = (
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
        "The administrator that a setup needs was accepted by the directory.",
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
        "Setting up or turning on failed and was rolled back; the text says why.",
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
        "The agent ends, and no new process replaces it: requests will fail.",
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
        "A request that is not in the form, over a limit, short of methods, or for "
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
        "The service account lacks a right, or the person is protected.",
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
)
EVENTS = {event.id: event for event in (*_OF_MICROSOFT, *OWN)}


def name_of(event: int) -> str:
    """Give the name of an event; KeyError for an id that is in no table."""
    return EVENTS[EventId(event)].name
