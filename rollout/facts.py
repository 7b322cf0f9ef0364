"""What materials are filled in with: whose they are, and the policy in force. Pure."""

from dataclasses import dataclass

from wire.operation import Operation
from wire.self_service.proof_kind import ProofKind


@dataclass(frozen=True)
class HelpLine:
    """Where people turn who can't go on; what is not set is empty."""

    text: str = ""
    phone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Facts:
    """What a material says.

    Attributes:
        organization: as people call it; empty where it has no name here.
        portal: the address of its start page, https.
        operations: what people may do for themselves; nobody may anything without.
        help_desk: what the help desk may do for them: unlock, reset.
        proofs: verification methods that are asked for, 1 or 2.
        kinds: which ones there are, in the order in which they are offered.
        passkey_alone: a passkey counts as two.
        two_proof: some people always prove two.
        required: people are asked to register at sign-in.
        extra: methods to register beyond those that are asked for.
        confirm_days: days after which they are confirmed; 0: never.
        wait_hours: hours after which a new method counts; 0: at once.
        allowed_from: where the first method may be registered: `anywhere`, `networks`
            of the organization, or with a `code` of the help desk.
        help: whom people call.

    """

    organization: str
    portal: str
    operations: frozenset[Operation]
    help_desk: frozenset[Operation]
    proofs: int
    kinds: tuple[ProofKind, ...]
    passkey_alone: bool
    two_proof: bool
    required: bool
    extra: int
    confirm_days: int
    wait_hours: int
    allowed_from: str
    help: HelpLine = HelpLine()

    @property
    def to_register(self) -> int:
        """How many verification methods a person is asked to register."""
        return min(len(self.kinds), self.proofs + self.extra)
