"""An ACE in words."""

from collections.abc import Callable

from agent.acl import rights
from agent.acl.ace import ALLOWING, CALLBACK, DENYING, Ace, AceFlag, UnknownAce
from agent.acl.rights import Right, effective_mask, is_full_control
from agent.acl.sid import Sid
from wire.text import Text, folded, verbatim

_ACTIONS = (
    (rights.READ_PROPERTY, Text("read all properties")),
    (rights.WRITE_PROPERTY, Text("write all properties")),
    (rights.CONTROL_ACCESS, Text("use all extended rights, Reset Password among them")),
    (rights.CREATE_CHILD, Text("create objects")),
    (rights.DELETE_CHILD, Text("delete objects below")),
    (rights.DELETE_TREE, Text("delete the tree")),
    (rights.DELETE, Text("delete")),
    (rights.LIST_CHILDREN, Text("list")),
    (rights.VALIDATED_WRITE, Text("make validated writes")),
    (rights.READ_CONTROL, Right.READ_CONTROL.value.words),
    (rights.WRITE_DAC, Right.WRITE_DACL.value.words),
    (rights.WRITE_OWNER, Right.WRITE_OWNER.value.words),
)
_VERBS = (
    (rights.READ_PROPERTY, Text("read")),
    (rights.WRITE_PROPERTY, Text("write")),
    (rights.CREATE_CHILD, Text("create")),
    (rights.DELETE_CHILD, Text("delete")),
)
_NAMES = {
    rights.ACCOUNT_RESTRICTIONS: Text(
        "the account restrictions (pwdLastSet among them)"
    ),
    rights.USER: Text("user objects"),
    rights.INET_ORG_PERSON: Text("inetOrgPerson objects"),
}


def words(ace: Ace | UnknownAce, *, name_of: Callable[[Sid], str] = str) -> Text:
    """Say what one entry does, for an administrator."""
    if isinstance(ace, UnknownAce):
        return Text("An entry of unknown kind ({name})", name=ace.name)
    fields = {"name": name_of(ace.sid), "actions": _placed_actions(ace)}
    if ace.type in DENYING:
        entry = Text("Denies {name} to {actions}", **fields)
    elif ace.type in ALLOWING:
        entry = Text("Allows {name} to {actions}", **fields)
    else:
        entry = Text("Audits or labels {name} to {actions}", **fields)
    if ace.type in CALLBACK:
        entry = Text("{entry}, under a condition", entry=entry)
    return Text("{entry} (inherited)", entry=entry) if ace.inherited else entry


def _placed_actions(ace: Ace) -> Text:
    actions = _actions(ace)
    if not ace.flags & AceFlag.CONTAINER_INHERIT:
        return actions
    objects = Text("all objects")
    if kind := ace.inherited_object_type:
        objects = _NAMES.get(kind) or Text("objects of {kind}", kind=str(kind))
    if ace.inherit_only:
        return Text("{actions} on {objects} below", actions=actions, objects=objects)
    return Text(
        "{actions} here and on {objects} below", actions=actions, objects=objects
    )


def _actions(ace: Ace) -> Text:
    if is_full_control(ace.mask) and ace.object_type is None:
        return Text("do everything")
    mask = effective_mask(ace.mask)
    if ace.object_type is None:
        return _named(_ACTIONS, mask) or verbatim(hex(mask))
    for right in Right:
        if right.value.guid == ace.object_type and mask & right.value.mask:
            return right.value.words
    verbs = _named(_VERBS, mask) or Text("use the right")
    what = _NAMES.get(ace.object_type) or str(ace.object_type)
    return Text("{verbs} {what}", verbs=verbs, what=what)


def _named(names: tuple[tuple[int, Text], ...], mask: int) -> Text:
    return folded(
        (name for bit, name in names if mask & bit),
        lambda one, more: Text("{one} and {more}", one=one, more=more),
    )
