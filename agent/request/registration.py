"""Signs that a verification method is a person's, for a portal to keep with it.

Whether the person signed in, or somebody helped, was seen before
(`agent.request.entitlement`). Nothing is written to the directory.
"""

import time

from agent.request.answer import Answer
from agent.request.entitlement import Entitled
from agent.request.ledger import AttemptKind, LedgerFailed
from agent.request.stages import Tools
from wire.outcomes import Code, Refused

_MOST_AN_HOUR = 30  # of one person: each kind several times, and a confirmation of all
_HOUR_S = 3600.0
_DONE = "It is registered. Your password was not changed."


def register(entitled: Entitled, tools: Tools) -> Answer:
    """Give the receipt of what is registered, or is confirmed by its former receipt.

    To be asked in the person's turn (`agent.request.turns`). Refused as
    proof_not_allowed, proof_not_registered, too_many or cannot_record.
    """
    located, may = entitled.located, entitled.may
    proof = located.request.proof
    assert may is not None
    assert proof is not None  # the claims of this operation have one
    if proof.kind not in may.kinds:
        detail = f"{proof.kind} does not count for this person"
        raise Refused(Code.PROOF_NOT_ALLOWED, detail)
    _count(str(located.subject.guid), tools)
    who = located.request.portal.issuer, located.subject.guid
    token = tools.vouching.registered(proof, who, time.time())
    return Answer(Code.OK, message=_DONE, receipt=token)


def _count(user: str, tools: Tools) -> None:
    kind = AttemptKind.REGISTRATION
    try:
        done, _ = tools.ledger.attempts_for(kind, user, _HOUR_S)
        if done >= _MOST_AN_HOUR:
            detail = f"over {_MOST_AN_HOUR} registrations of this person in an hour"
            raise Refused(Code.TOO_MANY, detail)
        tools.ledger.end_attempt(tools.ledger.attempt(kind, user), counts=True)
    except LedgerFailed as error:
        raise Refused(Code.CANNOT_RECORD, f"the ledger: {error}") from error
