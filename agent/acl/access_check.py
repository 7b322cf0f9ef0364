"""May these SIDs do this here, and which entry says so.

A pure walk over one DACL as Active Directory does it (MS-ADTS 5.1.3.3, MS-DTYP
2.5.3.2): the first entry that speaks about the right decides. What can not be
judged (a condition, an entry of an unknown kind) never allows.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from uuid import UUID

from agent.ace import (
    ALLOWING,
    CALLBACK,
    DENYING,
    Ace,
    AceFlag,
    AceType,
    Sid,
    UnknownAce,
)
from agent.descriptor import Acl, SecurityDescriptor

USER = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")
INET_ORG_PERSON = UUID("4828cc14-1437-45bc-9b07-ad6f015e5f28")
DOMAIN = UUID("19195a5b-6da0-11d0-afd3-00c04fd930c9")
ACCOUNT_RESTRICTIONS = UUID("4c164200-20c0-11d0-a768-00aa006e0529")
_MEMBERSHIP = UUID("bc0ac240-79a9-11d0-9020-00c04fc2d4cf")

SELF = Sid.of("S-1-5-10")
OWNER_RIGHTS = Sid.of("S-1-3-4")
EVERYONE = Sid.of("S-1-1-0")

VALIDATED_WRITE = 0x8
READ_PROPERTY = 0x10
WRITE_PROPERTY = 0x20
CONTROL_ACCESS = 0x100
READ_CONTROL = 0x20000
WRITE_DAC = 0x40000
WRITE_OWNER = 0x80000
# a plain number: an enum's "&" makes a new member each time, for every entry
_INHERIT_ONLY = int(AceFlag.INHERIT_ONLY)
# what the generic bits stand for on directory objects (MS-ADTS 5.1.3.2)
_GENERIC = (
    (0x10000000, 0xF01FF),  # all
    (0x20000000, 0x20004),  # execute
    (0x40000000, 0x20028),  # write
    (0x80000000, 0x20094),  # read
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a right is made of.

    Attributes:
        words: it, after "to".
        short: what dsacls calls it.
        mask: its one bit (MS-ADTS 5.1.3.2).
        guid: the control access right or the attribute; None: the object itself.
        property_set: the set the attribute belongs to (its attributeSecurityGUID).

    """

    words: str
    short: str
    mask: int
    guid: UUID | None = None
    property_set: UUID | None = None


def _read(attribute: str, guid: str, property_set: UUID | None = None) -> _Asked:
    words = f"read {attribute}"
    return _Asked(words, attribute, READ_PROPERTY, UUID(guid), property_set)


class Right(Enum):
    """The rights Writeback asks about (MS-ADTS 5.1.3.2.1, MS-ADA1 and MS-ADA3)."""

    # User-Force-Change-Password
    RESET_PASSWORD = _Asked(
        "reset the password",
        "Reset Password",
        CONTROL_ACCESS,
        UUID("00299570-246d-11d0-a768-00aa006e0529"),
    )
    # User-Change-Password
    CHANGE_PASSWORD = _Asked(
        "change the password, knowing the old one",
        "Change Password",
        CONTROL_ACCESS,
        UUID("ab721a53-1e2f-11d0-9819-00aa0040529b"),
    )
    # lockoutTime is in no property set (MS-ADA1 2.373)
    WRITE_LOCKOUT_TIME = _Asked(
        "unlock (write lockoutTime)",
        "lockoutTime",
        WRITE_PROPERTY,
        UUID("28630ebf-41d5-11d1-a9c1-0000f80367c1"),
    )
    # MS-ADA3 2.175
    WRITE_PWD_LAST_SET = _Asked(
        "require a new password at the next sign-in (write pwdLastSet)",
        "pwdLastSet",
        WRITE_PROPERTY,
        UUID("bf967a0a-0de6-11d0-a285-00aa003049e2"),
        ACCOUNT_RESTRICTIONS,
    )
    # asked of the head of the domain, not of the user (MS-ADTS 5.1.3.2.1)
    UNEXPIRE_PASSWORD = _Asked(
        "lift the expiry of passwords",
        "Unexpire Password",
        CONTROL_ACCESS,
        UUID("ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501"),
    )
    # DS-Replication-Get-Changes, -Get-Changes-All (every password hash) and
    # -Get-Changes-In-Filtered-Set (what RODCs do not get): excess if held
    REPLICATE = _Asked(
        "copy the domain, without password hashes",
        "Replicating Directory Changes",
        CONTROL_ACCESS,
        UUID("1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"),
    )
    REPLICATE_SECRETS = _Asked(
        "copy every password hash of the domain",
        "Replicating Directory Changes All",
        CONTROL_ACCESS,
        UUID("1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"),
    )
    REPLICATE_FILTERED = _Asked(
        "copy the attributes that read-only controllers do not get",
        "Replicating Directory Changes In Filtered Set",
        CONTROL_ACCESS,
        UUID("89e95b76-444d-4c62-991a-0facbeda640c"),
    )
    # the attribute and its property set, Membership (MS-ADTS 3.1.1.2.3.3)
    WRITE_MEMBERS = _Asked(
        "choose the members",
        "member",
        WRITE_PROPERTY,
        UUID("bf9679c0-0de6-11d0-a285-00aa003049e2"),
        _MEMBERSHIP,
    )
    # Self-Membership, a validated write (MS-ADTS 5.1.3.2.2)
    ADD_SELF = _Asked(
        "become a member",
        "Add/Remove self as member",
        VALIDATED_WRITE,
        UUID("bf9679c0-0de6-11d0-a285-00aa003049e2"),
    )
    WRITE_EVERYTHING = _Asked("write all properties", "WP", WRITE_PROPERTY)
    READ_CONTROL = _Asked("read the permissions", "RC", READ_CONTROL)
    WRITE_DACL = _Asked("change the permissions", "WD", WRITE_DAC)
    WRITE_OWNER = _Asked("take ownership", "WO", WRITE_OWNER)
    # schemaIDGUID and attributeSecurityGUID (MS-ADA1 to MS-ADA3)
    READ_RESULTANT_PSO = _read(
        "msDS-ResultantPSO", "b77ea093-88d0-4780-9a98-911f8e8b1dca"
    )
    READ_MEMBER_OF = _read(
        "memberOf", "bf967991-0de6-11d0-a285-00aa003049e2", _MEMBERSHIP
    )
    READ_ADMIN_COUNT = _read("adminCount", "bf967918-0de6-11d0-a285-00aa003049e2")
    READ_LOCKOUT_TIME = _read("lockoutTime", "28630ebf-41d5-11d1-a9c1-0000f80367c1")
    READ_ACCOUNT_EXPIRES = _read(
        "accountExpires", "bf967915-0de6-11d0-a285-00aa003049e2", ACCOUNT_RESTRICTIONS
    )


class Reason(StrEnum):
    """Why a decision came out as it did."""

    ALLOWED = "an entry allows it"
    DENIED = "an entry denies it"
    NOT_GRANTED = "no entry allows it"
    EMPTY = "the list is empty: nobody may do anything"
    NO_LIST = "there is no list: everybody may do everything"
    OWNER = "the owner may"
    CONDITIONAL = "an entry with a condition decides; conditions are not evaluated"
    UNKNOWN = "an entry of an unknown kind comes first"


UNDECIDED = frozenset({Reason.CONDITIONAL, Reason.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and the entry that gave it.

    Attributes:
        allowed: only True when it is certain.
        reason: why.
        because: the entry that decides; None when it is the lack of one.

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
    right: Right,
    *,
    classes: frozenset[UUID],
    self_sid: Sid | None,
) -> Decision:
    """Say whether a token holds a right on one object.

    Args:
        descriptor: the object's.
        sids: the whole token: account, groups, well-known groups.
        right: what is asked.
        classes: the object's most specific class and its dynamic auxiliary ones.
        self_sid: the object's own SID, for entries about SELF.

    """
    if descriptor.dacl is None:
        return Decision(allowed=True, reason=Reason.NO_LIST)
    who = sids | {SELF} if self_sid in sids else sids
    if descriptor.owner in sids:
        who |= {OWNER_RIGHTS}
        # the owner's own rights come before the list (MS-DTYP 2.5.3.2)
        implied = right.value.mask & (READ_CONTROL | WRITE_DAC)
        if implied and not _limits_owner(descriptor.dacl):
            return Decision(allowed=True, reason=Reason.OWNER)
    if not descriptor.dacl.aces:
        return Decision(allowed=False, reason=Reason.EMPTY)
    return _walk(descriptor.dacl, who, right.value, classes)


def _limits_owner(dacl: Acl) -> bool:
    return any(
        isinstance(ace, Ace) and ace.sid == OWNER_RIGHTS and not ace.inherit_only
        for ace in dacl.aces
    )


def _walk(
    dacl: Acl, who: frozenset[Sid], asked: _Asked, classes: frozenset[UUID]
) -> Decision:
    perhaps: Ace | None = None
    for ace in dacl.aces:
        if ace.flags & _INHERIT_ONLY:
            continue
        if isinstance(ace, UnknownAce):
            return Decision(allowed=False, reason=Reason.UNKNOWN, because=ace)
        if ace.sid not in who or not _speaks_of(ace, asked, classes):
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


def _speaks_of(ace: Ace, asked: _Asked, classes: frozenset[UUID]) -> bool:
    """Say whether an effective entry is about the right.

    InheritedObjectType plays no part: it says who inherits an entry. A controller
    marks what it hands down to another class inherit-only; an entry that is not
    marked is effective, whatever class it was meant for.
    """
    if ace.type not in ALLOWING and ace.type not in DENYING:
        return False
    if not effective_mask(ace.mask) & asked.mask:
        return False
    return ace.object_type is None or _names(ace.object_type, asked, classes)


def effective_mask(mask: int) -> int:
    """Replace generic bits by what they stand for (MS-ADTS 5.1.3.2)."""
    for generic, meant in _GENERIC:
        if mask & generic:
            mask |= meant
    return mask


def _names(object_type: UUID, asked: _Asked, classes: frozenset[UUID]) -> bool:
    if asked.guid is None:
        return object_type in classes
    if object_type in (asked.guid, asked.property_set):
        return True
    # the class is the root of the tree of properties (MS-ADTS 5.1.3.3.3); control
    # access rights are not in that tree (5.1.3.3.4)
    in_tree = asked.mask in (READ_PROPERTY, WRITE_PROPERTY)
    return in_tree and object_type in classes


def grant_ace(right: Right, sid: Sid) -> Ace:
    """Make the entry that delegates a right on the users below a container.

    Unexpire Password stands on the head of the domain and is not inherited.
    """
    asked = right.value
    if right is Right.UNEXPIRE_PASSWORD:
        return Ace(AceType.ALLOWED_OBJECT, 0, asked.mask, sid, asked.guid)
    flags = int(AceFlag.CONTAINER_INHERIT | AceFlag.INHERIT_ONLY)
    return Ace(AceType.ALLOWED_OBJECT, flags, asked.mask, sid, asked.guid, USER)
