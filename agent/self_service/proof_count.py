"""Whether the proofs that a portal took of a person are enough for self-service. Pure.

The portal is authentic, and its word is taken that a proof was given; how many, which,
and how old is decided here, at each request anew, whatever the portal believes is
enough. That it is the person's own, its receipt says (`agent.self_service.vouching`).
"""

from collections.abc import Callable, Iterable

from agent.config.self_service import Registration
from agent.self_service.eligibility import Eligibility
from wire.messages import CLOCK_LEEWAY_S
from wire.outcomes import Code, Refused
from wire.request_claims import Proof
from wire.self_service.proof_kind import ProofKind
from wire.self_service.proof_worth import UsedMethod, only_known_by_others, worth

JOURNEY_S = 900  # one visit of a person: a proof of an earlier one does not count
_DAY_S, _HOUR_S = 86_400, 3600


def check_self_service_proofs(
    proofs: Iterable[Proof],
    may: Eligibility,
    registration: Registration,
    now: float,
    *,
    passkey_alone: bool,
    vouch: Callable[[Proof], Proof],
    oldest_s: int = JOURNEY_S,
) -> None:
    """See that proofs are enough: of different kinds, and of different registrations.

    `now` is in Unix seconds; `vouch` gives a proof with the ages of its receipt, or
    raises Refused; one used over `oldest_s` ago does not count. Refused as bad_request
    where one is not in the form, proof_not_registered, proof_not_allowed,
    proof_too_old, proof_too_new where that is why too few are left, else
    not_enough_proofs. A passkey that verified its user counts as two where the settings
    say so.
    """
    refused: list[tuple[Code, str]] = []
    good: list[UsedMethod] = []
    for proof in proofs:
        kind, own_id = _named(proof)
        try:
            _check_kind(kind, may)
            _check_ages(vouch(proof), kind, registration, now, oldest_s)
        except Refused as why:
            if why.code is Code.BAD_REQUEST:
                raise
            refused.append((why.code, str(why.detail)))
            continue
        good.append(UsedMethod(kind, own_id, proof.uv))
    value = worth(good, passkey_alone=passkey_alone)
    if only_known_by_others(each.kind for each in good):
        refused.append((Code.PROOF_NOT_ALLOWED, "questions count beside others alone"))
    if value >= may.proofs:
        return
    detail = f"{value} of {may.proofs} verification methods"
    code = refused[0][0] if refused else Code.NOT_ENOUGH_PROOFS
    raise Refused(code, "; ".join([detail, *(words for _, words in refused)]))


def _named(proof: Proof) -> tuple[ProofKind, str]:
    """Give what self-service needs of a proof; Refused where the portal left it out."""
    if proof.kind is None or proof.id is None:
        rule = "methods: kind and id are needed for self-service"
        raise Refused(Code.BAD_REQUEST, rule)
    return proof.kind, proof.id


def _check_kind(kind: ProofKind, may: Eligibility) -> None:
    if kind not in may.kinds:
        rule = f"{kind} does not count for this person"
        raise Refused(Code.PROOF_NOT_ALLOWED, rule)


def _check_ages(
    proof: Proof,
    kind: ProofKind,
    registration: Registration,
    now: float,
    oldest_s: int,
) -> None:
    """See that one proof counts; Refused with why it does not."""
    registered = proof.registered
    if registered is None:
        rule = "methods: registered is needed where there is no receipt"
        raise Refused(Code.BAD_REQUEST, rule)
    confirmed = max(proof.confirmed or 0, registered)
    _check_past(kind, now, at=proof.at, registered=registered, confirmed=confirmed)
    if now - proof.at > oldest_s:
        raise Refused(Code.PROOF_TOO_OLD, f"{kind} is older than {oldest_s} s")
    days, hours = registration.confirm_days, registration.wait_hours
    if days and now - confirmed > days * _DAY_S:
        detail = f"{kind} was not confirmed for {days} days"
        raise Refused(Code.PROOF_TOO_OLD, detail)
    if now - registered < hours * _HOUR_S:
        detail = f"{kind} was registered less than {hours} h ago"
        raise Refused(Code.PROOF_TOO_NEW, detail)


def _check_past(kind: ProofKind, now: float, **moments: int) -> None:
    for name, moment in moments.items():
        if moment > now + CLOCK_LEEWAY_S:
            rule = f"methods: {name} of {kind} is in the future"
            raise Refused(Code.BAD_REQUEST, rule)
