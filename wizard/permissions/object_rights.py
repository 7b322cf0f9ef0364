"""What the agent's account may do to what is no person: counted, with an example.

Who may change the permissions of a container can give themselves every right below it,
who chooses a group's members has what the group has, and a computer's account is as
good as a person's. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.acl.rights import Right
from wire.text import Text
from wizard.permissions.findings import Finding, Level, NameOf, not_known
from wizard.permissions.held_rights import CONTROL, AllRights, HeldRight, has_full
from wizard.permissions.rights_tally import RUN_TO_END, Kind, RightsTally, SecuredObject

_ON_GROUPS = (*CONTROL, Right.WRITE_MEMBERS, Right.ADD_SELF)
_FINE = {
    Kind.CONTAINERS: Text("It has no control over any other container"),
    Kind.GROUPS: Text("It has no control over any other group"),
    Kind.COMPUTERS: Text("It has no control over any other computer"),
}


@dataclass(slots=True)
class ObjectRights(RightsTally):
    """What the account may do to containers, groups and computers."""

    def add(self, kind: Kind, secured: SecuredObject) -> None:
        """Look at one object, a container, a group or a computer."""
        rights = _ON_GROUPS if kind is Kind.GROUPS else CONTROL
        for right, each in _widest(self.surely_held(kind, secured, rights)):
            self.count((kind, right), secured, each)

    def findings(self, name_of: NameOf) -> Iterator[Finding]:
        """Tell what was counted, a kind after the other."""
        if self.stopped:
            about = Text("what it may do to containers, groups and computers")
            yield not_known("belongings/stopped", about, Text("stopped"), RUN_TO_END)
        for kind, fine in _FINE.items():
            yield from self.findings_of(kind, name_of)
            if not self.keys_of(kind) and not self.stopped:
                yield Finding(f"excess/{kind}", Level.OK, fine)


def _widest(
    held: tuple[HeldRight, ...],
) -> Iterator[tuple[Right | AllRights, HeldRight]]:
    """Name what is held; what a wider right brings along is not told again."""
    if whole := has_full(held):
        yield AllRights.FULL_CONTROL, whole
        return
    writes = any(each.right is Right.WRITE_EVERYTHING for each in held)
    for each in held:
        if each.right in CONTROL or not writes:
            yield each.right, each
