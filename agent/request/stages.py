"""One request, stage by stage: each the only maker of the next type.

opened -> authentic -> fresh -> admitted -> located -> entitled -> judged -> written ->
verified -> answered. The first two types are in `wire.messages`. A stage that ends a
request raises `Refused` or `Ended`; so a stage that is skipped does not type-check.
Entitled is in `agent.request.entitlement`, what follows in `agent.request.judgment`,
and those that write in `agent.request.password_write`.
"""

import time
from dataclasses import dataclass

from agent.active_directory import users
from agent.active_directory.domain_cache import DomainCache
from agent.active_directory.identifiers import UserFilter, user_filter
from agent.active_directory.subject_reader import SubjectReader
from agent.active_directory.users import User
from agent.config.settings import Settings
from agent.ldap.pool import Pool, PooledConnection
from agent.request import proofs
from agent.request.breaker import Breaker
from agent.request.ledger import Ledger
from agent.request.rate_limit import RateLimit
from agent.self_service.vouching import Vouching
from agent.verdict.subject import Subject
from wire.messages import CLOCK_LEEWAY_S, MAX_LIFETIME_S, Request
from wire.operation import Operation
from wire.outcomes import Code, Refused

# these write nothing; what they may be asked of is `agent.request.entitlement`'s
_ASKING = frozenset(
    {
        *(Operation.CHECK, Operation.LOOKUP, Operation.AUTHENTICATE),
        *(Operation.REGISTER, Operation.ROSTER),
    }
)


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
    vouching: Vouching


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
    """Check what the settings let in, and who is meant."""
    let_in(fresh, tools)
    return Admitted(fresh.request, _whom(fresh.request))


def let_in(fresh: Fresh, tools: Tools) -> None:
    """Check what the settings let in, whoever is meant; Refused where they don't."""
    request, settings = fresh.request, tools.settings
    if not settings.features.password_writeback:
        raise Refused(Code.PAUSED)
    _count(request, tools)
    testing = request.portal.is_self_test
    _check_operation(request, tools, testing=testing)
    # a test is asked for by the administrator of this machine, not by a person
    # who has to prove anything to a portal
    # and in self-service what is asked depends on the person, who is found first
    if not testing and not settings.self_service.on:
        proofs.check_proofs(request.methods, settings.limits, time.time())


def _count(request: Request, tools: Tools) -> None:
    limits = tools.settings.limits
    if request.op in _ASKING - {Operation.AUTHENTICATE}:
        if not tools.reads.allow():
            detail = f"over {limits.checks_per_minute} checks in a minute"
            raise Refused(Code.TOO_MANY, detail)
    elif not tools.rate.allow():
        raise Refused(Code.TOO_MANY, f"over {limits.per_minute} in a minute")


def _whom(request: Request) -> UserFilter:
    assert request.user is not None  # the claims of each operation but roster have one
    try:
        return user_filter(request.user.by, request.user.value)
    except Refused as refused:
        raise Refused(refused.code, f"user: {refused.detail}") from None


def _check_operation(request: Request, tools: Tools, *, testing: bool) -> None:
    features = tools.settings.features
    if request.op not in features.operations | _ASKING:
        raise Refused(Code.OPERATION_OFF, f"{request.op} is off in the settings")
    if testing and request.op not in (Operation.RESET, Operation.CHECK):
        raise Refused(Code.OPERATION_OFF, f"{request.op} is not for self-tests")


def locate(admitted: Admitted, warm: PooledConnection, domain: DomainCache) -> Located:
    """Find the user and what is to be known of them, on one controller."""
    request, directory = admitted.request, warm.directory
    # a change may be forbidden by an entry; a check explains everything
    detail = request.op in {Operation.CHANGE} | _ASKING
    user = users.find(directory, domain.base_dn, admitted.whom, detail=detail)
    subject = SubjectReader(domain).read(warm, user, detail=detail)
    return Located(request, warm, user, subject)
