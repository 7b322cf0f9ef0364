"""The verdict beside the controller's own word: where they differ, and by what entry.

With each object a controller tells whoever reads it which attributes they may write
(allowedAttributesEffective, MS-ADTS 3.1.1.4.5.7) and which parts of its descriptor
(sDRightsEffective, 3.1.1.4.5.4). The same questions are asked of the function that the
verdict asks. Reset Password and Change Password are control access rights (5.1.3.2.1)
and no attributes: no controller tells of them, so of these two nothing is proven but
that the descriptor, the token and the walk are read as the controller reads them. Pure.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from agent.acl.access_check import Decision, Reason, decide, token_on
from agent.acl.ace import Ace, UnknownAce
from agent.acl.descriptor import SecurityDescriptor, with_dacl
from agent.acl.descriptor_reader import Unreadable, read
from agent.acl.rights import Right, classes_of
from agent.acl.sid import Sid
from agent.acl.well_known_sids import OWNER_RIGHTS
from agent.ldap.entry import Entry
from agent.verdict.effective_rights import held_on

_ATTRIBUTES, _PARTS = "allowedAttributesEffective", "sDRightsEffective"
WANTED = ("objectClass", "objectSid", "nTSecurityDescriptor", _ATTRIBUTES, _PARTS)
# a controller computes what it tells of each entry, attribute by attribute
PAGE = 100
_MOST_NAMES = 2000  # more attributes than a schema has of people
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")  # RFC 4512 1.4, a short descriptor

# what each is told by: an attribute that may be written, or bits of sDRightsEffective
_WRITES = {
    Right.WRITE_LOCKOUT_TIME: "lockoutTime",
    Right.WRITE_PWD_LAST_SET: "pwdLastSet",
}
_BITS = {Right.WRITE_DACL: 0x4, Right.WRITE_OWNER: 0x1 | 0x2}
PROVABLE = (*_WRITES, *_BITS)
UNPROVABLE = (Right.RESET_PASSWORD, Right.CHANGE_PASSWORD)


class Effect(StrEnum):
    """What one entry by itself says of a right for a token."""

    ALLOWS = "allows"
    DENIES = "denies"
    CONDITION = "has a condition"
    UNKNOWN = "is of an unknown kind"
    INHERIT_ONLY = "is for what is below alone"
    OTHER_TRUSTEE = "is for somebody else"
    OTHER_RIGHT = "is about something else"


_EFFECTS = {
    Reason.ALLOWED: Effect.ALLOWS,
    Reason.DENIED: Effect.DENIES,
    Reason.CONDITIONAL: Effect.CONDITION,
    Reason.UNKNOWN: Effect.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One right on one person of which the verdict and the controller differ.

    `sids` is the token on this person; `controller` whether the controller says that
    the right is held.
    """

    dn: str
    right: Right
    sids: frozenset[Sid]
    classes: frozenset[UUID]
    descriptor: SecurityDescriptor
    decision: Decision
    controller: bool

    @property
    def effects(self) -> Iterator[tuple[Ace | UnknownAce, Effect]]:
        """What each entry of the list says by itself, in the list's order."""
        for ace in self.descriptor.dacl.aces if self.descriptor.dacl else ():
            yield ace, self._effect(ace)

    def _effect(self, ace: Ace | UnknownAce) -> Effect:
        owns = self.descriptor.owner in self.sids
        sids = self.sids | {OWNER_RIGHTS} if owns else self.sids
        alone = replace(with_dacl(self.descriptor, (ace,)), owner=None)
        decision = decide(alone, sids, self.right, classes=self.classes)
        if decision.reason in _EFFECTS:
            return _EFFECTS[decision.reason]
        if not isinstance(ace, Ace) or ace.inherit_only:
            return Effect.INHERIT_ONLY
        return Effect.OTHER_RIGHT if ace.sid in sids else Effect.OTHER_TRUSTEE


@dataclass(slots=True)
class Proof:
    """What comparing everybody came to; memory does not grow with the directory.

    People are counted for each right: where both `agreed`; where the verdict leaves it
    open and the controller `settled` it; where they differ, by what the controller
    says. Of the `untold` the controller tells nothing. `beyond` counts people by each
    attribute that may be written though the task needs none of it.
    """

    sids: frozenset[Sid]
    people: int = 0
    untold: int = 0
    agreed: Counter[Right] = field(default_factory=Counter)
    settled: Counter[Right] = field(default_factory=Counter)
    differing: Counter[tuple[Right, bool]] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    complete: bool = True

    @property
    def proven(self) -> bool:
        """Whether the controller told of everybody, and nothing differs."""
        return self.complete and not self.untold and not self.differing

    def add(self, entry: Entry) -> Iterator[Disagreement]:
        """Compare one person, found with `WANTED`; give what differs."""
        self.people += 1
        told = _told(entry)
        if told is None:
            self.untold += 1
            return
        if len(self.beyond) < _MOST_NAMES:
            self.beyond.update(_beyond(entry))
        for right, controller in told.items():
            if differs := self._compare(entry, right, controller=controller):
                yield differs

    def _compare(
        self, entry: Entry, right: Right, *, controller: bool
    ) -> Disagreement | None:
        classes = classes_of(entry.texts("objectClass"))
        raw = entry.descriptor
        decision = held_on(raw, self.sids, entry.sid, right, classes)
        descriptor = read(raw)
        if isinstance(decision, Unreadable) or isinstance(descriptor, Unreadable):
            self.settled[right] += 1
            return None
        if not decision.certain:
            self.settled[right] += 1
            return None
        if decision.allowed is controller:
            self.agreed[right] += 1
            return None
        self.differing[right, controller] += 1
        sids = token_on(self.sids, entry.sid)
        return Disagreement(
            entry.dn, right, sids, classes, descriptor, decision, controller
        )


def _told(entry: Entry) -> dict[Right, bool] | None:
    """Read what the controller says; None where it does not, or what is no number.

    A controller that tells gives sDRightsEffective always: without it, that no
    attribute is named does not mean that none may be written.
    """
    try:
        bits = entry.number(_PARTS)
    except ValueError:
        return None
    if bits is None:
        return None
    names = {name.casefold() for name in entry.texts(_ATTRIBUTES)}
    told = {right: name.casefold() in names for right, name in _WRITES.items()}
    return told | {right: bits & part == part for right, part in _BITS.items()}


def _beyond(entry: Entry) -> Iterator[str]:
    task = {name.casefold() for name in _WRITES.values()}
    names = entry.texts(_ATTRIBUTES)[:_MOST_NAMES]
    told = (name for name in names if _NAME.fullmatch(name))
    return (name for name in told if name.casefold() not in task)
