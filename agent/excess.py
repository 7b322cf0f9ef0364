"""Which rights the agent's account holds beyond its task, and where.

Pure. A right is held when `agent.access.decide` says that it is allowed. Places are
asked one by one; people are counted, so that memory does not grow with them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from agent.access import DOMAIN, INET_ORG_PERSON, USER, Decision, Reason, Right, decide
from agent.ace import Ace, DescriptorError, Sid
from agent.descriptor import SecurityDescriptor, parse
from agent.findings import Finding, Level, NameOf, not_known
from agent.grant import words
from agent.trustees import domain_rid, well_known

# the most specific classes of what is asked about (MS-ADSC)
CLASSES = {
    "user": USER,
    "inetorgperson": INET_ORG_PERSON,
    "domaindns": DOMAIN,
    "group": UUID("bf967a9c-0de6-11d0-a285-00aa003049e2"),
    "organizationalunit": UUID("bf967aa5-0de6-11d0-a285-00aa003049e2"),
    "container": UUID("bf967a8b-0de6-11d0-a285-00aa003049e2"),
}
# groups that AdminSDHolder protects (MS-ADTS 3.1.1.6.1), of any domain and of Builtin
_ADMIN_RIDS = frozenset({512, 516, 518, 519, 521, 526, 527})
_ADMIN_BUILTIN = frozenset(f"S-1-5-32-{rid}" for rid in (544, 548, 549, 550, 551, 552))
# who everybody, or nearly, is in: a right given to them is everybody's
_BROAD = frozenset({"S-1-1-0", "S-1-5-7", "S-1-5-11", "S-1-5-32-545", "S-1-5-32-546"})
_BROAD_RIDS = frozenset({513, 514, 515})
_PRE_2000 = "S-1-5-32-554"

CONTROL = {
    Right.WRITE_DACL: "write_dacl",
    Right.WRITE_OWNER: "write_owner",
    Right.WRITE_EVERYTHING: "write_everything",
}
TASK = {
    Right.RESET_PASSWORD: "reset_password",
    Right.WRITE_LOCKOUT_TIME: "write_lockout_time",
    Right.WRITE_PWD_LAST_SET: "write_pwd_last_set",
}
FULL = "full_control"
_EVERYTHING = 0xF01FF  # MS-ADTS 5.1.3.2
_TAKE_AWAY = "Take the entry away: the agent needs no more than the three rights."
_LET_READ = "Let the agent's account read the permissions there (READ_CONTROL)."


def is_broad(sid: Sid) -> bool:
    """Say whether nearly everybody holds what a SID is given."""
    return str(sid) in _BROAD | {_PRE_2000} or domain_rid(sid) in _BROAD_RIDS


def is_protected(sid: Sid) -> bool:
    """Say whether it is a group that AdminSDHolder protects."""
    return str(sid) in _ADMIN_BUILTIN or domain_rid(sid) in _ADMIN_RIDS


@dataclass(frozen=True, slots=True)
class Place:
    """An object whose permissions are judged.

    Attributes:
        name: the end of a finding's id: head, template, or the DN.
        title: what it is called in a finding.
        descriptor: owner, group and DACL as read; None when hidden.
        classes: the GUID of its most specific class.

    """

    name: str
    title: str
    descriptor: bytes | None
    classes: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Held:
    """A decision about one right, with who owns the object."""

    right: Right
    decision: Decision
    owner: Sid | None

    def shown_by(self, name_of: NameOf) -> str:
        """Say what gives it, or leaves it open."""
        if self.decision.because is not None:
            return words(self.decision.because, name_of=name_of)
        if self.decision.reason is Reason.OWNER and self.owner:
            return f"{name_of(self.owner)} is the owner"
        return self.decision.reason.value

    @property
    def everything(self) -> bool:
        """Whether one entry gives this right and all others."""
        because = self.decision.because
        if not isinstance(because, Ace) or because.object_type is not None:
            return self.decision.reason is Reason.NO_LIST
        return full(because)


def full(ace: Ace) -> bool:
    """Say whether an entry stands for full control."""
    generic_all = bool(ace.mask & 0x10000000)
    return generic_all or ace.mask & _EVERYTHING == _EVERYTHING


def read(raw: bytes | None) -> SecurityDescriptor | str:
    """Read a descriptor, or say why it can not be read."""
    if raw is None:
        return "nTSecurityDescriptor is hidden from the agent's account"
    try:
        return parse(raw)
    except DescriptorError as error:
        return f"nTSecurityDescriptor can not be read: {error}"


def ask(
    descriptor: SecurityDescriptor,
    sids: frozenset[Sid],
    rights: Iterable[Right],
    classes: frozenset[UUID],
) -> tuple[Held, ...]:
    """Decide several rights; those that are surely not held are left out."""
    asked = (
        Held(
            right,
            decide(descriptor, sids, right, classes=classes, self_sid=None),
            descriptor.owner,
        )
        for right in rights
    )
    return tuple(
        each for each in asked if each.decision.allowed or not each.decision.certain
    )


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
    if isinstance(descriptor, str):
        about = "whether it may replicate the domain"
        yield not_known("replication", about, descriptor, _LET_READ)
        return
    held = ask(descriptor, sids, (each[0] for each in _REPLICATION), head.classes)
    by_right = {each.right: each for each in held}
    for right, what, level in _REPLICATION:
        if each := by_right.get(right):
            yield _told(what, level, f"It may {right.value.words}", each, name_of)
    if not held:
        yield Finding("replication", Level.OK, "It may not replicate the domain")


def of_place(place: Place, sids: frozenset[Sid], name_of: NameOf) -> Iterator[Finding]:
    """Tell which control over one object the account has."""
    descriptor = read(place.descriptor)
    if isinstance(descriptor, str):
        about = f"what it may change of {place.title}"
        yield not_known(f"excess/{place.name}", about, descriptor, _LET_READ)
        return
    held = ask(descriptor, sids, CONTROL, place.classes)
    if not held:
        title = f"It has no control over {place.title}"
        yield Finding(f"excess/{place.name}", Level.OK, title)
    elif whole := has_full(held):
        title = f"It may do everything with {place.title}"
        what = f"excess/{FULL}/{place.name}"
        yield _told(what, Level.PROBLEM, title, whole, name_of)
    else:
        for each in held:
            title = f"It may {each.right.value.words} of {place.title}"
            if each.right is Right.WRITE_OWNER:
                title = f"It may take ownership of {place.title}"
            what = f"excess/{CONTROL[each.right]}/{place.name}"
            yield _told(what, Level.PROBLEM, title, each, name_of)


def has_full(held: tuple[Held, ...]) -> Held | None:
    """Give what shows full control: all asked for is held, by entries for it."""
    sure = [each for each in held if each.decision.allowed]
    if not set(CONTROL) <= {each.right for each in sure}:
        return None
    return next((each for each in sure if each.everything), None)


def _told(what: str, level: Level, title: str, held: Held, name_of: NameOf) -> Finding:
    if not held.decision.allowed:
        about = f"whether {title[:1].lower()}{title[1:]}"
        shown_by = f"{held.shown_by(name_of)}: {held.decision.reason.value}"
        remedy = "Look at the entry: it can not be judged from here."
        return not_known(what, about, shown_by, remedy)
    return Finding(what, level, title, held.shown_by(name_of), _TAKE_AWAY)


def of_unexpire(
    head: Place, sids: frozenset[Sid], name_of: NameOf
) -> Iterator[Finding]:
    """Tell of Unexpire Password; a reset does not need it, so it is never granted."""
    what, descriptor = "unexpire", read(head.descriptor)
    if isinstance(descriptor, str):
        yield Finding(
            what,
            Level.INFO,
            "Not known: whether it may lift the expiry of passwords",
            descriptor,
            known=False,
        )
        return
    held = ask(descriptor, sids, (Right.UNEXPIRE_PASSWORD,), head.classes)
    title = f"It may {Right.UNEXPIRE_PASSWORD.value.words}; nothing needs it"
    if not held or not held[0].decision.allowed:
        title = f"It may not {Right.UNEXPIRE_PASSWORD.value.words}; nothing needs it"
    shown_by = held[0].shown_by(name_of) if held else ""
    yield Finding(what, Level.INFO, title, shown_by)


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
class Crowd:
    """What the account may do to people: counted, with one example of each.

    Attributes:
        sids: the account's token.
        people: how many were looked at.
        holders: who is given the three rights on people inside the scope.
        stopped: whether not everybody was looked at.

    """

    sids: frozenset[Sid]
    people: int = 0
    outside: int = 0
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
        self.outside += not person.inside
        held: _Answer = "nTSecurityDescriptor is hidden from the agent's account"
        if person.descriptor is not None:
            held = self._decided(person.descriptor, person.classes)
        if isinstance(held, str):
            self._count("hidden", person)
            return
        for each in held:
            if not each.decision.allowed:
                self._count("undecided", person, each)
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
            if not person.inside:
                self._count(f"outside/{TASK[each.right]}", person, each)
            elif person.marked and each.right is Right.RESET_PASSWORD:
                self._count("protected/reset_password", person, each)

    def _count(self, what: str, person: Person, because: Held | None = None) -> None:
        counted = self._counts.setdefault(what, _Count(0, person.dn, because))
        counted.people += 1

    def findings(self, name_of: NameOf) -> Iterator[Finding]:
        """Tell what was counted."""
        yield from self._unsure(name_of)
        complete = not self.stopped and not self._counts.keys() & {
            "hidden",
            "undecided",
        }
        for group, ok in _FINE.items():
            told = sorted(key for key in self._counts if key.startswith(group))
            for what in told:
                yield self._excess(what, name_of)
            if complete and not told:
                yield Finding(group + _LAST[group], Level.OK, ok)

    def _unsure(self, name_of: NameOf) -> Iterator[Finding]:
        if self.stopped:
            about = "what it may do to the people who were not looked at"
            shown_by = f"stopped after {_people(self.people)}"
            yield not_known("people/stopped", about, shown_by, "Let it run to its end.")
        if counted := self._counts.get("hidden"):
            about = f"what it may do to {_people(counted.people)}"
            shown_by = f"nTSecurityDescriptor can't be read, as of {counted.example}"
            yield not_known("people/hidden", about, shown_by, _LET_READ)
        if counted := self._counts.get("undecided"):
            about = f"a right over {_people(counted.people)}"
            entry = counted.because.shown_by(name_of) if counted.because else ""
            shown_by = f"{counted.example}: {entry}"
            remedy = "Look at the entry: it can not be judged from here."
            yield not_known("people/undecided", about, shown_by, remedy)

    def _excess(self, what: str, name_of: NameOf) -> Finding:
        counted, group = self._counts[what], what.partition("/")[0]
        verb = _ON[what.split("/")[1]]
        said = f"It may {verb} {_people(counted.people)}{_WHERE[group]}"
        entry = counted.because.shown_by(name_of) if counted.because else ""
        level = Level.WARNING if group == "outside" else Level.PROBLEM
        shown_by = f"{counted.example}: {entry}"
        return Finding(what, level, said, shown_by, _REMEDIES[group])


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


_FINE = {
    "excess/": "It has no control over anybody beyond the three rights",
    "outside/": "It may do nothing to people outside the scope",
    "protected/": "It may reset no protected account",
}
_LAST = {"excess/": "people", "outside/": "people", "protected/": "people"}
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
