"""What this agent signs of people for a portal to keep, and whose signatures it takes.

A portal's database says which verification methods a person has. What was changed in it
is found out here: each method that is used comes with the receipt that an agent signed
when it was registered, in a visit of its own, for this person and portal alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from agent.config.self_service import SelfService
from wire.keys import PrivateKeys, thumbprint_digits
from wire.messages import CLOCK_LEEWAY_S
from wire.outcomes import Code, Refused
from wire.request_claims import Proof, RegisteredProof
from wire.self_service.receipt import Receipt, SignIn

Holder = tuple[str, UUID]  # a portal's issuer, a person's objectGUID
VISIT_S = 900  # as long a person who signed in may register


@dataclass(frozen=True)
class Vouching:
    """Signs with this agent's keys; reads what it or a peer of the settings signed."""

    agent: str
    keys: Callable[[], PrivateKeys]
    settings: SelfService

    def signed_in(self, who: Holder, now: float) -> str:
        """Sign that the directory took a person's password, now (Unix seconds)."""
        return SignIn(*who, int(now)).signed(self.agent, self.keys())

    def check_signed_in(self, token: str, who: Holder, now: float) -> None:
        """See that a person signed in just now; Refused as sign_in_needed."""
        try:
            found = SignIn.read(token, lambda key: self._knows(key, now))
        except Refused as refused:
            raise Refused(Code.SIGN_IN_NEEDED, f"sign_in {refused.detail}") from None
        if (found.portal, found.person) != who:
            raise Refused(Code.SIGN_IN_NEEDED, "sign_in is of another person or portal")
        if not -CLOCK_LEEWAY_S <= now - found.issued_at <= VISIT_S:
            raise Refused(Code.SIGN_IN_NEEDED, f"sign_in is over {VISIT_S} s ago")

    def registered(self, proof: RegisteredProof, who: Holder, now: float) -> str:
        """Sign that a person has a verification method; with its receipt, still has.

        It keeps the age of the former receipt; Refused as `vouch` where that is none.
        """
        since = int(now)
        if proof.receipt is not None:
            former = self._receipt(proof.receipt, proof.kind, proof.id, who, now)
            since = former.registered
        receipt = Receipt(*who, proof.kind, proof.id, since, int(now))
        return receipt.signed(self.agent, self.keys())

    def vouch(self, proof: Proof, who: Holder, now: float) -> Proof:
        """Give a proof with the ages of its receipt, whatever the portal says of them.

        Refused as proof_not_registered where there is none and one is needed, or it is
        of another person, portal, kind or id, or of nobody that is trusted.
        """
        if proof.receipt is None:
            if self.settings.receipts == "required":
                raise Refused(Code.PROOF_NOT_REGISTERED, f"{proof.kind} has no receipt")
            return proof
        receipt = self._receipt(proof.receipt, proof.kind, proof.id, who, now)
        ages = {"registered": receipt.registered, "confirmed": receipt.issued_at}
        return proof.model_copy(update=ages)

    def _receipt(
        self, token: str, kind: object, own_id: str | None, who: Holder, now: float
    ) -> Receipt:
        code = Code.PROOF_NOT_REGISTERED
        try:
            found = Receipt.read(token, lambda key: self._knows(key, now))
        except Refused as refused:
            detail = f"the receipt of {kind} {refused.detail}"
            raise Refused(code, detail) from None
        for what, same in (
            ("portal", found.portal == who[0]),
            ("person", found.person == who[1]),
            ("kind", found.kind == kind),
            ("registration", found.id == own_id),
        ):
            if not same:
                raise Refused(code, f"the receipt of {kind} is of another {what}")
        if max(found.issued_at, found.registered) > now + CLOCK_LEEWAY_S:
            raise Refused(code, f"the receipt of {kind} is of a time to come")
        return found

    def _knows(self, fingerprint: str, now: float) -> bool:
        """Say whether a key's receipts count: this agent's, or a peer's in its time."""
        if fingerprint == thumbprint_digits(self.keys().signing):
            return True
        return any(
            fingerprint == peer.fingerprint.replace(" ", "")
            and (peer.until is None or now < _end_of(peer.until))
            for peer in self.settings.peers
        )


def _end_of(day: str) -> float:
    """Give when a day is over in UTC, in Unix seconds."""
    following = date.fromisoformat(day) + timedelta(days=1)
    return datetime(*following.timetuple()[:3], tzinfo=UTC).timestamp()
