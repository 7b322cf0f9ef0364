"""Which of some rights an account's token holds on one object, and what shows it.

Pure. A right is held when `agent.acl.access_check.decide` says that it is allowed; one
that can not be decided is kept too, so that nobody takes it for "not held".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from agent.acl.access_check import Decision, Reason, decide
from agent.acl.ace import Ace
from agent.acl.ace_text import words
from agent.acl.descriptor import SecurityDescriptor
from agent.acl.descriptor_reader import Unreadable
from agent.acl.rights import Right, is_full_control
from agent.acl.sid import Sid
from wire.text import Text, filled, verbatim
from wizard.permissions.findings import Finding, NameOf, not_known

CONTROL = (Right.WRITE_DACL, Right.WRITE_OWNER, Right.WRITE_EVERYTHING)
TASK = (Right.RESET_PASSWORD, Right.WRITE_LOCKOUT_TIME, Right.WRITE_PWD_LAST_SET)
TAKE_AWAY = Text("Take the entry away: the agent needs no more than the three rights.")
LET_READ = Text("Let the service account read the permissions there (READ_CONTROL).")
LOOK = Text("Look at the entry: it can't be checked from here.")


class AllRights(Enum):
    """All rights at once, beside the members of `Right`."""

    FULL_CONTROL = "full_control"


# whole sentences: a verb and what it governs stand in another order elsewhere
_MAY: dict[Right | AllRights, Text] = {
    AllRights.FULL_CONTROL: Text("It may do everything with {objects}"),
    Right.WRITE_DACL: Text("It may change the permissions of {objects}"),
    Right.WRITE_OWNER: Text("It may take ownership of {objects}"),
    Right.WRITE_EVERYTHING: Text("It may write all properties of {objects}"),
    Right.RESET_PASSWORD: Text("It may reset the passwords of {objects}"),
    Right.WRITE_LOCKOUT_TIME: Text("It may unlock {objects}"),
    Right.WRITE_PWD_LAST_SET: Text("It may require a new password of {objects}"),
    Right.WRITE_MEMBERS: Text("It may choose the members of {objects}"),
    Right.ADD_SELF: Text("It may become a member of {objects}"),
}


def may(right: Right | AllRights, objects: Text) -> Text:
    """Say that an account has a right over objects, or over one."""
    return filled(_MAY[right], {"objects": objects})


@dataclass(frozen=True, slots=True)
class HeldRight:
    """A decision about one right, with who owns the object."""

    right: Right
    decision: Decision
    owner: Sid | None

    def shown_by(self, name_of: NameOf) -> Text:
        """Say what gives it, or leaves it open."""
        if self.decision.because is not None:
            return verbatim(words(self.decision.because, name_of=name_of))
        if self.decision.reason is Reason.OWNER and self.owner:
            return Text("{name} is the owner", name=name_of(self.owner))
        return verbatim(self.decision.reason.value)

    def left_open(self, what: str, about: Text, name_of: NameOf) -> Finding:
        """Tell that it can't be decided, by what."""
        entry, reason = self.shown_by(name_of), self.decision.reason.value
        shown_by = Text("{entry}: {reason}", entry=entry, reason=reason)
        return not_known(what, about, shown_by, LOOK)

    @property
    def everything(self) -> bool:
        """Whether one entry gives this right and all others."""
        because = self.decision.because
        if not isinstance(because, Ace) or because.object_type is not None:
            return self.decision.reason is Reason.NO_LIST
        return is_full_control(because.mask)


def unread(what: str, about: Text, descriptor: Unreadable) -> Finding:
    """Tell that a permission list says nothing."""
    return not_known(what, about, verbatim(descriptor.reason), LET_READ)


def spelled(right: Enum) -> str:
    """Spell a right as the ids of findings have it."""
    return right.name.lower()


def ask(
    descriptor: SecurityDescriptor,
    sids: frozenset[Sid],
    rights: Iterable[Right],
    classes: frozenset[UUID],
) -> tuple[HeldRight, ...]:
    """Decide several rights; those that are surely not held are left out."""
    decided = (
        HeldRight(
            right, decide(descriptor, sids, right, classes=classes), descriptor.owner
        )
        for right in rights
    )
    return tuple(
        each for each in decided if each.decision.allowed or not each.decision.certain
    )


def has_full(held: tuple[HeldRight, ...]) -> HeldRight | None:
    """Give what shows full control: all of `CONTROL` is held, by entries for it."""
    sure = [each for each in held if each.decision.allowed]
    if not set(CONTROL) <= {each.right for each in sure}:
        return None
    return next((each for each in sure if each.everything), None)
