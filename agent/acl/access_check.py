"""The access check: whether a token holds a right, and which entry decides.

A pure walk over one DACL as Active Directory does it (MS-ADTS 5.1.3.3, MS-DTYP
2.5.3.2): the first entry that speaks about the right decides. What can not be
judged (a condition, an entry of an unknown kind) never allows.
"""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from agent.acl import rights
from agent.acl.ace import ALLOWING, CALLBACK, DENYING, Ace, AceFlag, UnknownAce
from agent.acl.descriptor import Acl, SecurityDescriptor
from agent.acl.sid import Sid
from agent.acl.well_known_sids import OWNER_RIGHTS, SELF
from wire.text import Text

# a plain number: an enum's "&" makes a new member each time, for every entry
_INHERIT_ONLY = int(AceFlag.INHERIT_ONLY)


class Reason(Enum):
    """Why a decision came out as it did."""

    ALLOWED = Text("an entry allows it")
    DENIED = Text("an entry denies it")
    NOT_GRANTED = Text("no entry allows it")
    EMPTY = Text("the list is empty: nobody may do anything")
    NO_LIST = Text("there is no list: everybody may do everything")
    OWNER = Text("the owner may")
    CONDITIONAL = Text(
        "an entry with a condition decides; conditions are not evaluated"
    )
    UNKNOWN = Text("an entry of an unknown kind comes first")


UNDECIDED = frozenset({Reason.CONDITIONAL, Reason.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and the entry that gave it; `allowed` only when it is certain.

    `because` is None when it is the lack of an entry that decides.
    """

    allowed: bool
    reason: Reason
    because: Ace | UnknownAce | None = None

    @property
    def certain(self) -> bool:
        """Whether "not allowed" means that it would be refused."""
        return self.reason not in UNDECIDED


def decide(
    descriptor: SecurityDescriptor,
    sids: frozenset[Sid],
    right: rights.Right,
    *,
    classes: frozenset[UUID],
) -> Decision:
    """Say whether a token holds a right on one object.

    `sids` is the whole token: account, groups, well-known groups; on its own object
    with SELF (`token_on`). `classes` are the object's most specific class and its
    dynamic auxiliary ones.
    """
    if descriptor.dacl is None:
        return Decision(allowed=True, reason=Reason.NO_LIST)
    who = sids
    if descriptor.owner in sids:
        who = sids | {OWNER_RIGHTS}
        # the owner's own rights come before the list (MS-DTYP 2.5.3.2)
        implied = right.value.mask & (rights.READ_CONTROL | rights.WRITE_DAC)
        if implied and not _limits_owner(descriptor.dacl):
            return Decision(allowed=True, reason=Reason.OWNER)
    if not descriptor.dacl.aces:
        return Decision(allowed=False, reason=Reason.EMPTY)
    return _walk(descriptor.dacl, who, right.value, classes)


def token_on(sids: frozenset[Sid], object_sid: Sid | None) -> frozenset[Sid]:
    """Give the token that counts on an object: with SELF on the account's own."""
    return sids | {SELF} if object_sid in sids else sids


def _limits_owner(dacl: Acl) -> bool:
    return any(
        isinstance(ace, Ace) and ace.sid == OWNER_RIGHTS and not ace.inherit_only
        for ace in dacl.aces
    )


def _walk(
    dacl: Acl, who: frozenset[Sid], right: rights.RightSpec, classes: frozenset[UUID]
) -> Decision:
    perhaps: Ace | None = None
    for ace in dacl.aces:
        if ace.flags & _INHERIT_ONLY:
            continue
        if isinstance(ace, UnknownAce):
            return Decision(allowed=False, reason=Reason.UNKNOWN, because=ace)
        if ace.sid not in who or not _speaks_of(ace, right, classes):
            continue
        if ace.type in CALLBACK:
            if ace.type in DENYING:
                return Decision(allowed=False, reason=Reason.CONDITIONAL, because=ace)
            perhaps = perhaps or ace
        elif ace.type in DENYING and perhaps:
            break
        elif ace.type in DENYING:
            return Decision(allowed=False, reason=Reason.DENIED, because=ace)
        else:
            return Decision(allowed=True, reason=Reason.ALLOWED, because=ace)
    if perhaps:
        return Decision(allowed=False, reason=Reason.CONDITIONAL, because=perhaps)
    return Decision(allowed=False, reason=Reason.NOT_GRANTED)


def _speaks_of(ace: Ace, right: rights.RightSpec, classes: frozenset[UUID]) -> bool:
    """Say whether an effective entry is about the right.

    InheritedObjectType plays no part: it says who inherits an entry. A controller
    marks what it hands down to another class inherit-only; an entry that is not
    marked is effective, whatever class it was meant for.
    """
    if ace.type not in ALLOWING and ace.type not in DENYING:
        return False
    if not rights.effective_mask(ace.mask) & right.mask:
        return False
    return ace.object_type is None or _names(ace.object_type, right, classes)


def _names(
    object_type: UUID, right: rights.RightSpec, classes: frozenset[UUID]
) -> bool:
    if right.guid is None:
        return object_type in classes
    if object_type in (right.guid, right.property_set):
        return True
    # the class is the root of the tree of properties (MS-ADTS 5.1.3.3.3); control
    # access rights are not in that tree (5.1.3.3.4)
    in_tree = right.mask in (rights.READ_PROPERTY, rights.WRITE_PROPERTY)
    return in_tree and object_type in classes
