"""What the agent's account may do to people: counted, with one example of each.

Pure. Memory does not grow with the people, and equal descriptors are decided once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from agent.acl.ace import Ace
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.verdict.effective_rights import unreadable
from wizard.permissions.findings import Finding, Level, NameOf, not_known
from wizard.permissions.held_rights import (
    CONTROL,
    FULL,
    LET_READ,
    LOOK,
    TASK,
    Held,
    ask,
    has_full,
    read,
)

_READ_MARK = "Let the agent's account read adminCount."
_TAKE_AWAY = "Take the entry away: the agent needs no more than the three rights."


@dataclass(slots=True)
class _Count:
    people: int = 0
    example: str = ""
    because: Held | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a search has found.

    Attributes:
        inside: in a container of the scope.
        marked: adminCount is 1.

    """

    dn: str
    descriptor: bytes | None
    classes: frozenset[UUID]
    inside: bool
    marked: bool


_PEOPLES_RIGHTS = (*CONTROL, *TASK)
_Answer = tuple[Held, ...] | str
_ON = {
    FULL: "do everything with",
    "write_dacl": "change the permissions of",
    "write_owner": "take ownership of",
    "write_everything": "write all properties of",
    "reset_password": "reset the passwords of",
    "write_lockout_time": "unlock",
    "write_pwd_last_set": "require a new password of",
}


@dataclass(slots=True)
class UserRights:
    """What the account may do to people: counted, with one example of each.

    Attributes:
        sids: the account's token.
        people: how many were looked at.
        resettable: how many inside the containers it may reset.
        holders: who is given the three rights on people inside the scope.
        stopped: whether not everybody was looked at.

    """

    sids: frozenset[Sid]
    people: int = 0
    resettable: int = 0
    stopped: bool = False
    holders: set[Sid] = field(default_factory=set)
    _counts: dict[str, _Count] = field(default_factory=dict)
    _decided: Callable[[bytes, frozenset[UUID]], _Answer] = field(init=False)

    def __post_init__(self) -> None:
        # most people of a container share one descriptor
        self._decided = lru_cache(maxsize=1024)(self._decide)

    def add(self, person: Person) -> None:
        """Look at one person."""
        self.people += 1
        held: _Answer = "nTSecurityDescriptor is hidden from the agent's account"
        if person.descriptor is not None:
            held = self._decided(person.descriptor, person.classes)
        if isinstance(held, str):
            self._count("hidden", person)
            return
        if unsure := [each for each in held if not each.decision.allowed]:
            self._count("undecided", person, unsure[0])
        sure = tuple(each for each in held if each.decision.allowed)
        self._count_control(person, sure)
        self._count_task(person, sure)

    def _decide(self, raw: bytes, classes: frozenset[UUID]) -> _Answer:
        descriptor = read(raw)
        if isinstance(descriptor, str):
            return descriptor
        return ask(descriptor, self.sids, _PEOPLES_RIGHTS, classes)

    def _count_control(self, person: Person, held: tuple[Held, ...]) -> None:
        if whole := has_full(held):
            self._count(f"excess/{FULL}/people", person, whole)
            return
        for each in held:
            if each.right in CONTROL:
                what = f"excess/{CONTROL[each.right]}/people"
                self._count(what, person, each)

    def _count_task(self, person: Person, held: tuple[Held, ...]) -> None:
        for each in held:
            if each.right not in TASK:
                continue
            because = each.decision.because
            if person.inside and isinstance(because, Ace):
                self.holders.add(because.sid)
            if person.inside and each.right is Right.RESET_PASSWORD:
                self.resettable += 1
            if not person.inside:
                self._count(f"outside/{TASK[each.right]}", person, each)
            if each.right is Right.RESET_PASSWORD:
                self._count_mark(person, each)

    def _count_mark(self, person: Person, because: Held) -> None:
        if person.marked:
            self._count("protected/reset_password", person, because)
        elif "adminCount" in unreadable(person.descriptor, self.sids, person.classes):
            self._count("unmarked", person)

    def _count(self, what: str, person: Person, because: Held | None = None) -> None:
        counted = self._counts.setdefault(what, _Count(0, person.dn, because))
        counted.people += 1

    def findings(self, name_of: NameOf) -> Iterator[Finding]:
        """Tell what was counted."""
        yield from self._unsure(name_of)
        open_ = self._counts.keys() & {"hidden", "undecided"}
        unmarked = self._counts.keys() & {"unmarked"}
        complete = not self.stopped and not open_
        for group, ok in _FINE.items():
            told = sorted(key for key in self._counts if key.startswith(group))
            for what in told:
                yield self._excess(what, name_of)
            if complete and not told and not (unmarked and group == "protected/"):
                yield Finding(f"{group}people", Level.OK, ok)

    def _unsure(self, name_of: NameOf) -> Iterator[Finding]:
        if self.stopped:
            about = "what it may do to the people who were not looked at"
            shown_by = f"stopped after {_people(self.people)}"
            yield not_known("people/stopped", about, shown_by, "Let it run to its end.")
        if counted := self._counts.get("hidden"):
            about = f"what it may do to {_people(counted.people)}"
            shown_by = f"nTSecurityDescriptor can't be read, as of {counted.example}"
            yield not_known("people/hidden", about, shown_by, LET_READ)
        if counted := self._counts.get("unmarked"):
            about = f"whether it may reset protected people, among {counted.people}"
            shown_by = f"{counted.example}: adminCount is not set, or hidden"
            yield not_known("people/unmarked", about, shown_by, _READ_MARK)
        if counted := self._counts.get("undecided"):
            about = f"a right over {_people(counted.people)}"
            entry = counted.because.shown_by(name_of) if counted.because else ""
            shown_by = f"{counted.example}: {entry}"
            yield not_known("people/undecided", about, shown_by, LOOK)

    def _excess(self, what: str, name_of: NameOf) -> Finding:
        counted, group = self._counts[what], what.partition("/")[0]
        verb = _ON[what.split("/")[1]]
        said = f"It may {verb} {_people(counted.people)}{_WHERE[group]}"
        entry = counted.because.shown_by(name_of) if counted.because else ""
        level = Level.WARNING if group == "outside" else Level.PROBLEM
        shown_by = f"{counted.example}: {entry}"
        return Finding(what, level, said, shown_by, _REMEDIES[group])


def of_pilot(everybody: UserRights, pilot: UserRights, group: str) -> Finding:
    """Tell that a pilot group narrows the agent, and not the rights of its account.

    Args:
        everybody: who is in the domain.
        pilot: who of them is in the group.
        group: its DN.

    """
    what, shown_by = "outside/pilot", f"scope.pilot_group is {group}"
    if everybody.stopped or pilot.stopped:
        about = "whom it may reset beside the pilot group"
        return not_known(what, about, "stopped", "Let it run to its end.")
    beside = everybody.resettable - pilot.resettable
    title = f"It may reset the passwords of {_people(beside)} beside the pilot group"
    return Finding(
        what,
        Level.INFO,
        title,
        shown_by,
        "The group narrows what the agent does, not what its account may do."
        if beside
        else "",
    )


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


_FINE = {
    "excess/": "It has no control over anybody beyond the three rights",
    "outside/": "It may do nothing to people outside the scope",
    "protected/": "It may reset no protected account",
}
_WHERE = {
    "excess": "",
    "outside": " outside the scope",
    "protected": " marked protected",
}
_REMEDIES = {
    "excess": _TAKE_AWAY,
    "outside": "Take the entry away and grant the right on the containers of the "
    "scope, or add theirs to the scope.",
    "protected": "Take the entry away: an administrator's password is not reset by "
    "an agent.",
}
