"""What a portal makes of an agent's self-service, for portal authors. One file.

Needs Python 3.11 alone; imports nothing of Writeback. What an agent says is bounded and
of its form here, or left at what is safe: a portal shows it, the agent enforces it.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("passkey", "totp", "email", "sms", "recovery_code", "questions")
OPERATIONS = ("reset", "change", "unlock")


@dataclass(frozen=True)
class Policy:
    """What `GET ready` says before a person is known; absent: for nobody."""

    who: str = "none"
    operations: frozenset[str] = frozenset()
    help_desk: frozenset[str] = frozenset()
    proofs: int = 2
    kinds: tuple[str, ...] = ()
    passkey_alone: bool = False
    receipts_required: bool = True
    registration: Mapping[str, Any] = field(default_factory=dict)
    notify: Mapping[str, Any] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, ready: Mapping[str, Any]) -> "Policy":
        """Read the claims of `ready`; what a later agent adds is left alone."""
        said, limits = _object(ready, "self_service"), _object(ready, "limits")
        who, proofs = said.get("who"), said.get("proofs")
        return cls(
            who=who if who in ("groups", "all") else "none",
            operations=frozenset(_known(said, "operations", OPERATIONS)),
            help_desk=frozenset(_known(said, "help_desk", OPERATIONS)),
            proofs=1 if proofs == 1 else 2,
            kinds=_known(said, "kinds", KINDS),
            passkey_alone=said.get("passkey_alone") is True,
            receipts_required=said.get("receipts") != "accepted",
            registration=_object(said, "registration"),
            notify=_object(said, "notify"),
            help={k: v for k, v in _object(said, "help").items() if type(v) is str},
            limits={k: v for k, v in limits.items() if type(v) is int},
        )


@dataclass(frozen=True)
class Method:
    """A verification method as a portal keeps it; its id is never kept.

    `content` is what proves it: the app's secret, an address or number in its normal
    form, a passkey's credential id and public key. `salt` are 16 random bytes.
    """

    person: str
    kind: str
    salt: bytes
    content: bytes = field(repr=False)
    receipt: str | None = None

    @property
    def id(self) -> str:
        """Hash it anew: who changes what is kept has no receipt of that."""
        parts = (self.person.lower().encode(), self.kind.encode())
        digest = hashlib.sha256()
        for part in (*parts, self.salt, self.content):
            digest.update(len(part).to_bytes(4, "big") + part)
        return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()

    def to_register(self) -> dict[str, Any]:
        """Give the claim `proof`: with a receipt it is confirmed, else registered."""
        former = {} if self.receipt is None else {"receipt": self.receipt}
        return {"kind": self.kind, "id": self.id} | former

    def used(self, method: str, at: int, *, uv: bool = False) -> dict[str, Any]:
        """Give an item of `methods`: its RFC 8176 name, and when it was used."""
        item = {"method": method, "at": at} | self.to_register()
        return item | {"uv": True} if uv else item


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    return value if isinstance(value, Mapping) else {}


def _known(
    claims: Mapping[str, Any], name: str, known: tuple[str, ...]
) -> tuple[str, ...]:
    value = claims.get(name)
    said = value if isinstance(value, list) else []
    return tuple(each for each in said if each in known)
