"""The events of this program's own, from 40001 on: what each means, where it is."""

from agent.audit.event import Event, EventId

_E = EventId
OWN = (
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
        _E.CHECK_SUCCESS,
        "CheckSuccess",
        "A portal asked whether a reset would work, and it would. Nothing was written.",
    ),
    Event(_E.CHECK_FAIL, "CheckFail", "It would not; the code says why."),
    Event(_E.UNLOCK_START, "UnlockStart", "An unlock is sent to the controller next."),
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
        "`first` to `last`; none of them was accepted.",
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
        "Another machine answers with the keys of this agent: one of them is a copy.",
    ),
    Event(
        _E.ALONE_AGAIN,
        "AloneAgain",
        "Nothing else answers in this agent's name any more.",
    ),
    Event(
        _E.LOOKUP_SUCCESS,
        "LookupSuccess",
        "A portal asked what self-service is to a person, and was answered.",
    ),
    Event(
        _E.LOOKUP_FAIL,
        "LookupFail",
        "It was not: the person is not eligible, or not found; the code says why.",
    ),
    Event(
        _E.SIGN_IN_SUCCESS,
        "SignInSuccess",
        "A person signed in at a portal with the directory password.",
    ),
    Event(
        _E.SIGN_IN_FAIL,
        "SignInFail",
        "It was refused; the code says why. A wrong password counts in the "
        "directory, and never brings a person to a lockout.",
    ),
    Event(
        _E.REGISTER_SUCCESS,
        "RegisterSuccess",
        "A verification method of a person was registered or confirmed at a portal; "
        "the agent signed its receipt.",
    ),
    Event(
        _E.REGISTER_FAIL,
        "RegisterFail",
        "It was not; the code says why. Many of one portal may mean that it is not in "
        "its owner's hands.",
    ),
    Event(
        _E.ROSTER_SUCCESS,
        "RosterSuccess",
        "A portal was given a page of the people in the scope, and who is eligible.",
    ),
    Event(_E.ROSTER_FAIL, "RosterFail", "It was not; the code says why."),
)
