"""Which rights the agent's account holds beyond its task, on one object after another.

Pure. What it may do to people is counted by `wizard.permissions.user_rights`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from agent.acl.descriptor_reader import Unreadable, read
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.acl.well_known_sids import is_protected, well_known
from wire.text import EMPTY, Text, verbatim
from wizard.permissions import held_rights
from wizard.permissions.findings import Finding, Level, NameOf
from wizard.permissions.held_rights import AllRights, unread


@dataclass(frozen=True, slots=True)
class Place:
    """An object whose permissions are judged.

    Its name ends a finding's id: head, template, account, a DN or a SID. The descriptor
    is owner, group and DACL as read, None when hidden; `classes` the GUID of its most
    specific class.
    """

    name: str
    title: Text
    descriptor: bytes | None
    classes: frozenset[UUID]


def of_groups(sids: frozenset[Sid], name_of: NameOf) -> Iterator[Finding]:
    """Tell which protected groups the account is in, through any number of groups."""
    held = sorted((sid for sid in sids if is_protected(sid)), key=str)
    for sid in held:
        name = name_of(sid)
        known = well_known(sid) or name
        group = name if known == name else f"{name} ({known})"
        yield Finding(
            f"groups/{sid}",
            Level.PROBLEM,
            Text("It is in {group}", group=group),
            Text("tokenGroups has {sid}", sid=str(sid)),
            "Take it out of the group: the agent needs no administrator's rights.",
        )
    if not held:
        yield Finding("groups", Level.OK, "It is in no protected group")


_REPLICATION = (
    (Right.REPLICATE_SECRETS, "replication/all", Level.PROBLEM),
    (Right.REPLICATE_FILTERED, "replication/filtered", Level.PROBLEM),
    (Right.REPLICATE, "replication/changes", Level.WARNING),
)


def of_replication(
    head: Place, sids: frozenset[Sid], name_of: NameOf
) -> Iterator[Finding]:
    """Tell whether the account may copy the directory, with the hashes or without."""
    what, descriptor = "replication", read(head.descriptor)
    if isinstance(descriptor, Unreadable):
        yield unread(what, Text("whether it may replicate the domain"), descriptor)
        return
    rights = (each[0] for each in _REPLICATION)
    held = held_rights.ask(descriptor, sids, rights, head.classes)
    by_right = {each.right: each for each in held}
    for right, name, level in _REPLICATION:
        if each := by_right.get(right):
            yield _judged(name, level, verbatim(right.value.words), each, name_of)
    if not held:
        yield Finding(what, Level.OK, "It may not replicate the domain")


def of_place(place: Place, sids: frozenset[Sid], name_of: NameOf) -> Iterator[Finding]:
    """Tell which control over one object the account has."""
    descriptor, title = read(place.descriptor), place.title
    if isinstance(descriptor, Unreadable):
        about = Text("what it may change of {title}", title=title)
        yield unread(f"excess/{place.name}", about, descriptor)
        return
    held = held_rights.ask(descriptor, sids, held_rights.CONTROL, place.classes)
    if not held:
        fine = Text("It has no control over {title}", title=title)
        yield Finding(f"excess/{place.name}", Level.OK, fine)
    elif whole := held_rights.has_full(held):
        yield _control(place, AllRights.FULL_CONTROL, whole, name_of)
    else:
        yield from (_control(place, each.right, each, name_of) for each in held)


def _control(
    place: Place,
    right: Right | AllRights,
    held: held_rights.HeldRight,
    name_of: NameOf,
) -> Finding:
    what = f"excess/{held_rights.spelled(right)}/{place.name}"
    if not held.decision.allowed:
        about = Text("a right over {objects}", objects=place.title)
        return held.left_open(what, about, name_of)
    title, shown_by = held_rights.may(right, place.title), held.shown_by(name_of)
    return Finding(what, Level.PROBLEM, title, shown_by, held_rights.TAKE_AWAY)


def _judged(
    what: str, level: Level, action: Text, held: held_rights.HeldRight, name_of: NameOf
) -> Finding:
    if not held.decision.allowed:
        return held.left_open(
            what, Text("whether it may {action}", action=action), name_of
        )
    title = Text("It may {action}", action=action)
    return Finding(what, level, title, held.shown_by(name_of), held_rights.TAKE_AWAY)


def of_unexpire(
    head: Place, sids: frozenset[Sid], name_of: NameOf
) -> Iterator[Finding]:
    """Tell of Unexpire Password; a reset does not need it, so it is never granted."""
    what, descriptor = "unexpire", read(head.descriptor)
    if isinstance(descriptor, Unreadable):
        about = Text("whether it may lift the expiry of passwords")
        yield replace(unread(what, about, descriptor), level=Level.INFO, remedy=EMPTY)
        return
    right = Right.UNEXPIRE_PASSWORD
    held = held_rights.ask(descriptor, sids, (right,), head.classes)
    title = Text("It may {action}; nothing needs it", action=right.value.words)
    if not held or not held[0].decision.allowed:
        title = Text("It may not {action}; nothing needs it", action=right.value.words)
    shown_by = held[0].shown_by(name_of) if held else EMPTY
    yield Finding(what, Level.INFO, title, shown_by)
