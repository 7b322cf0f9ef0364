"""An ACE in SDDL."""

from agent.acl import rights
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
    (rights.CREATE_CHILD, "CC"),
    (rights.DELETE_CHILD, "DC"),
    (rights.LIST_CHILDREN, "LC"),
    (rights.VALIDATED_WRITE, "SW"),
    (rights.READ_PROPERTY, "RP"),
    (rights.WRITE_PROPERTY, "WP"),
    (rights.DELETE_TREE, "DT"),
    (rights.LIST_OBJECT, "LO"),
    (rights.CONTROL_ACCESS, "CR"),
    (rights.DELETE, "SD"),
    (rights.READ_CONTROL, "RC"),
    (rights.WRITE_DAC, "WD"),
    (rights.WRITE_OWNER, "WO"),
    (rights.GENERIC_ALL, "GA"),
    (rights.GENERIC_EXECUTE, "GX"),
    (rights.GENERIC_WRITE, "GW"),
    (rights.GENERIC_READ, "GR"),
)


def sddl(ace: Ace) -> str:
    """Write one entry in SDDL (MS-DTYP 2.5.1), without names for known SIDs."""
    if ace.type not in _SDDL_TYPES:
        raise DescriptorError(0, f"an ACE of type {ace.type} is not written in SDDL")
    letters = "".join(name for bit, name in _SDDL_RIGHTS if ace.mask & bit)
    if ace.mask & ~sum(bit for bit, _ in _SDDL_RIGHTS) or not letters:
        letters = f"0x{ace.mask:x}"  # a bit without a name: all of it in hexadecimal
    flags = "".join(name for bit, name in _SDDL_FLAGS if ace.flags & bit)
    guids = (str(guid or "") for guid in (ace.object_type, ace.inherited_object_type))
    fields = (_SDDL_TYPES[ace.type], flags, letters, *guids, str(ace.sid))
    return f"({';'.join(fields)})"
