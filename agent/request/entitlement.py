"""Entitled: whether who is found may have done what is asked, and proved enough.

The stage between located and judged. Where the settings let people help themselves,
every request of a portal is one of self-service or of its help desk, whether it says
so or not: a portal that leaves a claim out gains nothing.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from agent.active_directory import users
from agent.active_directory.identifiers import user_filter
from agent.active_directory.subject_reader import SubjectReader
from agent.request.sign_in import check_signed_in
from agent.request.stages import Located, Tools
from agent.self_service.eligibility import Eligibility, WhyNot, eligibility
from agent.self_service.proof_count import JOURNEY_S, check_self_service_proofs
from agent.verdict.subject import Subject
from wire.messages import Origin, Portal
from wire.operation import Operation
from wire.outcomes import Code, Refused
from wire.request_claims import Proof

_READS = frozenset({Operation.CHECK, Operation.LOOKUP, Operation.AUTHENTICATE})
# who has a role needs them to sign in, also where self-service is not for them
_OF_SIGN_IN = frozenset({Operation.AUTHENTICATE, Operation.REGISTER})
# a change is proven by its old password, and of the others nothing is written
_PROVEN = frozenset({Operation.RESET, Operation.UNLOCK})
HELPER_S = 8 * 3600  # as long a helper's own proofs count: a day's work


@dataclass(frozen=True)
class Entitled:
    """Who is found may have it done; `may` is None where self-service says nothing."""

    located: Located
    may: Eligibility | None = None


def entitle(located: Located, tools: Tools) -> Entitled:
    """See that the settings let it be done; Refused with the code that says why not.

    The administrator's own test of this machine is none of self-service, and where that
    is off, what a portal sends is judged by `limits` (`agent.request.proofs`).
    """
    request, settings = located.request, tools.settings.self_service
    if request.portal.is_self_test:
        return Entitled(located)
    if not settings.on:
        of_self_service = _READS - {Operation.CHECK} | {Operation.REGISTER}
        if request.origin is not None or request.op in of_self_service:
            raise Refused(Code.NOT_ELIGIBLE, f"{WhyNot.OFF}: self_service.who is none")
        return Entitled(located)
    may = eligibility(settings, located.subject.membership)
    if request.origin is not None and request.origin.by == "help_desk":
        _check_is_helped(located, may)
        _check_helper(request.origin, located, tools)
    elif request.op is not Operation.LOOKUP:  # that one says so itself
        _check_person(located, may, tools)
    return Entitled(located, may)


def _check_person(located: Located, may: Eligibility, tools: Tools) -> None:
    request = located.request
    signs_in = request.op in _OF_SIGN_IN
    if not may.eligible and not (signs_in and located.subject.membership.rank):
        raise Refused(Code.NOT_ELIGIBLE, str(may.reason))
    if request.op not in may.operations | _READS | _OF_SIGN_IN:
        detail = f"self_service.operations.{request.op} is off"
        raise Refused(Code.OPERATION_OFF, detail)
    if request.op in _PROVEN:
        check_proofs(request.methods, located.subject, may, request.portal, tools)
    elif request.op is Operation.REGISTER:
        if request.sign_in is None and request.methods:
            # who may reset by what is registered may register more
            check_proofs(request.methods, located.subject, may, request.portal, tools)
        else:
            check_signed_in(located, may, tools)


def check_proofs(
    proofs: Iterable[Proof],
    subject: Subject,
    may: Eligibility,
    portal: Portal,
    tools: Tools,
    *,
    oldest_s: int = JOURNEY_S,
) -> None:
    """See that proofs are enough, and those of this very person, by their receipts."""
    settings, now = tools.settings.self_service, time.time()
    who = portal.issuer, subject.guid
    check_self_service_proofs(
        proofs,
        may,
        settings.registration,
        now,
        passkey_alone=settings.passkey_alone,
        vouch=lambda proof: tools.vouching.vouch(proof, who, now),
        oldest_s=oldest_s,
    )


def _check_is_helped(located: Located, may: Eligibility) -> None:
    """See that the help desk may do it for this person.

    Whom the settings leave out it does nothing for either, and to register is for who
    may use it. Nobody is kept from being unlocked by being in no group yet.
    """
    operation, rank = located.request.op, located.subject.membership.rank
    if operation in _READS or may.why_not is None:
        return
    registers = operation is Operation.REGISTER
    if may.why_not is WhyNot.NO_MEMBER and (rank or not registers):
        return
    raise Refused(Code.NOT_ELIGIBLE, str(may.reason))


def _check_helper(origin: Origin, located: Located, tools: Tools) -> None:
    """See that the help desk may do it, by the role that the directory says.

    Nobody helps themselves, or anybody with a role as high as their own: who talks one
    helper into it gains no other's account.
    """
    request, operations = located.request, tools.settings.self_service.operations
    let = {
        *_READS,
        Operation.REGISTER,  # with a code that the helper gave
        *({Operation.UNLOCK} if operations.help_desk_unlock else ()),
        *({Operation.RESET} if operations.help_desk_reset else ()),
    }
    if request.op not in let - {Operation.AUTHENTICATE}:
        raise Refused(Code.OPERATION_OFF, f"the help desk may not {request.op}")
    if request.op is Operation.RESET:
        _check_does_not_last(located, tools)
    helper = _helper(origin, located, tools)
    rank = helper.membership.rank
    if not (helper.membership.help_desk or helper.membership.administrator):
        raise Refused(Code.NOT_ELIGIBLE, "actor has no role of the help desk")
    if helper.guid == located.subject.guid:
        raise Refused(Code.NOT_ELIGIBLE, "actor is the person")
    person = located.subject.membership
    if person.unknown_role:
        detail = (
            f"{person.unknown_role} is not found, so the person's role is not known"
        )
        raise Refused(Code.NOT_ELIGIBLE, detail)
    if person.rank >= rank:
        raise Refused(Code.NOT_ELIGIBLE, "the person has a role as high as actor's")
    if request.op not in _READS:
        _check_helper_s_proofs(origin, helper, request.portal, tools)


def helper_is_proven(located: Located, tools: Tools) -> bool:
    """Say whether somebody helps who proved who they are.

    Whether they may help was seen before; of what reads alone this is not asked.
    """
    origin = located.request.origin
    if origin is None or origin.by != "help_desk":
        return False
    try:
        helper = _helper(origin, located, tools)
        _check_helper_s_proofs(origin, helper, located.request.portal, tools)
    except Refused:
        return False
    return True


def _check_does_not_last(located: Located, tools: Tools) -> None:
    """See that a password that a helper knows is to be changed at the next sign-in.

    Whether that would hold for the person is judged (`agent.request.judgment`).
    """
    if not located.request.must_change:
        rule = "must_change: needed where the help desk sets a password"
        raise Refused(Code.BAD_REQUEST, rule)
    if not tools.settings.features.must_change:
        raise Refused(Code.OPERATION_OFF, "features.must_change is off")


def _check_helper_s_proofs(
    origin: Origin, helper: Subject, portal: Portal, tools: Tools
) -> None:
    """See that the helper proved who they are, or any portal could name anybody."""
    asked = eligibility(tools.settings.self_service, helper.membership)
    try:
        check_proofs(
            origin.actor_methods, helper, asked, portal, tools, oldest_s=HELPER_S
        )
    except Refused as refused:
        raise Refused(refused.code, f"actor_methods: {refused.detail}") from None


def _helper(origin: Origin, located: Located, tools: Tools) -> Subject:
    """Read who helps, as the person is read; one who can't sign in helps nobody."""
    if origin.actor is None:
        raise Refused(Code.BAD_REQUEST, "actor: needed where origin is help_desk")
    warm, domain = located.warm, tools.domain
    try:
        whom = user_filter("objectGUID", str(origin.actor))
        user = users.find(warm.directory, domain.base_dn, whom)
    except Refused as refused:
        raise Refused(Code.NOT_ELIGIBLE, f"actor: {refused.code}") from None
    helper = SubjectReader(domain).read(warm, user, detail=False)
    account, now = helper.account, helper.read_at
    if account is None or account.disabled or account.expired(now):
        raise Refused(Code.NOT_ELIGIBLE, "actor: the account can't sign in")
    return helper
