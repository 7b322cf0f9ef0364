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
from wizard.permissions import held_rights
from wizard.permissions.findings import Finding, Level, NameOf, not_known


@dataclass(frozen=True, slots=True)
class Place:
    """An object whose permissions are judged.

    Attributes:
        name: the end of a finding's id: head, template, account, a DN or a SID.
        title: what it is called in a finding.
        descriptor: owner, group and DACL as read; None when hidden.
        classes: the GUID of its most specific class.

    """

    name: str
    title: str
    descriptor: bytes | None
    classes: frozenset[UUID]


def of_groups(sids: frozenset[Sid], name_of: NameOf) -> Iterator[Finding]:
    """Tell which protected groups the account is in, through any number of groups."""
    held = sorted((sid for sid in sids if is_protected(sid)), key=str)
    for sid in held:
        name = name_of(sid)
        known = well_known(sid) or name
        title = f"It is in {name}" + (f" ({known})" if known != name else "")
        yield Finding(
            f"groups/{sid}",
            Level.PROBLEM,
            title,
            f"tokenGroups has {sid}",
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
    descriptor = read(head.descriptor)
    if isinstance(descriptor, Unreadable):
        about = "whether it may replicate the domain"
        yield not_known("replication", about, descriptor.reason, held_rights.LET_READ)
        return
    held = held_rights.ask(
        descriptor, sids, (each[0] for each in _REPLICATION), head.classes
    )
    by_right = {each.right: each for each in held}
    for right, what, level in _REPLICATION:
        if each := by_right.get(right):
            yield _judged(what, level, f"It may {right.value.words}", each, name_of)
    if not held:
        yield Finding("replication", Level.OK, "It may not replicate the domain")


def of_place(place: Place, sids: frozenset[Sid], name_of: NameOf) -> Iterator[Finding]:
    """Tell which control over one object the account has."""
    descriptor = read(place.descriptor)
    if isinstance(descriptor, Unreadable):
        about = f"what it may change of {place.title}"
        yield not_known(
            f"excess/{place.name}", about, descriptor.reason, held_rights.LET_READ
        )
        return
    held = held_rights.ask(descriptor, sids, held_rights.CONTROL, place.classes)
    if not held:
        title = f"It has no control over {place.title}"
        yield Finding(f"excess/{place.name}", Level.OK, title)
    elif whole := held_rights.has_full(held):
        title = f"It may do everything with {place.title}"
        what = (
            f"excess/{held_rights.spelled(held_rights.Whole.FULL_CONTROL)}/{place.name}"
        )
        yield _judged(what, Level.PROBLEM, title, whole, name_of)
    else:
        for each in held:
            title = f"It may {each.right.value.words} of {place.title}"
            if each.right is Right.WRITE_OWNER:
                title = f"It may take ownership of {place.title}"
            what = f"excess/{held_rights.spelled(each.right)}/{place.name}"
            yield _judged(what, Level.PROBLEM, title, each, name_of)


def _judged(
    what: str, level: Level, title: str, held: held_rights.Held, name_of: NameOf
) -> Finding:
    if not held.decision.allowed:
        about = f"whether {title[:1].lower()}{title[1:]}"
        shown_by = f"{held.shown_by(name_of)}: {held.decision.reason.value}"
        return not_known(what, about, shown_by, held_rights.LOOK)
    return Finding(what, level, title, held.shown_by(name_of), held_rights.TAKE_AWAY)


def of_unexpire(
    head: Place, sids: frozenset[Sid], name_of: NameOf
) -> Iterator[Finding]:
    """Tell of Unexpire Password; a reset does not need it, so it is never granted."""
    what, descriptor = "unexpire", read(head.descriptor)
    if isinstance(descriptor, Unreadable):
        about = "whether it may lift the expiry of passwords"
        unknown = not_known(what, about, descriptor.reason, "")
        yield replace(unknown, level=Level.INFO)
        return
    held = held_rights.ask(descriptor, sids, (Right.UNEXPIRE_PASSWORD,), head.classes)
    title = f"It may {Right.UNEXPIRE_PASSWORD.value.words}; nothing needs it"
    if not held or not held[0].decision.allowed:
        title = f"It may not {Right.UNEXPIRE_PASSWORD.value.words}; nothing needs it"
    shown_by = held[0].shown_by(name_of) if held else ""
    yield Finding(what, Level.INFO, title, shown_by)
