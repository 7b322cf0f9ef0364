"""What the settings let a person do for themselves, and how much they must prove. Pure.

Whether it would work is another question: that is the verdict's (`agent.verdict`).
"""

from dataclasses import dataclass
from enum import StrEnum

from agent.config.self_service import AllowedFrom, SelfService
from agent.verdict.membership import Membership
from wire.operation import Operation
from wire.self_service.proof_kind import ProofKind
from wire.text import EMPTY, Text


class WhyNot(StrEnum):
    """Why a person may not; the values are those of `why` on the wire."""

    OFF = "off"
    EXCEPTION = "exception"
    NO_MEMBER = "no_member"
    UNKNOWN_ENTRY = "unknown_entry"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What a person may do, and must prove before; `why_not` is None where they may.

    `entry` is the one of the settings that decides; `kinds` count for this person, and
    `proofs` of them are asked for; `operations` are theirs, without the help desk.
    `allowed_from` is where their first method may be registered: of two-proof people a
    stolen password alone registers none, they need a code, as somebody made sure of
    them then.
    """

    why_not: WhyNot | None
    entry: str
    two_proof: bool
    proofs: int
    kinds: tuple[ProofKind, ...]
    operations: frozenset[Operation]
    allowed_from: AllowedFrom

    @property
    def eligible(self) -> bool:
        """Whether the person may use self-service at all."""
        return self.why_not is None

    @property
    def reason(self) -> Text:
        """Say why not, for the administrator; or nothing."""
        entry = self.entry
        match self.why_not:
            case None:
                return EMPTY
            case WhyNot.OFF:
                return Text("self-service is for nobody (self_service.who is none)")
            case WhyNot.NO_MEMBER:
                return Text("in none of the groups of self_service.groups")
            case WhyNot.EXCEPTION:
                return Text(
                    "{entry} is an exception (self_service.exceptions)", entry=entry
                )
            case WhyNot.UNKNOWN_ENTRY:
                return Text(
                    "{entry} is not found, so it is not known whom it means",
                    entry=entry,
                )


def eligibility(settings: SelfService, membership: Membership) -> Eligibility:
    """Judge what the settings let a person do."""
    why_not, entry = _why_not(settings, membership)
    # of whom nobody knows whether they are two-proof people, as much is asked
    two_proof = bool(membership.two_proof or membership.unknown)
    kinds = settings.kinds
    if two_proof:
        kinds = tuple(kind for kind in kinds if not kind.is_weak)
    return Eligibility(
        why_not,
        entry,
        two_proof,
        2 if two_proof else settings.proofs,
        kinds,
        offered(settings) if why_not is None else frozenset(),
        "code" if two_proof else settings.registration.allowed_from,
    )


def _why_not(
    settings: SelfService, membership: Membership
) -> tuple[WhyNot | None, str]:
    if not settings.on:
        return WhyNot.OFF, ""
    if membership.unknown:
        return WhyNot.UNKNOWN_ENTRY, membership.unknown
    if membership.exception:
        return WhyNot.EXCEPTION, membership.exception
    if settings.who == "groups" and not membership.group:
        return WhyNot.NO_MEMBER, ""
    return None, membership.group


def offered(settings: SelfService) -> frozenset[Operation]:
    """Give what people may do for themselves, where `features` have it on as well."""
    wished = settings.operations
    each = {
        Operation.RESET: wished.reset,
        Operation.CHANGE: wished.change,
        Operation.UNLOCK: wished.unlock,
    }
    return frozenset(operation for operation, on in each.items() if on)
