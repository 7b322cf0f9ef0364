"""A grant: one right for the agent's account on the people below a container."""

from dataclasses import dataclass, replace
from typing import Self

from agent.acl import rights
from agent.acl.ace import Ace, AceFlag, AceType
from agent.acl.rights import INET_ORG_PERSON, USER, Right
from agent.acl.sid import Sid

_READ = (  # what GENERIC_READ stands for: a directory keeps it so (MS-ADTS 5.1.3.2)
    rights.READ_CONTROL
    | rights.LIST_OBJECT
    | rights.READ_PROPERTY
    | rights.LIST_CHILDREN
)

# an entry meant for one class is not handed down to objects of another, not even of a
# subclass: what reaches users does not reach an inetOrgPerson (MS-ADTS 6.1.3, the
# class compared is the most specific one)
KINDS = {"user": USER, "inetOrgPerson": INET_ORG_PERSON}


@dataclass(frozen=True, slots=True)
class Grant:
    """A right on everybody of one class, a name of `KINDS`, below a container."""

    right: Right
    kind: str = "user"

    @property
    def name(self) -> str:
        """What a plan and a journal call it."""
        plain = self.kind == "user"
        return self.right.name if plain else f"{self.right.name} {self.kind}"

    @classmethod
    def of(cls, name: str) -> Self:
        """Read what `name` gave; KeyError where nothing has that name."""
        right, _, kind = name.partition(" ")
        if kind and kind not in KINDS:
            raise KeyError(name)
        return cls(Right[right], kind or "user")

    def ace(self, sid: Sid) -> Ace:
        """Make the entry that grants it."""
        ace = grant_ace(self.right, sid)
        if ace.inherited_object_type is None:
            return ace  # it is not for people
        return replace(ace, inherited_object_type=KINDS[self.kind])

    def inherited_ace(self, sid: Sid) -> Ace:
        """Make the entry as an object below the container inherits it."""
        ace = self.ace(sid)
        flags = (ace.flags | AceFlag.INHERITED) & ~AceFlag.INHERIT_ONLY
        return replace(ace, flags=int(flags))


def grant_ace(right: Right, sid: Sid) -> Ace:
    """Make the entry that delegates a right on the users below a container.

    Unexpire Password stands on the head of the domain and is not inherited; the reading
    of policies on their container (`wizard.grants.policy_grant`).
    """
    spec = right.value
    if right is Right.UNEXPIRE_PASSWORD:
        return Ace(AceType.ALLOWED_OBJECT, 0, spec.mask, sid, spec.guid)
    if right is Right.READ_PASSWORD_SETTINGS:
        # here and below: who may not list the container does not find what is in it
        below = int(AceFlag.CONTAINER_INHERIT)
        return Ace(AceType.ALLOWED, below, _READ, sid)
    flags = int(AceFlag.CONTAINER_INHERIT | AceFlag.INHERIT_ONLY)
    return Ace(AceType.ALLOWED_OBJECT, flags, spec.mask, sid, spec.guid, USER)
