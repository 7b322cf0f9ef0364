"""The entries of a person's permissions in their order, with those that decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from agent.acl.access_check import Decision, token_on
from agent.acl.ace import ALLOWING, CALLBACK, DENYING, Ace, UnknownAce
from agent.acl.ace_text import words
from agent.acl.descriptor_reader import Unreadable, read
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.verdict.effective_rights import cannot_change, held
from agent.verdict.judge import RIGHTS
from agent.verdict.subject import Subject
from wire.operation import Operation
from wire.text import Text

MOST_LISTED = 200


class Effect(StrEnum):
    """What an entry does with what it decides; a condition leaves it open."""

    ALLOWS = "allows"
    DENIES = "denies"
    LEAVES_OPEN = "leaves_open"


@dataclass(frozen=True)
class ListedEntry:
    """One entry, in words.

    `place` counts from 1 in the whole list; `decides` are the operations that it allows
    or denies as the first to speak about them; `applies`: it is about the service
    account or a group of it, on the person itself.
    """

    place: int
    words: Text
    effect: Effect
    decides: tuple[Operation, ...] = ()
    applies: bool = False


@dataclass(frozen=True)
class EntryList:
    """The entries there are; `left_out` more are in the list and decide nothing."""

    entries: tuple[ListedEntry, ...] = ()
    left_out: int = 0


NOTHING_LISTED = EntryList()


def list_entries(
    subject: Subject, operations: frozenset[Operation], name_of: Callable[[Sid], str]
) -> EntryList:
    """List the entries of a person; none where they are hidden, or there is no list."""
    descriptor = read(subject.descriptor)
    if isinstance(descriptor, Unreadable) or descriptor.dacl is None:
        return NOTHING_LISTED
    aces = descriptor.dacl.aces
    decides = _deciding(subject, operations)
    token = token_on(subject.agent_sids, subject.object_sid)
    # what decides is listed wherever it stands
    chosen = [
        (place, ace)
        for place, ace in enumerate(aces, 1)
        if place <= MOST_LISTED or ace in decides
    ]
    listed, met = [], set[Ace | UnknownAce]()
    for place, ace in chosen:
        first = ace not in met  # of equal ones the first has spoken
        met.add(ace)
        own = decides.get(ace, ()) if first else ()
        entry = words(ace, name_of=name_of)
        applies = _applies(ace, token)
        listed.append(ListedEntry(place, entry, _effect(ace), own, applies=applies))
    return EntryList(tuple(listed), len(aces) - len(listed))


def _deciding(
    subject: Subject, operations: frozenset[Operation]
) -> Mapping[Ace | UnknownAce, tuple[Operation, ...]]:
    found: dict[Ace | UnknownAce, tuple[Operation, ...]] = {}
    for operation, right in RIGHTS.items():
        ace = _entry_of(subject, operation, right) if operation in operations else None
        if ace is not None:
            found[ace] = (*found.get(ace, ()), operation)
    return found


def _entry_of(
    subject: Subject, operation: Operation, right: Right
) -> Ace | UnknownAce | None:
    if operation is Operation.CHANGE and (stop := cannot_change(subject)):
        return stop
    decision = held(subject, right)
    return decision.because if isinstance(decision, Decision) else None


def _applies(ace: Ace | UnknownAce, token: frozenset[Sid]) -> bool:
    if isinstance(ace, UnknownAce):
        return True  # nobody knows whom it is about
    return ace.sid in token and not ace.inherit_only


def _effect(ace: Ace | UnknownAce) -> Effect:
    if isinstance(ace, UnknownAce) or ace.type in CALLBACK:
        return Effect.LEAVES_OPEN
    if ace.type in DENYING:
        return Effect.DENIES
    return Effect.ALLOWS if ace.type in ALLOWING else Effect.LEAVES_OPEN
