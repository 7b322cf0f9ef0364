"""How near a person is to a lockout: a wrong old password never brings them there.

A directory counts a change with a wrong old password as any wrong sign-in, and locks
the account when its threshold is reached (MS-SAMR 3.1.1.7.3, MS-ADTS 3.1.1.3.1.5.1).
Whoever asks a portal for changes could lock anybody out so. Two tries are always left
to the person. Each controller counts by itself, and the PDC emulator what the others
saw too, so that one is asked as well where the settings name it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.acl.descriptor_reader import Unreadable
from agent.acl.rights import Right
from agent.active_directory import users
from agent.active_directory.users import WrongPasswords
from agent.ldap.connection import Connection
from agent.request.answer import Answer, Ended, iso
from agent.request.ledger import AttemptKind, LedgerFailed
from agent.request.stages import Located, Tools
from agent.verdict.effective_rights import held
from agent.verdict.password_policy import PasswordPolicy
from agent.verdict.subject import Subject
from wire.outcomes import Code, Refused
from wire.text import Text

LEFT = 2  # tries that a person always has
_CLOCKS = timedelta(minutes=5)  # how far clocks may be apart (Kerberos' own limit)
_SPRAYED_S = 300.0
_FOR_EVER_S = 24 * 3600.0
_TOO_MANY = (
    "Too many wrong passwords were tried. Your password was not changed. Reset it "
    "instead, or try later."
)
_TRIED_OUT = (
    "Too many wrong passwords were tried. Try later, or prove your identity in another "
    "way. Your account is not locked by this."
)
_LET_READ = Text(
    "Let the service account read badPwdCount, and the password settings objects: "
    "writeback permissions grant."
)


@dataclass(frozen=True)
class Trial:
    """An old password that is tried, by the number of its attempt; None: none counts.

    None counts where the policy locks nobody.
    """

    number: int | None

    def end(self, tools: Tools, *, wrong: bool) -> None:
        """Note what became of it: a wrong one counts, one without an answer too."""
        if self.number is not None:
            tools.ledger.end_attempt(self.number, counts=wrong)


def begin(located: Located, tools: Tools, tries: int | None = None) -> Trial:
    """See that a wrong password leaves enough tries; Ended where it may not.

    `tries` is how many wrong ones are let in all, whatever the directory lets; None:
    as many as that. To be asked in the person's turn (`agent.request.turns`).
    """
    policy = _policy(located.subject)
    account, now = located.subject.account, located.subject.read_at
    if account is not None and account.locked(now, policy):
        raise Ended(Answer(Code.ACCOUNT_LOCKED))
    if not policy.lockout_threshold and tries is None:
        return Trial(None)
    user = str(located.subject.guid)
    window = policy.lockout_window
    seconds = _FOR_EVER_S if window is None else (window + _CLOCKS).total_seconds()
    try:
        _check_people(tools)
        own, under_way = tools.ledger.attempts_for(
            AttemptKind.OLD_PASSWORD, user, seconds
        )
        if tries is not None and own >= tries:
            raise Ended(_too_many_tries(tries, now + timedelta(seconds=seconds)))
        if policy.lockout_threshold:
            seen = _seen(located, tools, policy, now)
            if max(seen + under_way, own) + 1 + LEFT > policy.lockout_threshold:
                raise Ended(_too_many(policy, max(seen, own), now))
        return Trial(tools.ledger.attempt(AttemptKind.OLD_PASSWORD, user))
    except LedgerFailed as error:
        raise Refused(Code.CANNOT_RECORD, f"the ledger: {error}") from error


def _check_people(tools: Tools) -> None:
    """See that not one password is tried on many: few wrong ones each lock nobody.

    Resets go on: of those no password is tried.
    """
    most = tools.settings.limits.people_per_five_minutes
    if tools.ledger.people_of(AttemptKind.OLD_PASSWORD, _SPRAYED_S) >= most:
        detail = f"wrong passwords of {most} people in five minutes"
        raise Ended(Answer(Code.TOO_MANY, detail, message=_TRIED_OUT))


def wrong_within(counted: WrongPasswords, policy: PasswordPolicy, now: datetime) -> int:
    """Give how many wrong passwords still count, at a time in UTC."""
    window, last = policy.lockout_window, counted.last
    if window is None or last is None:
        return counted.count
    return 0 if last + window + _CLOCKS <= now else counted.count


def _seen(located: Located, tools: Tools, policy: PasswordPolicy, now: datetime) -> int:
    """Give how many wrong passwords count by now, where most of them are known."""
    return max(wrong_within(each, policy, now) for each in _counted(located, tools))


def _policy(subject: Subject) -> PasswordPolicy:
    if subject.policy is None:
        why = subject.unreadable or Text("the password policy is hidden")
        raise Ended(Answer(Code.PERMISSION_DENIED, why, _LET_READ))
    return subject.policy


def _counted(located: Located, tools: Tools) -> list[WrongPasswords]:
    """Read the counts of the controller that is written to, and of the PDC emulator."""
    directory, pdc = located.warm.directory, ""
    counts = [_read(directory, located)]
    hosts = {each.host for each in tools.settings.directory.controllers}
    pdc = tools.domain.pdc_emulator(directory)
    if pdc in hosts - {directory.host}:
        with tools.pool.at(pdc) as warm:
            counts.append(_read(warm.directory, located))
    return counts


def _read(directory: Connection, located: Located) -> WrongPasswords:
    counted = users.read_wrong_passwords(directory, located.user.dn)
    if counted is not None:
        return counted
    may_read = held(located.subject, Right.READ_BAD_PWD_COUNT)
    if isinstance(may_read, Unreadable) or not may_read.allowed:
        hidden = Text("badPwdCount is not set, or hidden from the service account")
        raise Ended(Answer(Code.PERMISSION_DENIED, hidden, _LET_READ))
    return WrongPasswords(0, None)  # nobody ever tried one there


def _too_many_tries(tries: int, until: datetime) -> Answer:
    detail = f"over {tries} wrong passwords (self_service.sign_in.tries)"
    return Answer(Code.TOO_MANY, detail, message=_TRIED_OUT, earliest=iso(until))


def _too_many(policy: PasswordPolicy, wrong: int, now: datetime) -> Answer:
    window = policy.lockout_window
    detail = Text(
        "{policy} locks after {threshold} wrong passwords, {wrong} were tried, and "
        "{left} stay with the person",
        policy=policy.source,
        threshold=policy.lockout_threshold,
        wrong=wrong,
        left=LEFT,
    )
    waits = None if window is None or not wrong else now + window + _CLOCKS
    return Answer(
        Code.TOO_MANY,
        detail,
        Text("Have the person reset the password; a reset tries no old one."),
        message=_TOO_MANY,
        earliest=iso(waits),
    )
