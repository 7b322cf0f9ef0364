"""What the agent's account may do to people: counted, with one example each; pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.acl.ace import Ace, AceFlag
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.verdict.effective_rights import unreadable_attributes
from wire.text import EMPTY, Text, plural
from wizard.permissions import rights_tally
from wizard.permissions.findings import Finding, Level, NameOf, not_known
from wizard.permissions.held_rights import CONTROL, TASK, AllRights, HeldRight, has_full
from wizard.permissions.rights_tally import Gap, Kind, SecuredObject

_READ_MARK = Text("Let the service account read adminCount.")
_UNMARKED = (Kind.PEOPLE, Gap.UNMARKED)
_WAITING = (Kind.PROTECTED, Gap.WAITING)
_OF_PEOPLE_KNOWN = {Gap.UNMARKED, Gap.WAITING}
_SDPROP = Text(
    "Nothing is to be done: SDProp gives them the permissions of AdminSDHolder within "
    "60 minutes. No portal may reset them meanwhile."
)
_FINE = {
    Kind.PEOPLE: (
        "excess",
        Text("It has no control over anybody beyond the three rights"),
    ),
    Kind.OUTSIDE: ("outside", Text("It may do nothing to people outside the scope")),
    Kind.PROTECTED: ("protected", Text("It may reset no protected account")),
}


@dataclass(frozen=True, slots=True)
class Person(SecuredObject):
    """Somebody found: inside the scope or not, marked (adminCount is 1) or not.

    Who is `protected` is in a group that AdminSDHolder protects, marked or not yet.
    Who is `excluded` lies in a container that the scope excludes, and is not inside.
    """

    inside: bool
    marked: bool
    protected: bool = False
    excluded: bool = False


@dataclass(slots=True)
class UserRights(rights_tally.RightsTally):
    """What the account may do to people.

    Of the `people` looked at, `resettable` are those inside the containers it may
    reset, and `excluded` those in excluded ones that it may reset all the same;
    `holders` are given the three rights on people inside the scope. `stamped`: SDProp
    runs in their domain.
    """

    people: int = 0
    resettable: int = 0
    stamped: bool = False
    excluded: int = 0
    holders: set[Sid] = field(default_factory=set)

    def add(self, person: Person) -> None:
        """Look at one person."""
        self.people += 1
        held = self.surely_held(Kind.PEOPLE, person, (*CONTROL, *TASK))
        self._count_control(person, held)
        for each in held:
            if each.right in TASK:
                self._count_task(person, each)

    def _count_control(self, person: Person, held: tuple[HeldRight, ...]) -> None:
        if whole := has_full(held):
            self.count((Kind.PEOPLE, AllRights.FULL_CONTROL), person, whole)
            return
        for each in held:
            if each.right in CONTROL:
                self.count((Kind.PEOPLE, each.right), person, each)

    def _count_task(self, person: Person, held: HeldRight) -> None:
        because = held.decision.because
        if not (person.inside or person.excluded):
            self.count((Kind.OUTSIDE, held.right), person, held)
        elif person.inside and isinstance(because, Ace):
            self.holders.add(because.sid)
        if held.right is Right.RESET_PASSWORD:
            self.resettable += person.inside
            self.excluded += person.excluded
            self._count_mark(person, held)

    def _count_mark(self, person: Person, held: HeldRight) -> None:
        inherited = _is_inherited(held)
        if person.protected and inherited and self.stamped:
            self.count(_WAITING, person, held)
            return
        # a mark counts where inheritance is off, as it does for the verdict
        if person.protected or (person.marked and not inherited):
            self.count((Kind.PROTECTED, held.right), person, held)
            return
        raw, classes = person.descriptor, person.classes
        if "adminCount" in unreadable_attributes(raw, self.sids, classes):
            self.count(_UNMARKED, person)

    def findings(self, name_of: NameOf) -> Iterator[Finding]:
        """Tell what was counted."""
        yield from self._left_out()
        yield from self._waiting(name_of)
        gaps = {key[1] for key in self.counts if isinstance(key[1], Gap)}
        for kind, (name, fine) in _FINE.items():
            yield from self.findings_of(kind, name_of)
            known = gaps <= (_OF_PEOPLE_KNOWN if kind is not Kind.PROTECTED else set())
            none = not any(
                not isinstance(right, Gap) for _, right in self.keys_of(kind)
            )
            if known and none and not self.stopped:
                yield Finding(f"{name}/people", Level.OK, fine)

    def _waiting(self, name_of: NameOf) -> Iterator[Finding]:
        """Tell of whom SDProp has yet to see to."""
        if count := self.counts.get(_WAITING):
            title = plural(
                "SDProp has yet to take the right from {count} protected person",
                "SDProp has yet to take the right from {count} protected people",
                count.objects,
            )
            shown_by = count.shown_by(name_of)
            yield Finding("protected/waiting", Level.INFO, title, shown_by, _SDPROP)

    def _left_out(self) -> Iterator[Finding]:
        if self.stopped:
            about = Text("what it may do to the people who were not looked at")
            people = rights_tally.number(Kind.PEOPLE, self.people)
            shown_by = Text("stopped after {people}", people=people)
            yield not_known("people/stopped", about, shown_by, rights_tally.RUN_TO_END)
        if count := self.counts.get(_UNMARKED):
            among, example = count.objects, count.example
            about = Text(
                "whether it may reset protected people, among {among}", among=among
            )
            shown_by = Text(
                "{example}: adminCount is not set, or hidden", example=example
            )
            yield not_known("people/unmarked", about, shown_by, _READ_MARK)


def _is_inherited(held: HeldRight) -> bool:
    because = held.decision.because
    return isinstance(because, Ace) and bool(because.flags & AceFlag.INHERITED)


def of_excluded(people: UserRights) -> Finding:
    """Tell that what is granted above an excluded container reaches into it."""
    what, shown_by = "outside/excluded", Text("scope.exclude_containers")
    if people.stopped:
        about = Text("whom it may reset in excluded containers")
        return not_known(what, about, Text("stopped"), rights_tally.RUN_TO_END)
    title = Text(
        "It may reset the passwords of {people} in excluded containers",
        people=rights_tally.number(Kind.PEOPLE, people.excluded),
    )
    remedy = EMPTY
    if people.excluded:
        remedy = Text(
            "The agent refuses them. Its account inherits the right there all the "
            "same: an exclusion narrows what the agent does, not what its account may."
        )
    return Finding(what, Level.INFO, title, shown_by, remedy)


def of_pilot(everybody: UserRights, pilot: UserRights, group: str) -> Finding:
    """Tell that a pilot group narrows the agent, and not the rights of its account."""
    what, shown_by = "outside/pilot", Text("scope.pilot_group is {group}", group=group)
    if everybody.stopped or pilot.stopped:
        about = Text("whom it may reset beside the pilot group")
        return not_known(what, about, Text("stopped"), rights_tally.RUN_TO_END)
    beside = everybody.resettable - pilot.resettable
    title = Text(
        "It may reset the passwords of {people} beside the pilot group",
        people=rights_tally.number(Kind.PEOPLE, beside),
    )
    remedy = EMPTY
    if beside:
        remedy = Text(
            "The group narrows what the agent does, not what its account may do."
        )
    return Finding(what, Level.INFO, title, shown_by, remedy)
