"""An ACE in SDDL."""

from agent.acl.ace import Ace
from agent.acl.errors import DescriptorError

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
