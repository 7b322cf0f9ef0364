"""The rights asked about: masks, GUIDs, property sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from wire.text import Text, TextAttribute

USER = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")
INET_ORG_PERSON = UUID("4828cc14-1437-45bc-9b07-ad6f015e5f28")
DOMAIN = UUID("19195a5b-6da0-11d0-afd3-00c04fd930c9")
ACCOUNT_RESTRICTIONS = UUID("4c164200-20c0-11d0-a768-00aa006e0529")
_PUBLIC_INFORMATION = UUID("e48d0154-bcf8-11d1-8702-00c04fb96050")
_LOGON_INFORMATION = UUID("5f202010-79a5-11d0-9020-00c04fc2d4cf")
_MEMBERSHIP = UUID("bc0ac240-79a9-11d0-9020-00c04fc2d4cf")

# the bits of a mask (MS-ADTS 5.1.3.2), and all of those of a directory object
CREATE_CHILD = 0x1
DELETE_CHILD = 0x2
LIST_CHILDREN = 0x4
VALIDATED_WRITE = 0x8
READ_PROPERTY = 0x10
WRITE_PROPERTY = 0x20
DELETE_TREE = 0x40
LIST_OBJECT = 0x80
CONTROL_ACCESS = 0x100
DELETE = 0x10000
READ_CONTROL = 0x20000
WRITE_DAC = 0x40000
WRITE_OWNER = 0x80000
FULL_CONTROL = 0xF01FF
GENERIC_ALL = 0x10000000
GENERIC_EXECUTE = 0x20000000
GENERIC_WRITE = 0x40000000
GENERIC_READ = 0x80000000

# what the generic bits stand for on directory objects (MS-ADTS 5.1.3.2)
_GENERIC = (
    (GENERIC_ALL, FULL_CONTROL),
    (GENERIC_EXECUTE, READ_CONTROL | LIST_CHILDREN),
    (GENERIC_WRITE, READ_CONTROL | WRITE_PROPERTY | VALIDATED_WRITE),
    (GENERIC_READ, READ_CONTROL | LIST_OBJECT | READ_PROPERTY | LIST_CHILDREN),
)

# the most specific classes of what is judged (MS-ADSC)
CLASSES = {
    "user": USER,
    "inetorgperson": INET_ORG_PERSON,
    "domaindns": DOMAIN,
    "computer": UUID("bf967a86-0de6-11d0-a285-00aa003049e2"),
    "group": UUID("bf967a9c-0de6-11d0-a285-00aa003049e2"),
    "organizationalunit": UUID("bf967aa5-0de6-11d0-a285-00aa003049e2"),
    "container": UUID("bf967a8b-0de6-11d0-a285-00aa003049e2"),
}


@dataclass(frozen=True)
class RightSpec:
    """What a right is made of.

    `short` is what dsacls calls it, `words` follow "to", `mask` is its one bit (MS-ADTS
    5.1.3.2). `guid` is the control access right or the attribute, None for the object
    itself; `property_set` the attribute's attributeSecurityGUID.
    """

    short: str
    mask: int
    words: TextAttribute = TextAttribute()
    guid: UUID | None = None
    property_set: UUID | None = None


def _read(attribute: str, guid: str, property_set: UUID | None = None) -> RightSpec:
    words = Text("read {attribute}", attribute=attribute)
    return RightSpec(attribute, READ_PROPERTY, words, UUID(guid), property_set)


class Right(Enum):
    """The rights Writeback asks about (MS-ADTS 5.1.3.2.1, MS-ADA1 and MS-ADA3)."""

    # User-Force-Change-Password
    RESET_PASSWORD = RightSpec(
        "Reset Password",
        CONTROL_ACCESS,
        "reset the password",
        UUID("00299570-246d-11d0-a768-00aa006e0529"),
    )
    # User-Change-Password
    CHANGE_PASSWORD = RightSpec(
        "Change Password",
        CONTROL_ACCESS,
        "change the password, knowing the old one",
        UUID("ab721a53-1e2f-11d0-9819-00aa0040529b"),
    )
    # lockoutTime is in no property set (MS-ADA1 2.373)
    WRITE_LOCKOUT_TIME = RightSpec(
        "lockoutTime",
        WRITE_PROPERTY,
        "unlock (write lockoutTime)",
        UUID("28630ebf-41d5-11d1-a9c1-0000f80367c1"),
    )
    # MS-ADA3 2.175
    WRITE_PWD_LAST_SET = RightSpec(
        "pwdLastSet",
        WRITE_PROPERTY,
        "require a new password at the next sign-in (write pwdLastSet)",
        UUID("bf967a0a-0de6-11d0-a285-00aa003049e2"),
        ACCOUNT_RESTRICTIONS,
    )
    # asked of the head of the domain, not of the user (MS-ADTS 5.1.3.2.1)
    UNEXPIRE_PASSWORD = RightSpec(
        "Unexpire Password",
        CONTROL_ACCESS,
        "lift the expiry of passwords",
        UUID("ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501"),
    )
    # DS-Replication-Get-Changes, -Get-Changes-All (every password hash) and
    # -Get-Changes-In-Filtered-Set (what RODCs do not get): excess if held
    REPLICATE = RightSpec(
        "Replicating Directory Changes",
        CONTROL_ACCESS,
        "copy the domain, without password hashes",
        UUID("1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"),
    )
    REPLICATE_SECRETS = RightSpec(
        "Replicating Directory Changes All",
        CONTROL_ACCESS,
        "copy every password hash of the domain",
        UUID("1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"),
    )
    REPLICATE_FILTERED = RightSpec(
        "Replicating Directory Changes In Filtered Set",
        CONTROL_ACCESS,
        "copy the attributes that read-only controllers do not get",
        UUID("89e95b76-444d-4c62-991a-0facbeda640c"),
    )
    # the attribute and its property set, Membership (MS-ADTS 3.1.1.2.3.3)
    WRITE_MEMBERS = RightSpec(
        "member",
        WRITE_PROPERTY,
        "choose the members",
        UUID("bf9679c0-0de6-11d0-a285-00aa003049e2"),
        _MEMBERSHIP,
    )
    # Self-Membership, a validated write (MS-ADTS 5.1.3.2.2)
    ADD_SELF = RightSpec(
        "Add/Remove self as member",
        VALIDATED_WRITE,
        "become a member",
        UUID("bf9679c0-0de6-11d0-a285-00aa003049e2"),
    )
    WRITE_EVERYTHING = RightSpec("WP", WRITE_PROPERTY, "write all properties")
    READ_CONTROL = RightSpec("RC", READ_CONTROL, "read the permissions")
    WRITE_DACL = RightSpec("WD", WRITE_DAC, "change the permissions")
    WRITE_OWNER = RightSpec("WO", WRITE_OWNER, "take ownership")
    # of the container of password settings objects, and of all of them below it
    READ_PASSWORD_SETTINGS = RightSpec(
        "Read", READ_PROPERTY, "read the password settings objects"
    )
    # schemaIDGUID and attributeSecurityGUID (MS-ADA1 to MS-ADA3)
    READ_RESULTANT_PSO = _read(
        "msDS-ResultantPSO", "b77ea093-88d0-4780-9a98-911f8e8b1dca"
    )
    READ_MEMBER_OF = _read(
        "memberOf", "bf967991-0de6-11d0-a285-00aa003049e2", _MEMBERSHIP
    )
    READ_ADMIN_COUNT = _read("adminCount", "bf967918-0de6-11d0-a285-00aa003049e2")
    READ_SERVICE_NAMES = _read(
        "servicePrincipalName",
        "f3a64788-5306-11d1-a9c5-0000f80367c1",
        _PUBLIC_INFORMATION,
    )
    READ_BAD_PWD_COUNT = _read(
        "badPwdCount", "bf96792e-0de6-11d0-a285-00aa003049e2", _LOGON_INFORMATION
    )
    READ_LOCKOUT_TIME = _read("lockoutTime", "28630ebf-41d5-11d1-a9c1-0000f80367c1")
    READ_ACCOUNT_EXPIRES = _read(
        "accountExpires", "bf967915-0de6-11d0-a285-00aa003049e2", ACCOUNT_RESTRICTIONS
    )


def classes_of(names: Sequence[str]) -> frozenset[UUID]:
    """Give the GUID of the most specific class, the last; empty for an unknown one."""
    known = CLASSES.get(names[-1].lower()) if names else None
    return frozenset() if known is None else frozenset({known})


def effective_mask(mask: int) -> int:
    """Replace generic bits by what they stand for (MS-ADTS 5.1.3.2)."""
    for generic, meant in _GENERIC:
        if mask & generic:
            mask |= meant
    return mask


def is_full_control(mask: int) -> bool:
    """Say whether a mask has every bit of a directory object, generic ones counted."""
    return effective_mask(mask) & FULL_CONTROL == FULL_CONTROL
