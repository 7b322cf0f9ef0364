"""An ACE in words."""

from collections.abc import Callable

from agent.acl import rights
from agent.acl.ace import ALLOWING, CALLBACK, DENYING, Ace, AceFlag, UnknownAce
from agent.acl.rights import Right, effective_mask, is_full_control
from agent.acl.sid import Sid

_DEEDS = (
    (rights.READ_PROPERTY, "read all properties"),
    (rights.WRITE_PROPERTY, "write all properties"),
    (rights.CONTROL_ACCESS, "use all extended rights, Reset Password among them"),
    (rights.CREATE_CHILD, "create objects"),
    (rights.DELETE_CHILD, "delete objects below"),
    (rights.DELETE_TREE, "delete the tree"),
    (rights.DELETE, "delete"),
    (rights.LIST_CHILDREN, "list"),
    (rights.VALIDATED_WRITE, "make validated writes"),
    (rights.READ_CONTROL, Right.READ_CONTROL.value.words),
    (rights.WRITE_DAC, Right.WRITE_DACL.value.words),
    (rights.WRITE_OWNER, Right.WRITE_OWNER.value.words),
)
_VERBS = (
    (rights.READ_PROPERTY, "read"),
    (rights.WRITE_PROPERTY, "write"),
    (rights.CREATE_CHILD, "create"),
    (rights.DELETE_CHILD, "delete"),
)
_NAMES = {
    rights.ACCOUNT_RESTRICTIONS: "the account restrictions (pwdLastSet among them)",
    rights.USER: "user objects",
    rights.INET_ORG_PERSON: "inetOrgPerson objects",
}


def words(ace: Ace | UnknownAce, *, name_of: Callable[[Sid], str] = str) -> str:
    """Say what one entry does, for an administrator."""
    if isinstance(ace, UnknownAce):
        return f"An entry of unknown kind ({ace.name})"
    verb = "Denies" if ace.type in DENYING else "Allows"
    if ace.type not in DENYING and ace.type not in ALLOWING:
        verb = "Audits or labels"
    text = f"{verb} {name_of(ace.sid)} to {_deeds(ace)}{_where(ace)}"
    if ace.type in CALLBACK:
        text += ", under a condition"
    return text + (" (inherited)" if ace.inherited else "")


def _deeds(ace: Ace) -> str:
    if is_full_control(ace.mask) and ace.object_type is None:
        return "do everything"
    mask = effective_mask(ace.mask)
    if ace.object_type is None:
        return " and ".join(name for bit, name in _DEEDS if mask & bit) or hex(mask)
    for right in Right:
        if right.value.guid == ace.object_type and mask & right.value.mask:
            return right.value.words
    return f"{_verbs(mask)} {_NAMES.get(ace.object_type, str(ace.object_type))}"


def _verbs(mask: int) -> str:
    return " and ".join(verb for bit, verb in _VERBS if mask & bit) or "use the right"


def _where(ace: Ace) -> str:
    if not ace.flags & AceFlag.CONTAINER_INHERIT:
        return ""
    kind = ace.inherited_object_type
    below = "all objects" if kind is None else _NAMES.get(kind, f"objects of {kind}")
    return f" on {below} below" if ace.inherit_only else f" here and on {below} below"
