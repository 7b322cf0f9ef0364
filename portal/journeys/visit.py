"""A visit: who it is about, what is asked, what was proven. Pure.

No flag says that a step was done: what was proven are rows of taken methods, and
whether they are enough is counted anew, by the agent's own rule
(`wire.self_service.proof_worth`).
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.journeys.policy import SelfServicePolicy
from wire.operation import Operation
from wire.self_service.proof_kind import ProofKind
from wire.self_service.proof_worth import UsedMethod, only_known_by_others, worth

LIFETIME_S = 900.0


class VisitPurpose(StrEnum):
    """What somebody came for."""

    FORGOTTEN = "forgotten"
    UNLOCK = "unlock"
    # of who is signed in: what they prove again before they change their methods
    ACCOUNT = "account"
    # of who works here: signing in, and the session after it
    STAFF = "staff"
    # of somebody whom the help desk helps, as they prove it by telephone
    HELP_DESK = "help_desk"


@dataclass(frozen=True)
class Visit:
    """One visit of one browser; `guid` and `asked` are None of who can't use it.

    `reference` joins its requests in the agents' audit; `looked_up` is None until the
    agent answered; `browser` is the one that it began in. Times are in Unix seconds.
    """

    id: str
    reference: str
    purpose: VisitPurpose
    name_digest: str
    domain: str
    agent: str | None
    guid: str | None
    asked: SelfServicePolicy | None
    locked: bool
    looked_up: float | None
    known_browser: bool
    address: str
    started: float
    ends: float
    closed: float | None
    browser: str | None = None

    def is_open(self, now: float) -> bool:
        """Whether steps may still be taken."""
        return self.closed is None and now < self.ends


@dataclass(frozen=True)
class TakenMethod:
    """A verification method that was used in a visit, right."""

    proof: str
    kind: ProofKind
    digest: str
    registered: int
    confirmed: int | None
    user_verified: bool
    at: int
    receipt: str | None = None

    @property
    def used(self) -> UsedMethod:
        """What it is counted as."""
        return UsedMethod(self.kind, self.digest, self.user_verified)


@dataclass(frozen=True)
class SeenVisit:
    """A visit with what was proven in it, as both were read at once."""

    visit: Visit
    taken: tuple[TakenMethod, ...]

    def standing(self, now: float) -> "Entitled | Missing":
        """Say whether what was proven by then is enough, at `now`."""
        return entitled(self.visit, self.taken, now)


@dataclass(frozen=True)
class Missing:
    """What was proven is not enough: so much of so much."""

    worth: int
    needed: int


@dataclass(frozen=True)
class Entitled:
    """A person who proved enough in an open visit; made by `entitled` alone."""

    guid: str
    domain: str
    agent: str
    reference: str
    address: str
    methods: tuple[TakenMethod, ...]
    operations: frozenset[Operation]
    locked: bool


def entitled(
    visit: Visit, taken: tuple[TakenMethod, ...], now: float
) -> Entitled | Missing:
    """Say whether what was proven is enough, at `now`."""
    asked = visit.asked
    if asked is None or visit.guid is None or visit.agent is None:
        return Missing(0, 1)
    counting = tuple(each for each in taken if counts(each, visit, now))
    used = (each.used for each in counting)
    value = worth(used, passkey_alone=asked.passkey_alone)
    if value < asked.proofs or not visit.is_open(now):
        return Missing(value, asked.proofs)
    return Entitled(
        guid=visit.guid,
        domain=visit.domain,
        agent=visit.agent,
        reference=visit.reference,
        address=visit.address,
        methods=counting,
        operations=asked.operations & {Operation.RESET, Operation.UNLOCK},
        locked=visit.locked,
    )


def counts(method: TakenMethod, visit: Visit, now: float) -> bool:
    """Whether a method counts: of a kind that is asked for, used in this visit."""
    asked = visit.asked
    in_time = visit.started <= method.at + 1 and now - method.at <= LIFETIME_S
    return asked is not None and method.kind in asked.kinds and in_time


def next_kinds(visit: Visit, taken: tuple[TakenMethod, ...]) -> tuple[ProofKind, ...]:
    """Give the kinds that can still be used: never one that was.

    Questions come after something that one has: before, they would count nothing.
    """
    used = {each.kind for each in taken}
    if only_known_by_others({*used, ProofKind.QUESTIONS}):
        used.add(ProofKind.QUESTIONS)
    kinds = () if visit.asked is None else visit.asked.kinds
    return tuple(kind for kind in kinds if kind not in used)
