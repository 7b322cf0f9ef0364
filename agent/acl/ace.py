"""The entries of a security descriptor: SIDs and ACEs, bytes to values and back.

An entry of an unknown kind is kept as it came, never skipped. Every length is
checked before it is used; `DescriptorError` names the offset and the rule.
"""

import re
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import lru_cache
from uuid import UUID

_HEADER = struct.Struct("<BBH")  # MS-DTYP 2.4.4.1
_U32 = struct.Struct("<I")
_CACHED_ACE = 128  # bytes; bounds what the cache of parsed entries may hold
_SID = re.compile(r"S-1-(0X[0-9A-F]{12}|[0-9]{1,10})((?:-[0-9]{1,10}){0,15})")


class DescriptorError(ValueError):
    """Bytes that are no security descriptor, or a change one can not hold.

    Args:
        offset: where in the bytes, counted from the start of the descriptor.
        rule: what should hold there.

    """

    def __init__(self, offset: int, rule: str) -> None:
        super().__init__(f"at byte {offset}: {rule}")
        self.offset = offset
        self.rule = rule


class AceFlag(IntFlag):
    """How an ACE is inherited (MS-DTYP 2.4.4.1)."""

    OBJECT_INHERIT = 0x01
    CONTAINER_INHERIT = 0x02
    NO_PROPAGATE = 0x04
    INHERIT_ONLY = 0x08
    INHERITED = 0x10
    SUCCESSFUL_ACCESS = 0x40
    FAILED_ACCESS = 0x80


class AceType(IntEnum):
    """Kinds of ACE (MS-DTYP 2.4.4.1). Those named RESERVED have no defined form."""

    ALLOWED = 0x00
    DENIED = 0x01
    AUDIT = 0x02
    RESERVED_ALARM = 0x03
    RESERVED_COMPOUND = 0x04
    ALLOWED_OBJECT = 0x05
    DENIED_OBJECT = 0x06
    AUDIT_OBJECT = 0x07
    RESERVED_ALARM_OBJECT = 0x08
    ALLOWED_CALLBACK = 0x09
    DENIED_CALLBACK = 0x0A
    ALLOWED_CALLBACK_OBJECT = 0x0B
    DENIED_CALLBACK_OBJECT = 0x0C
    AUDIT_CALLBACK = 0x0D
    RESERVED_ALARM_CALLBACK = 0x0E
    AUDIT_CALLBACK_OBJECT = 0x0F
    RESERVED_ALARM_CALLBACK_OBJECT = 0x10
    MANDATORY_LABEL = 0x11
    RESOURCE_ATTRIBUTE = 0x12
    SCOPED_POLICY = 0x13


ALLOWING = frozenset({0x00, 0x05, 0x09, 0x0B})
DENYING = frozenset({0x01, 0x06, 0x0A, 0x0C})
CALLBACK = frozenset({0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0F})
OBJECT = frozenset({0x05, 0x06, 0x07, 0x0B, 0x0C, 0x0F})
_PLAIN = frozenset({0x00, 0x01, 0x02, 0x09, 0x0A, 0x0D, 0x11, 0x12, 0x13})


@dataclass(frozen=True, slots=True, repr=False)
class Sid:
    """A security identifier (MS-DTYP 2.4.2), kept as its bytes: cheap to compare."""

    raw: bytes

    def __hash__(self) -> int:
        return hash(self.raw)

    def __str__(self) -> str:
        authority = int.from_bytes(self.raw[2:8], "big")
        # MS-DTYP 2.4.2.1: hexadecimal when it does not fit 32 bits
        head = str(authority) if authority < 1 << 32 else f"0x{authority:012X}"
        subs = struct.unpack_from(f"<{self.raw[1]}I", self.raw, 8)
        return "-".join(("S-1", head, *map(str, subs)))

    __repr__ = __str__

    @classmethod
    def of(cls, text: str) -> "Sid":
        """Read the string form, `S-1-5-21-...`; ValueError when it is none."""
        form = _SID.fullmatch(text.upper())
        if not form:
            raise ValueError(f"{text!r} is no SID: it has the form S-1-5-21-...")
        subs = [int(part) for part in form[2].split("-")[1:]]
        authority = int(form[1], 16 if form[1].startswith("0X") else 10)
        if max(authority >> 16, *subs, 0) > 0xFFFFFFFF:
            raise ValueError(f"{text!r} is no SID: a number is too large")
        head = bytes((1, len(subs))) + authority.to_bytes(6, "big")
        return cls(head + struct.pack(f"<{len(subs)}I", *subs))

    @classmethod
    def parse(cls, data: bytes, offset: int = 0) -> "Sid":
        """Read one SID at an offset; bytes after it are not looked at."""
        if len(data) - offset < 8:
            raise DescriptorError(offset, "a SID needs 8 bytes")
        if data[offset] != 1:
            raise DescriptorError(offset, f"SID revision {data[offset]} is not 1")
        count = data[offset + 1]
        if count > 15:
            raise DescriptorError(offset + 1, f"{count} sub-authorities, at most 15")
        end = offset + 8 + 4 * count
        if end > len(data):
            raise DescriptorError(offset + 1, "the SID ends outside its frame")
        return cls(data[offset:end])


@dataclass(frozen=True, slots=True)
class Ace:
    """One entry of an ACL whose form is known.

    Attributes:
        type: an `AceType` as its number.
        flags: `AceFlag` bits.
        mask: the access mask (MS-DTYP 2.4.3).
        sid: who it is about.
        object_type: the right, property or class it is about; None: all.
        inherited_object_type: the class that inherits it; None: any.
        data: what follows the SID: a condition, or padding.

    """

    type: int
    flags: int
    mask: int
    sid: Sid
    object_type: UUID | None = None
    inherited_object_type: UUID | None = None
    data: bytes = b""

    @property
    def inherited(self) -> bool:
        """Whether it came from a container above."""
        return bool(self.flags & AceFlag.INHERITED)

    @property
    def inherit_only(self) -> bool:
        """Whether it says nothing about the object it stands on."""
        return bool(self.flags & AceFlag.INHERIT_ONLY)

    def to_bytes(self) -> bytes:
        """Write the entry; DescriptorError when it is too long for its frame."""
        body = _U32.pack(self.mask)
        if self.type in OBJECT:
            first, second = self.object_type, self.inherited_object_type
            body += _U32.pack((first is not None) + 2 * (second is not None))
            body += first.bytes_le if first else b""
            body += second.bytes_le if second else b""
        body += self.sid.raw + self.data
        if len(body) + 4 > 0xFFFF:
            raise DescriptorError(2, "an ACE has at most 65535 bytes")
        return _HEADER.pack(self.type, self.flags, len(body) + 4) + body


@dataclass(frozen=True, slots=True)
class UnknownAce:
    """One entry of a kind without a known form, kept as it came."""

    raw: bytes

    @property
    def type(self) -> int:
        """The number of the kind."""
        return self.raw[0]

    @property
    def flags(self) -> int:
        """`AceFlag` bits; the header has the same form in every kind."""
        return self.raw[1]

    @property
    def name(self) -> str:
        """What to call it."""
        try:
            return AceType(self.type).name
        except ValueError:
            return f"type 0x{self.type:02X}"

    def to_bytes(self) -> bytes:
        """Give the bytes it came as."""
        return self.raw


def _read(raw: bytes) -> Ace | UnknownAce:
    if raw[0] in _PLAIN:
        return _after(raw, 8, None, None)
    if raw[0] not in OBJECT:
        return UnknownAce(raw)
    if len(raw) < 12:
        raise DescriptorError(2, "an object ACE needs 12 bytes")
    present = _U32.unpack_from(raw, 8)[0]
    if present & ~3:  # bits nobody has given a meaning: not read as if absent
        return UnknownAce(raw)
    at = 12
    guids: list[UUID | None] = []
    for bit in (1, 2):
        guids.append(_guid(raw, at) if present & bit else None)
        at += 16 if present & bit else 0
    return _after(raw, at, *guids)


def _after(
    raw: bytes, at: int, object_type: UUID | None, inherited: UUID | None
) -> Ace:
    sid = Sid.parse(raw, at)
    mask = _U32.unpack_from(raw, 4)[0]
    data = raw[at + len(sid.raw) :]
    return Ace(raw[0], raw[1], mask, sid, object_type, inherited, data)


def _guid(raw: bytes, at: int) -> UUID:
    if len(raw) < at + 16:
        raise DescriptorError(at, "a GUID ends outside its ACE")
    return UUID(bytes_le=raw[at : at + 16])


# users of a container share almost all entries; values are frozen, so they may too
_cached = lru_cache(maxsize=4096)(_read)


def read_ace(raw: bytes) -> Ace | UnknownAce:
    """Read one entry from exactly its bytes."""
    return _cached(raw) if len(raw) <= _CACHED_ACE else _read(raw)


_SDDL_TYPES = {0x00: "A", 0x01: "D", 0x02: "AU", 0x05: "OA", 0x06: "OD", 0x07: "OU"}
_SDDL_FLAGS = (
    (0x01, "OI"),
    (0x02, "CI"),
    (0x04, "NP"),
    (0x08, "IO"),
    (0x10, "ID"),
    (0x40, "SA"),
    (0x80, "FA"),
)
_SDDL_RIGHTS = (  # MS-ADTS 5.1.3.2
    (0x1, "CC"),
    (0x2, "DC"),
    (0x4, "LC"),
    (0x8, "SW"),
    (0x10, "RP"),
    (0x20, "WP"),
    (0x40, "DT"),
    (0x80, "LO"),
    (0x100, "CR"),
    (0x10000, "SD"),
    (0x20000, "RC"),
    (0x40000, "WD"),
    (0x80000, "WO"),
    (0x10000000, "GA"),
    (0x20000000, "GX"),
    (0x40000000, "GW"),
    (0x80000000, "GR"),
)


def sddl(ace: Ace) -> str:
    """Write one entry in SDDL (MS-DTYP 2.5.1), without names for known SIDs."""
    if ace.type not in _SDDL_TYPES:
        raise DescriptorError(0, f"an ACE of type {ace.type} is not written in SDDL")
    rights = "".join(name for bit, name in _SDDL_RIGHTS if ace.mask & bit)
    if ace.mask & ~sum(bit for bit, _ in _SDDL_RIGHTS) or not rights:
        rights = f"0x{ace.mask:x}"  # a bit without a name: all of it in hexadecimal
    flags = "".join(name for bit, name in _SDDL_FLAGS if ace.flags & bit)
    guids = (str(guid or "") for guid in (ace.object_type, ace.inherited_object_type))
    fields = (_SDDL_TYPES[ace.type], flags, rights, *guids, str(ace.sid))
    return f"({';'.join(fields)})"
