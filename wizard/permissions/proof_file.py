"""A comparison as a file to send in: JSON lines, without any name of the directory.

The first line says which controller and token, each further one tells a disagreement
with every entry of its list, and the last one what all came to. A SID of a domain is
replaced by one that is the same each time in this file and in no other; well-known
SIDs and RIDs stay, as they are the same everywhere. People have numbers. A condition
is left out, as it may quote names.
"""

import hashlib
import hmac
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import IO, Any

from agent.acl.ace import Ace, UnknownAce
from agent.acl.sid import Sid
from agent.acl.well_known_sids import well_known
from agent.ldap.entry import RootDse
from wizard.permissions.proof import Disagreement, Effect, Proof

FORM = 1
_DOMAIN = "S-1-5-21-"
_FIRST_OWN_RID = 1000  # those below are the same in every domain (MS-DTYP 2.4.2.4)


@dataclass(frozen=True)
class Pseudonyms:
    """What SIDs are called in one file; its key is kept nowhere."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def of(self, sid: Sid) -> str:
        """Give a SID that tells nobody's; the same for the same one."""
        text = str(sid)
        if not text.startswith(_DOMAIN):
            known = well_known(sid) is not None
            return text if known else f"S-1-5-21-0-0-0-{self._numbers(text, 2)}"
        domain, _, rid = text.rpartition("-")
        kept = rid if int(rid) < _FIRST_OWN_RID else self._numbers(text, 2)
        return f"{_DOMAIN}{self._numbers(domain, 3)}-{kept}"

    def _numbers(self, text: str, count: int) -> str:
        digest = hmac.new(self.key, text.encode(), hashlib.sha256).digest()
        return "-".join(map(str, struct.unpack_from(f"<{count}I", digest)))


class ProofFile:
    """Writes one comparison, line by line."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._names, self._count = file, Pseudonyms(), 0

    def begin(self, root: RootDse, sids: frozenset[Sid]) -> None:
        """Say what is compared, and with whose token."""
        self._write(
            {
                "form": FORM,
                "functional_level": root.functional_level,
                "controller_level": root.controller_level,
                "token": sorted(map(self._names.of, sids)),
            }
        )

    def add(self, differs: Disagreement) -> None:
        """Tell a disagreement, entry by entry."""
        self._count += 1
        descriptor, decision = differs.descriptor, differs.decision
        self._write(
            {
                "number": self._count,
                "classes": sorted(map(str, differs.classes)),
                "right": differs.right.name,
                "verdict": decision.allowed,
                "reason": decision.reason.name,
                "controller": differs.controller,
                "owner": self._names.of(descriptor.owner) if descriptor.owner else None,
                "protected": descriptor.protected,
                "entries": [self._entry(*each) for each in differs.effects],
            }
        )

    def end(self, proof: Proof) -> None:
        """Say what all came to."""
        self._write(counts_of(proof))

    def _entry(self, ace: Ace | UnknownAce, effect: Effect) -> dict[str, Any]:
        entry: dict[str, Any] = {"type": ace.type, "flags": ace.flags}
        if isinstance(ace, Ace):
            guids = {
                "object_type": ace.object_type,
                "inherited_object_type": ace.inherited_object_type,
            }
            entry |= {"mask": ace.mask, "trustee": self._names.of(ace.sid)}
            entry |= {name: guid and str(guid) for name, guid in guids.items()}
        return entry | {"effect": effect.name, "bytes": len(ace.to_bytes())}

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")


def counts_of(proof: Proof) -> dict[str, Any]:
    """Give what a comparison came to, as JSON takes it."""
    return {
        "people": proof.people,
        "untold": proof.untold,
        "complete": proof.complete,
        "proven": proof.proven,
        "agreed": {right.name: count for right, count in proof.agreed.items()},
        "settled": {right.name: count for right, count in proof.settled.items()},
        "differing": {
            f"{right.name} {'held' if held else 'not held'}": count
            for (right, held), count in proof.differing.items()
        },
        "beyond": dict(proof.beyond),
    }
