"""Access control entries (MS-DTYP 2.4.4): bytes to values and back.

An entry of an unknown kind is kept as it came, never skipped. Every length is
checked before it is used; `DescriptorError` names the offset and the rule.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import lru_cache
from uuid import UUID

from agent.acl.errors import DescriptorError
from agent.acl.sid import Sid

_HEADER = struct.Struct("<BBH")  # MS-DTYP 2.4.4.1
_U32 = struct.Struct("<I")
_CACHED_ACE = 128  # bytes; bounds what the cache of parsed entries may hold


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


@dataclass(frozen=True, slots=True)
class Ace:
    """One entry of an ACL whose form is known.

    `type` is an `AceType` as its number, `mask` the access mask (MS-DTYP 2.4.3). It is
    about `object_type`, a right, property or class, and `inherited_object_type` is the
    class that inherits it; None: all. `data` follows the SID: a condition, or padding.
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
