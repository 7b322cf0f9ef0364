"""Whether the proofs that a portal took of a person are enough for self-service. Pure.

The portal is authentic, and its word for a proof is taken; how many, which, and how
old is decided here, at each request anew, whatever the portal believes is enough.
"""

from collections.abc import Iterable

from agent.config.self_service import Registration
from agent.self_service.eligibility import Eligibility
from wire.messages import CLOCK_LEEWAY_S
from wire.outcomes import Code, Refused
from wire.proof_kind import ProofKind
from wire.request_claims import Proof

# questions count beside what the person has: a mailbox is read by who knows a password
_KNOWN_BY_OTHERS = frozenset({ProofKind.QUESTIONS, ProofKind.EMAIL})
JOURNEY_S = 900  # one visit of a person: a proof of an earlier one does not count
_DAY_S, _HOUR_S = 86_400, 3600


def check_self_service_proofs(
    proofs: Iterable[Proof],
    may: Eligibility,
    registration: Registration,
    now: float,
    *,
    passkey_alone: bool,
) -> None:
    """See that proofs are enough: of different kinds, and of different registrations.

    `now` is in Unix seconds. Refused as bad_request where one is not in the form,
    proof_not_allowed, proof_too_old, proof_too_new where that is why too few are left,
    else not_enough_proofs. A passkey that verified its user counts as two where the
    settings say so.
    """
    refused: list[tuple[Code, str]] = []
    counted: dict[ProofKind, str] = {}
    worth = 0
    for proof in sorted(proofs, key=lambda each: not each.uv):  # the best of its kind
        kind, own_id = _named(proof)
        if why := _why_not(proof, kind, may, registration, now):
            refused.append(why)
        elif kind not in counted and own_id not in counted.values():
            counted[kind] = own_id
            worth += 2 if _is_two(proof, kind, passkey_alone=passkey_alone) else 1
    if ProofKind.QUESTIONS in counted and counted.keys() <= _KNOWN_BY_OTHERS:
        refused.append((Code.PROOF_NOT_ALLOWED, "questions count beside others alone"))
        worth -= 1
    if worth >= may.proofs:
        return
    detail = f"{worth} of {may.proofs} verification methods"
    code = refused[0][0] if refused else Code.NOT_ENOUGH_PROOFS
    raise Refused(code, "; ".join([detail, *(words for _, words in refused)]))


def _named(proof: Proof) -> tuple[ProofKind, str]:
    """Give what self-service needs of a proof; Refused where the portal left it out."""
    if proof.kind is None or proof.id is None or proof.registered is None:
        rule = "methods: kind, id and registered are needed for self-service"
        raise Refused(Code.BAD_REQUEST, rule)
    return proof.kind, proof.id


def _is_two(proof: Proof, kind: ProofKind, *, passkey_alone: bool) -> bool:
    return passkey_alone and kind is ProofKind.PASSKEY and proof.uv


def _why_not(
    proof: Proof,
    kind: ProofKind,
    may: Eligibility,
    registration: Registration,
    now: float,
) -> tuple[Code, str] | None:
    """Say why one proof does not count; None where it does."""
    registered = proof.registered or 0
    for name, moment in (
        ("at", proof.at),
        ("registered", registered),
        ("confirmed", proof.confirmed or 0),
    ):
        if moment > now + CLOCK_LEEWAY_S:
            raise Refused(
                Code.BAD_REQUEST, f"methods: {name} of {kind} is in the future"
            )
    if kind not in may.kinds:
        return Code.PROOF_NOT_ALLOWED, f"{kind} does not count for this person"
    if now - proof.at > JOURNEY_S:
        return Code.PROOF_TOO_OLD, f"{kind} is older than {JOURNEY_S} s"
    days, hours = registration.confirm_days, registration.wait_hours
    if days and now - max(proof.confirmed or 0, registered) > days * _DAY_S:
        return Code.PROOF_TOO_OLD, f"{kind} was not confirmed for {days} days"
    if now - registered < hours * _HOUR_S:
        return Code.PROOF_TOO_NEW, f"{kind} was registered less than {hours} h ago"
    return None
