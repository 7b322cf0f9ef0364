"""Security identifiers (MS-DTYP 2.4.2)."""

import re
import struct
from dataclasses import dataclass

from agent.acl.errors import DescriptorError

_SID = re.compile(r"S-1-(0X[0-9A-F]{12}|[0-9]{1,10})((?:-[0-9]{1,10}){0,15})")


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
