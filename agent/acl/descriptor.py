"""Security descriptors: bytes to values and back, byte for byte.

Self-relative form only (MS-DTYP 2.4.6), as Active Directory keeps it. Nothing is
skipped: an ACE of an unknown kind is kept as it came. Every length is checked
before it is used; `DescriptorError` names the offset and the rule.
"""

import struct
from dataclasses import dataclass, replace
from enum import IntFlag
from typing import Literal

from agent.acl.ace import DENYING, OBJECT, Ace, AceFlag, UnknownAce, read_ace
from agent.acl.errors import DescriptorError
from agent.acl.sid import Sid

_HEADER = struct.Struct("<BBHIIII")  # MS-DTYP 2.4.6
_ACL = struct.Struct("<BBHHH")  # MS-DTYP 2.4.5
_ACE_HEADER = 4


class Control(IntFlag):
    """The control bits that matter here (MS-DTYP 2.4.6)."""

    DACL_PRESENT = 0x0004
    SACL_PRESENT = 0x0010
    DACL_AUTO_INHERITED = 0x0400
    DACL_PROTECTED = 0x1000
    SELF_RELATIVE = 0x8000


@dataclass(frozen=True, slots=True)
class Acl:
    """An access control list (MS-DTYP 2.4.5). No entries: nobody may do anything.

    Its entries are in the order they are evaluated; `revision` is 2, or 4 when it may
    hold object entries; `sbz` the two reserved fields; `slack` the room after the last
    entry.
    """

    aces: tuple[Ace | UnknownAce, ...]
    revision: int = 4
    sbz: tuple[int, int] = (0, 0)
    slack: bytes = b""

    def to_bytes(self) -> bytes:
        """Write the list; DescriptorError when it is too long."""
        body = b"".join(ace.to_bytes() for ace in self.aces) + self.slack
        if len(body) + _ACL.size > 0xFFFF:
            raise DescriptorError(2, "an ACL has at most 65535 bytes")
        first, second = self.sbz
        size = len(body) + _ACL.size
        return _ACL.pack(self.revision, first, size, len(self.aces), second) + body


_Part = Literal["owner", "group", "sacl", "dacl"]
_PARTS: tuple[_Part, ...] = ("owner", "group", "sacl", "dacl")


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where the parts of an unusual descriptor lie, and the bytes between them."""

    offsets: tuple[int, int, int, int]
    size: int
    filler: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class SecurityDescriptor:
    """Who owns an object and who may do what with it (MS-DTYP 2.4.6).

    A part is None when not read or not set, but as `dacl` it is a NULL DACL: everybody
    may do everything. `order` is how the parts lie one after another, `sbz` the
    resource manager's byte; `placed` is set only when the parts do not simply follow
    each other.
    """

    control: int
    owner: Sid | None
    group: Sid | None
    sacl: Acl | None
    dacl: Acl | None
    order: tuple[_Part, ...] = ("sacl", "dacl", "owner", "group")
    revision: int = 1
    sbz: int = 0
    placed: _Placed | None = None

    @property
    def protected(self) -> bool:
        """Whether inheritance from the containers above is off."""
        return bool(self.control & Control.DACL_PROTECTED)

    def part_bytes(self, name: _Part) -> bytes:
        """Write one part; empty when it is absent."""
        part: Sid | Acl | None = getattr(self, name)
        if isinstance(part, Sid):
            return part.raw
        return part.to_bytes() if part else b""

    def to_bytes(self) -> bytes:
        """Write the descriptor: the bytes it was read from, if unchanged."""
        if self.placed:
            return self._place(self.placed)
        offsets, body = dict.fromkeys(_PARTS, 0), b""
        for name in self.order:
            if part := self.part_bytes(name):
                offsets[name] = _HEADER.size + len(body)
                body += part
        head = (self.revision, self.sbz, self.control)
        return _HEADER.pack(*head, *(offsets[name] for name in _PARTS)) + body

    def _place(self, placed: _Placed) -> bytes:
        out = bytearray(placed.size)
        head = (self.revision, self.sbz, self.control)
        _HEADER.pack_into(out, 0, *head, *placed.offsets)
        for offset, filler in placed.filler:
            out[offset : offset + len(filler)] = filler
        for name, offset in zip(_PARTS, placed.offsets, strict=True):
            if part := self.part_bytes(name):
                out[offset : offset + len(part)] = part
        return bytes(out)


def parse(data: bytes) -> SecurityDescriptor:
    """Read a self-relative descriptor; DescriptorError says what is wrong with it."""
    if len(data) < _HEADER.size:
        raise DescriptorError(0, f"the header needs {_HEADER.size} bytes")
    revision, sbz, control, *offsets = _HEADER.unpack_from(data)
    if revision != 1:
        raise DescriptorError(0, f"revision {revision} is not 1")
    if not control & Control.SELF_RELATIVE:
        raise DescriptorError(2, "the descriptor is not self-relative")
    owner, group, sacl, dacl = offsets
    descriptor = SecurityDescriptor(
        control=control,
        owner=_sid_at(data, owner),
        group=_sid_at(data, group),
        # an offset without its control bit is no ACL (MS-DTYP 2.4.6: DP, SP)
        sacl=_acl_at(data, sacl) if control & Control.SACL_PRESENT else None,
        dacl=_acl_at(data, dacl) if control & Control.DACL_PRESENT else None,
        order=tuple(name for _, name in sorted(zip(offsets, _PARTS, strict=True))),
        revision=revision,
        sbz=sbz,
    )
    return _keep_layout(descriptor, data, (owner, group, sacl, dacl))


def _keep_layout(
    descriptor: SecurityDescriptor, data: bytes, offsets: tuple[int, int, int, int]
) -> SecurityDescriptor:
    """Remember gaps, overlaps and stray offsets, where there are any."""
    spans, stray = [], False
    for name, offset in zip(_PARTS, offsets, strict=True):
        if length := len(descriptor.part_bytes(name)):
            spans.append((offset, offset + length))
        else:
            stray |= offset != 0
    spans.sort()
    filler, at, overlap = [], _HEADER.size, False
    for start, end in [*spans, (len(data), len(data))]:
        if start > at:
            filler.append((at, data[at:start]))
        overlap |= start < at
        at = max(at, end)
    if not (stray or filler or overlap):
        return descriptor
    return replace(descriptor, placed=_Placed(offsets, len(data), tuple(filler)))


def _sid_at(data: bytes, offset: int) -> Sid | None:
    if not offset:
        return None
    _check_outside_header(data, offset)
    return Sid.parse(data, offset)


def _check_outside_header(data: bytes, offset: int) -> None:
    if not _HEADER.size <= offset < len(data):
        raise DescriptorError(offset, "a part lies outside the descriptor")


def _acl_at(data: bytes, offset: int) -> Acl | None:
    if not offset:
        return None
    _check_outside_header(data, offset)
    frame = data[offset : offset + 0xFFFF]
    if len(frame) < _ACL.size:
        raise DescriptorError(offset, f"an ACL needs {_ACL.size} bytes")
    revision, first, size, count, second = _ACL.unpack_from(frame)
    if revision not in (2, 3, 4):
        raise DescriptorError(offset, f"ACL revision {revision} is not 2, 3 or 4")
    if not _ACL.size <= size <= len(frame):
        raise DescriptorError(offset + 2, f"ACL size {size} leaves the descriptor")
    aces, used = _aces(frame[:size], count, offset)
    return Acl(aces, revision, (first, second), frame[used:size])


def _aces(
    acl: bytes, count: int, base: int
) -> tuple[tuple[Ace | UnknownAce, ...], int]:
    """Read so many entries; give them and where they end."""
    at, aces = _ACL.size, []
    for _ in range(count):
        if len(acl) - at < _ACE_HEADER:
            raise DescriptorError(base + at, f"{count} ACEs do not fit into the ACL")
        size = acl[at + 2] | acl[at + 3] << 8
        if size < _ACE_HEADER or size % 4 or at + size > len(acl):
            raise DescriptorError(
                base + at + 2, f"ACE size {size} is no multiple of 4 inside the ACL"
            )
        try:
            aces.append(read_ace(acl[at : at + size]))
        except DescriptorError as error:
            raise DescriptorError(base + at + error.offset, error.rule) from error
        at += size
    return tuple(aces), at


def has_ace(descriptor: SecurityDescriptor, ace: Ace) -> bool:
    """Say whether exactly this entry is in the DACL."""
    return descriptor.dacl is not None and ace in descriptor.dacl.aces


def with_dacl(
    descriptor: SecurityDescriptor, aces: tuple[Ace | UnknownAce, ...]
) -> SecurityDescriptor:
    """Give the descriptor other entries; its parts then follow each other."""
    old = descriptor.dacl or Acl(())
    needs_4 = any(ace.type in OBJECT for ace in aces)
    acl = Acl(aces, max(old.revision, 4 if needs_4 else 2), old.sbz)
    control = descriptor.control | Control.DACL_PRESENT
    return replace(descriptor, dacl=acl, control=int(control), placed=None)


def add_ace(descriptor: SecurityDescriptor, ace: Ace) -> SecurityDescriptor:
    """Add one entry at its canonical place, once; no other entry moves.

    Explicit denies come before explicit allows, both before inherited entries.
    Entries out of that order stay where they are: moving them would change what
    others may do. A NULL DACL is refused: one entry would lock everybody out.
    """
    if descriptor.dacl is None:
        raise DescriptorError(16, "a NULL DACL takes no entry; set a DACL first")
    if has_ace(descriptor, ace):
        return descriptor
    aces, rank = descriptor.dacl.aces, _rank(ace)
    after = (index for index, old in enumerate(aces) if _rank(old) > rank)
    place = next(after, len(aces))
    return with_dacl(descriptor, (*aces[:place], ace, *aces[place:]))


def _rank(ace: Ace | UnknownAce) -> int:
    if ace.flags & AceFlag.INHERITED:
        return 2
    return 0 if ace.type in DENYING else 1


def remove_ace(descriptor: SecurityDescriptor, ace: Ace) -> SecurityDescriptor:
    """Take out that one entry; nothing changes when it is not there.

    An inherited entry is refused: it is taken out where it comes from.
    """
    if ace.inherited:
        raise DescriptorError(0, "an inherited ACE is removed from its own container")
    if descriptor.dacl is None or not has_ace(descriptor, ace):
        return descriptor
    aces = descriptor.dacl.aces
    place = aces.index(ace)
    return with_dacl(descriptor, aces[:place] + aces[place + 1 :])
