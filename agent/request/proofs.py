"""Proofs of identity that a portal says it took of a person: which ones count.

The portal is authentic, and what it says of proofs can't be checked here: but what is
no proof by any reading (an unknown name, a time to come) is refused, not counted.
"""

from collections.abc import Iterable

from agent.config.settings import Limits
from wire.messages import CLOCK_LEEWAY_S
from wire.outcomes import Code, Refused
from wire.printable import printable
from wire.request_claims import Proof

# RFC 8176 section 2, but for those that do not prove anything by themselves
KINDS = frozenset(
    {
        *("face", "fpt", "hwk", "iris", "kba", "otp", "pin", "pop", "pwd", "retina"),
        *("sc", "sms", "swk", "tel", "vbm", "wia"),
        # ours (docs/wire.md): what portals take and the RFC has no name for
        *("app", "email", "helpdesk"),
    }
)
# how strong the others were together, where from, that somebody was there
UNCOUNTED = frozenset({"geo", "mca", "mfa", "rba", "user"})
OLDEST_S = 86_400
_SHOWN = 40


def check_proofs(proofs: Iterable[Proof], limits: Limits, now: float) -> None:
    """See that enough proofs count: of different kinds, each young enough.

    Refused as bad_request where one can't be a proof, not_enough_proofs where fewer
    count than the settings ask for. `now` is in Unix seconds.
    """
    ages: dict[str, float] = {}
    for proof in proofs:
        age = _age(proof, now)
        ages[proof.method] = min(age, ages.get(proof.method, age))
    ages = {kind: age for kind, age in ages.items() if kind in KINDS}
    young = [kind for kind, age in ages.items() if age <= limits.proof_age]
    if len(young) >= limits.proofs:
        return
    detail = f"{len(young)} of {limits.proofs} proofs"
    if old := sorted(ages.keys() - set(young)):
        detail += f"; older than {limits.proof_age} s: {', '.join(old)}"
    raise Refused(Code.NOT_ENOUGH_PROOFS, detail)


def _age(proof: Proof, now: float) -> float:
    if proof.method not in KINDS | UNCOUNTED:
        name = printable(proof.method, _SHOWN)
        raise Refused(Code.BAD_REQUEST, f"methods: no kind of proof is named {name}")
    age = now - proof.at
    if age < -CLOCK_LEEWAY_S:
        detail = f"methods: the time of {proof.method} is {-age:.0f} s ahead"
        raise Refused(Code.BAD_REQUEST, detail)
    if age > OLDEST_S:
        detail = f"methods: the proof {proof.method} is more than a day old"
        raise Refused(Code.BAD_REQUEST, detail)
    return age
