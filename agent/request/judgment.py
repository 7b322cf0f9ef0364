"""Judged: whether what is asked can work, and must not be tried where it can't."""

from dataclasses import dataclass, replace

from agent.acl.descriptor_reader import Unreadable, read
from agent.request import refusals
from agent.request.answer import Answer, Ended, iso
from agent.request.entitlement import Entitled
from agent.request.stages import Located, Tools
from agent.self_service.banned_words import NEEDED, Banned, Rule, banned
from agent.verdict import judge as verdict
from agent.verdict.password_policy import as_policy_dict
from agent.verdict.verdict import OperationVerdict, State
from wire.operation import Operation
from wire.outcomes import Code

_HOUR_S = 3600.0
_FINAL = frozenset(
    {
        Code.NOT_IN_SCOPE,
        Code.EXCLUDED_ACCOUNT,
        Code.PROTECTED_ACCOUNT,
        Code.ACCOUNT_DISABLED,
        Code.ACCOUNT_EXPIRED,
        Code.CANNOT_CHANGE,
    }
)
_WOULD_WORK = "Your password can be reset. Nothing was changed."


@dataclass(frozen=True)
class Judged:
    """Nothing that can be known stands in the way."""

    located: Located


def judge(entitled: Entitled, tools: Tools) -> Judged:
    """Refuse what must not be tried, or what can't work.

    A missing right is not among it: what was read may be less than what holds, so
    the directory is asked, and the verdict only names the cause.
    """
    located = entitled.located
    operation, user = located.request.op, str(located.subject.guid)
    if refusal := _refusal(located, operation, tools):
        raise Ended(refusal)
    tools.breaker.check()
    if operation in (Operation.RESET, Operation.UNLOCK):
        tools.breaker.count(user)  # of a change the old password is the proof
    return Judged(located)


def _refusal(located: Located, operation: Operation, tools: Tools) -> Answer | None:
    """Say why an operation is not tried; None where it is."""
    subject = located.subject
    answer = verdict.judge_operation(subject, operation)
    if answer.state is State.NO and answer.code in _FINAL:
        return Answer(answer.code, answer.shown_by, answer.remedy, earliest=None)
    if subject.account is None:
        # unreadable is not the same as harmless
        return Answer(Code.PERMISSION_DENIED, subject.unreadable, answer.remedy)
    unseen = isinstance(read(subject.descriptor), Unreadable)
    if subject.account.admin_count and unseen:
        hidden = "adminCount is 1 and the permissions are hidden or not understood"
        return Answer(Code.PROTECTED_ACCOUNT, hidden)
    if hidden := verdict.unseen(subject):
        # who may be protected or expired is not written to
        return Answer(Code.PERMISSION_DENIED, hidden, verdict.LET_READ)
    if why := _lasts(located, operation):
        return Answer(Code.OPERATION_OFF, why)
    if why := _banned(located, tools):
        return Answer(Code.BANNED_PASSWORD, why)
    most = tools.settings.limits.per_user_per_hour
    if tools.ledger.writes_for(str(subject.guid), _HOUR_S) >= most:
        return Answer(Code.TOO_MANY, f"over {most} writes for this user in an hour")
    return None


def _lasts(located: Located, operation: Operation) -> str:
    """Say why a password that the help desk knows would last; or nothing."""
    origin = located.request.origin
    if operation is not Operation.RESET or origin is None or origin.by != "help_desk":
        return ""
    answer = verdict.judge_operation(located.subject, Operation.MUST_CHANGE)
    if answer.state is not State.NO:
        return ""
    return f"must_change would not hold: {answer.shown_by}"


def _banned(located: Located, tools: Tools) -> str:
    """Say which rule of the organization's words a new password breaks; or nothing."""
    password, account = located.request.new_password, located.subject.account
    if password is None or account is None:
        return ""
    words = tools.settings.self_service.banned_words
    names = (account.sam, account.display_name)
    match banned(password.reveal(), words, names):
        case None:
            return ""
        case Banned(rule=Rule.NAME):
            return "a name of the person is in it"
        case Banned(points=points):
            return f"it has {points} points of {NEEDED} (self_service.banned_words)"


def check(entitled: Entitled, tools: Tools) -> Answer:
    """Answer what a reset would come to; everything but the write."""
    located = entitled.located
    subject, operations = located.subject, tools.settings.features.operations
    judged = verdict.judge(subject, operations)
    tools.breaker.check()
    refusal = _refusal(located, Operation.RESET, tools)
    answer = refusal or _foretold(judged.reset, located)
    return replace(
        answer,
        message=_WOULD_WORK if answer.code is Code.OK else "",
        policy=as_policy_dict(subject.policy),
        verdict=judged.as_dict(),
    )


def _foretold(reset: OperationVerdict, located: Located) -> Answer:
    """Answer what comes of a reset that is tried."""
    subject = located.subject
    blocking = (
        f for f in refusals.password_findings(subject, located.request) if f.blocks
    )
    finding = next(blocking, None)
    if reset.state is State.YES and finding is not None:
        return refusals.from_finding(finding, subject)
    return Answer(reset.code, reset.shown_by, reset.remedy, earliest=iso(reset.until))
