"""One request, stage by stage: each the only maker of the next type.

opened -> authentic -> fresh -> admitted -> located -> judged -> written -> verified
-> answered. The first two types are in `wire.messages`. A stage that ends a request
raises `Refused` or `Ended`; so a stage that is skipped does not type-check. Those
that write are in `agent.request.password_write`.
"""

import time
from dataclasses import dataclass, replace

from agent.acl.descriptor_reader import Unreadable, read
from agent.active_directory import users
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.identifiers import UserFilter, user_filter
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import User
from agent.config.settings import Settings
from agent.ldap.pool import Pool, PooledConnection
from agent.request import proofs, refusals
from agent.request.answer import Answer, Ended, iso
from agent.request.breaker import Breaker
from agent.request.ledger import Ledger
from agent.request.rate_limit import RateLimit
from agent.verdict import judge as verdict
from agent.verdict.password_policy import as_policy_dict
from agent.verdict.subject import Subject
from agent.verdict.verdict import OperationVerdict, State
from wire.messages import CLOCK_LEEWAY_S, MAX_LIFETIME_S, Request
from wire.operation import Operation
from wire.outcomes import Code, Refused

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
class Tools:
    """What the stages work with.

    `reads` is the budget of checks, `rate` that of everything else: checks never keep
    a reset from being done.
    """

    settings: Settings
    pool: Pool
    domain: DomainCache
    ledger: Ledger
    rate: RateLimit
    reads: RateLimit
    breaker: Breaker


@dataclass(frozen=True)
class Fresh:
    """A request within its time."""

    request: Request


@dataclass(frozen=True)
class Admitted:
    """A request that the settings let in, and whom it means."""

    request: Request
    whom: UserFilter


@dataclass(frozen=True)
class Located:
    """The one user, on a controller where a write can follow."""

    request: Request
    warm: PooledConnection
    user: User
    subject: Subject


@dataclass(frozen=True)
class Judged:
    """Nothing that can be known stands in the way."""

    located: Located


@dataclass(frozen=True)
class Written:
    """The controller said that the password is set; `noted`: the ledger knows."""

    located: Located
    noted: bool = True


@dataclass(frozen=True)
class Verified:
    """The controller shows the write; `note` is what could not be seen."""

    located: Located
    note: str = ""
    noted: bool = True


def freshen(request: Request, now: float) -> Fresh:
    """Check the time; Refused (expired_request) with both clocks' difference."""
    most = MAX_LIFETIME_S + CLOCK_LEEWAY_S
    left, ahead = request.expires_at - now, request.issued_at - now
    if left > most:
        detail = f"exp is {left:.0f} s ahead; at most {MAX_LIFETIME_S}"
    elif left < -CLOCK_LEEWAY_S:
        detail = f"exp passed {-left:.0f} s ago"
    elif ahead > CLOCK_LEEWAY_S:
        detail = f"iat is {ahead:.0f} s ahead of this clock"
    else:
        return Fresh(request)
    raise Refused(Code.EXPIRED_REQUEST, detail)


def admit(fresh: Fresh, tools: Tools) -> Admitted:
    """Check what the settings let in."""
    request, settings = fresh.request, tools.settings
    if not settings.features.password_writeback:
        raise Refused(Code.PAUSED)
    _count(request, tools)
    testing = request.portal.is_self_test
    _check_operation(request, tools, testing=testing)
    # a test is asked for by the administrator of this machine, not by a person
    # who has to prove anything to a portal
    if not testing:
        proofs.check_proofs(request.methods, settings.limits, time.time())
    return Admitted(request, _whom(request))


def _count(request: Request, tools: Tools) -> None:
    limits = tools.settings.limits
    if request.op is Operation.CHECK:
        if not tools.reads.allow():
            detail = f"over {limits.checks_per_minute} checks in a minute"
            raise Refused(Code.TOO_MANY, detail)
    elif not tools.rate.allow():
        raise Refused(Code.TOO_MANY, f"over {limits.per_minute} in a minute")


def _whom(request: Request) -> UserFilter:
    try:
        return user_filter(request.user.by, request.user.value)
    except Refused as refused:
        raise Refused(refused.code, f"user: {refused.detail}") from None


def _check_operation(request: Request, tools: Tools, *, testing: bool) -> None:
    features = tools.settings.features
    if request.op not in features.operations | {Operation.CHECK}:
        raise Refused(Code.OPERATION_OFF, f"{request.op} is off in the settings")
    if testing and request.op not in (Operation.RESET, Operation.CHECK):
        raise Refused(Code.OPERATION_OFF, f"{request.op} is not for self-tests")


def locate(admitted: Admitted, warm: PooledConnection, domain: DomainCache) -> Located:
    """Find the user and what is to be known of them, on one controller."""
    request, directory = admitted.request, warm.directory
    # a change may be forbidden by an entry; a check explains everything
    detail = request.op in (Operation.CHANGE, Operation.CHECK)
    user = users.find(directory, domain.base_dn, admitted.whom, detail=detail)
    subject = SubjectReader(domain).read(warm, user, detail=detail)
    return Located(request, warm, user, subject)


def judge(located: Located, tools: Tools) -> Judged:
    """Refuse what must not be tried, or what can't work.

    A missing right is not among it: what was read may be less than what holds, so
    the directory is asked, and the verdict only names the cause.
    """
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
    most = tools.settings.limits.per_user_per_hour
    if tools.ledger.writes_for(str(subject.guid), _HOUR_S) >= most:
        return Answer(Code.TOO_MANY, f"over {most} writes for this user in an hour")
    return None


def check(located: Located, tools: Tools) -> Answer:
    """Answer what a reset would come to; everything but the write."""
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
