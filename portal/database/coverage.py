"""Who registered enough, as the database counts: the rule of `proof_worth` in SQL.

A person's methods are read of an index alone, and nothing of them is opened: what they
count for follows from their kinds (a test holds the two rules equal).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    and_,
    case,
    distinct,
    false,
    func,
    or_,
    select,
)

from portal.database.schema import PERSON, PROOF
from wire.self_service.proof_kind import ProofKind

_DAY_S = 86_400


@dataclass(frozen=True)
class Asked:
    """What the agents of one domain ask of everybody."""

    domain: str
    proofs: int
    kinds: tuple[ProofKind, ...]
    passkey_alone: bool
    confirm_days: int


@dataclass(frozen=True)
class Coverage:
    """How many people have rows, registered, have enough today, must confirm, can't."""

    known: int
    registered: int
    capable: int
    due: int
    blocked: int


def coverage(connection: Connection, asked: Sequence[Asked], now: float) -> Coverage:
    """Count people."""
    counted = {
        "known": PERSON.c.guid.is_not(None),
        "registered": PERSON.c.registered.is_not(None),
        "capable": capable(asked),
        "due": due(asked, now),
        "blocked": PERSON.c.blocked.is_not(None),
    }
    columns = [
        func.count(case((condition, 1))).label(name)
        for name, condition in counted.items()
    ]
    # one walk along an index of people; of each their few methods
    row = connection.execute(select(*columns).where(PERSON.c.name_key >= "")).one()
    return Coverage(**row._mapping)


def capable(asked: Iterable[Asked]) -> ColumnElement[bool]:
    """Whether a person has what is asked for where they are."""
    return or_(
        false(),
        *(
            and_(PERSON.c.domain == one.domain, _worth(one) >= one.proofs)
            for one in asked
        ),
    )


def due(asked: Iterable[Asked], now: float) -> ColumnElement[bool]:
    """Whether a person must say anew that their methods are still theirs."""
    since = func.coalesce(PERSON.c.confirmed, PERSON.c.registered)
    return or_(
        false(),
        *(
            and_(
                PERSON.c.domain == one.domain,
                PERSON.c.registered.is_not(None),
                since < int(now) - one.confirm_days * _DAY_S,
            )
            for one in asked
            if one.confirm_days
        ),
    )


def _worth(asked: Asked) -> ScalarSelect[int]:
    """Count what a person's methods are worth together (`proof_worth.worth`)."""
    own, counted = PROOF.alias(), [str(kind) for kind in asked.kinds]
    has = {
        kind: func.max(case((own.c.kind == str(kind), 1), else_=0))
        for kind in (ProofKind.PASSKEY, ProofKind.QUESTIONS)
    }
    others = own.c.kind.not_in([str(ProofKind.QUESTIONS), str(ProofKind.EMAIL)])
    has_others = func.max(case((others, 1), else_=0))
    total: ColumnElement[int] = func.count(distinct(own.c.kind))
    if asked.passkey_alone:
        total = total + has[ProofKind.PASSKEY]
    known_by_others = has[ProofKind.QUESTIONS] * (1 - has_others)
    worth = func.coalesce(total - known_by_others, 0)
    return (
        select(worth)
        .where(own.c.person == PERSON.c.guid, own.c.kind.in_(counted))
        .correlate(PERSON)
        .scalar_subquery()
    )
