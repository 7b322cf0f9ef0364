"""What verification methods are worth together: portal and agent count alike. Pure.

Different kinds and different registrations count. A passkey that verified its user
counts as two where the settings say so; security questions never count alone, nor
beside what is read with the password that was lost (NIST SP 800-63B-4 section 3.1.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wire.self_service.proof_kind import ProofKind

# a mailbox is read by who knows a password, and answers are found out
_KNOWN_BY_OTHERS = frozenset({ProofKind.QUESTIONS, ProofKind.EMAIL})


@dataclass(frozen=True)
class UsedMethod:
    """One verification method that was used; `id` is that of the wire."""

    kind: ProofKind
    id: str
    user_verified: bool = False


def worth(methods: Iterable[UsedMethod], *, passkey_alone: bool) -> int:
    """Count what methods are worth together."""
    counted: dict[ProofKind, str] = {}
    total = 0
    for each in sorted(methods, key=lambda each: not each.user_verified):
        if each.kind in counted or each.id in counted.values():
            continue
        counted[each.kind] = each.id
        is_two = passkey_alone and each.kind is ProofKind.PASSKEY and each.user_verified
        total += 2 if is_two else 1
    return total - 1 if only_known_by_others(counted) else total


def only_known_by_others(kinds: Iterable[ProofKind]) -> bool:
    """Whether questions are among kinds, and nothing beside them that one has."""
    among = frozenset(kinds)
    return ProofKind.QUESTIONS in among and among <= _KNOWN_BY_OTHERS
