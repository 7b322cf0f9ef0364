"""An ACE in words."""

from collections.abc import Callable

from agent.acl.ace import ALLOWING, CALLBACK, DENYING, Ace, AceFlag, UnknownAce
from agent.acl.rights import (
    ACCOUNT_RESTRICTIONS,
    INET_ORG_PERSON,
    READ_CONTROL,
    USER,
    WRITE_DAC,
    WRITE_OWNER,
    Right,
    effective_mask,
)
from agent.acl.sid import Sid

_DEEDS = (
    (0x10, "read all properties"),
    (0x20, "write all properties"),
    (0x100, "use all extended rights, Reset Password among them"),
    (0x1, "create objects"),
    (0x2, "delete objects below"),
    (0x40, "delete the tree"),
    (0x10000, "delete"),
    (0x4, "list"),
    (0x8, "make validated writes"),
    (READ_CONTROL, Right.READ_CONTROL.value.words),
    (WRITE_DAC, Right.WRITE_DACL.value.words),
    (WRITE_OWNER, Right.WRITE_OWNER.value.words),
)
_NAMES = {
    ACCOUNT_RESTRICTIONS: "the account restrictions (pwdLastSet among them)",
    USER: "user objects",
    INET_ORG_PERSON: "inetOrgPerson objects",
}


def words(ace: Ace | UnknownAce, *, name_of: Callable[[Sid], str] = str) -> str:
    """Say what one entry does, for an administrator."""
    if isinstance(ace, UnknownAce):
        return f"An entry of unknown kind ({ace.name})"
    verb = "Denies" if ace.type in DENYING else "Allows"
    if ace.type not in DENYING and ace.type not in ALLOWING:
        verb = "Audits or labels"
    said = f"{verb} {name_of(ace.sid)} to {_deeds(ace)}{_where(ace)}"
    if ace.type in CALLBACK:
        said += ", under a condition"
    return said + (" (inherited)" if ace.inherited else "")


def _deeds(ace: Ace) -> str:
    mask = effective_mask(ace.mask)
    if mask & 0xF01FF == 0xF01FF and ace.object_type is None:
        return "do everything"
    if ace.object_type is None:
        return " and ".join(name for bit, name in _DEEDS if mask & bit) or hex(mask)
    for right in Right:
        if right.value.guid == ace.object_type and mask & right.value.mask:
            return right.value.words
    return f"{_verbs(mask)} {_NAMES.get(ace.object_type, str(ace.object_type))}"


def _verbs(mask: int) -> str:
    verbs = ((0x10, "read"), (0x20, "write"), (0x1, "create"), (0x2, "delete"))
    return " and ".join(verb for bit, verb in verbs if mask & bit) or "use the right"


def _where(ace: Ace) -> str:
    if not ace.flags & AceFlag.CONTAINER_INHERIT:
        return ""
    kind = ace.inherited_object_type
    below = "all objects" if kind is None else _NAMES.get(kind, f"objects of {kind}")
    return f" on {below} below" if ace.inherit_only else f" here and on {below} below"
