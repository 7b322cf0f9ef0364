"""Descriptors written as text, so that a test's table can be read."""

import re
from uuid import UUID

from agent.acl.ace import Ace
from agent.acl.descriptor import Acl, Control, SecurityDescriptor
from agent.acl.sid import Sid

DOMAIN = "S-1-5-21-1-2-3"
NAMES = {
    "AGENT": f"{DOMAIN}-1104",
    "GROUP": f"{DOMAIN}-1105",
    "USER": f"{DOMAIN}-1106",
    "DA": f"{DOMAIN}-512",
    "WD": "S-1-1-0",
    "AU": "S-1-5-11",
    "PS": "S-1-5-10",
    "OW": "S-1-3-4",
    "SY": "S-1-5-18",
}
TYPES = {"A": 0, "D": 1, "OA": 5, "OD": 6, "XA": 9, "XD": 10, "ZA": 11, "ZD": 12}
FLAGS = {"OI": 1, "CI": 2, "NP": 4, "IO": 8, "ID": 16}
RIGHTS = {
    "CC": 0x1,
    "SW": 0x8,
    "RP": 0x10,
    "WP": 0x20,
    "CR": 0x100,
    "RC": 0x20000,
    "WD": 0x40000,
    "WO": 0x80000,
    "GA": 0x10000000,
    "GW": 0x40000000,
}
GUIDS = {
    "reset": "00299570-246d-11d0-a768-00aa006e0529",
    "change": "ab721a53-1e2f-11d0-9819-00aa0040529b",
    "lockout": "28630ebf-41d5-11d1-a9c1-0000f80367c1",
    "pwdlast": "bf967a0a-0de6-11d0-a285-00aa003049e2",
    "restrictions": "4c164200-20c0-11d0-a768-00aa006e0529",
    "membership": "bc0ac240-79a9-11d0-9020-00c04fc2d4cf",
    "memberof": "bf967991-0de6-11d0-a285-00aa003049e2",
    "admincount": "bf967918-0de6-11d0-a285-00aa003049e2",
    "expires": "bf967915-0de6-11d0-a285-00aa003049e2",
    "pso": "b77ea093-88d0-4780-9a98-911f8e8b1dca",
    "unexpire": "ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501",
    "user": "bf967aba-0de6-11d0-a285-00aa003049e2",
    "computer": "bf967a86-0de6-11d0-a285-00aa003049e2",
}


def sid(name: str) -> Sid:
    return Sid.of(NAMES.get(name, name))


def sids(*names: str) -> frozenset[Sid]:
    return frozenset(map(sid, names))


def guid(name: str) -> UUID | None:
    return UUID(GUIDS[name]) if name else None


def pairs(text: str, table: dict[str, int]) -> int:
    return sum(table[text[i : i + 2]] for i in range(0, len(text), 2))


def ace(text: str) -> Ace:
    """Read `OA;CI;CR;reset;user;AGENT`."""
    kind, flags, rights, about, inherited, who = text.split(";")
    mask = pairs(rights, RIGHTS)
    return Ace(
        TYPES[kind], pairs(flags, FLAGS), mask, sid(who), guid(about), guid(inherited)
    )


def descriptor(
    text: str | None, *, owner: str = "DA", protected: bool = False
) -> SecurityDescriptor:
    """Read `(A;;RC;;;AU)(OA;...)`; None makes a NULL DACL."""
    control = Control.SELF_RELATIVE | Control.DACL_PRESENT
    control |= Control.DACL_PROTECTED if protected else Control(0)
    aces = tuple(map(ace, re.findall(r"\(([^)]*)\)", text or "")))
    dacl = None if text is None else Acl(aces)
    return SecurityDescriptor(int(control), sid(owner), sid("DA"), None, dacl)
