"""Random descriptors for the access check: who owns, what is inherited, what is denied.

Plain data made by dice: the same seed makes the same cases on every machine.
"""

import random
from dataclasses import dataclass
from uuid import UUID

from agent.acl import rights, well_known_sids
from agent.acl.ace import Ace
from agent.acl.sid import Sid
from tests.fixtures.sddl_text import GUIDS

GENERIC_ALL, GENERIC_WRITE = 0x10000000, 0x40000000
LIST_AND_READ = 0x94
MASKS = (
    *(0x100, 0x100, 0x20, 0x20, 0x120, 0x30, 0x108),
    *(GENERIC_ALL, GENERIC_WRITE, rights.READ_CONTROL, 0x40000, 0x20020, 0x2),
)
ABOUT = (None, *(UUID(GUIDS[name]) for name in GUIDS if name != "unexpire"))
HIDDEN = (
    *(UUID(GUIDS[name]) for name in ("membership", "restrictions", "lockout")),
    *(UUID(GUIDS[name]) for name in ("memberof", "expires", "admincount", "user")),
)
HEIRS = (None, rights.USER, rights.INET_ORG_PERSON, UUID(GUIDS["computer"]))
OWN_FLAGS = (0, 0, 0, 0, 0x2, 0xA, 0x4, 0x1)
# CONTAINER_INHERIT, with INHERIT_ONLY, with NO_PROPAGATE, and what nobody inherits
HANDED_DOWN = (0x2, 0x2, 0xA, 0xA, 0x6, 0xE, 0x0)
AUTHENTICATED = Sid.of("S-1-5-11")
NOBODY = Sid.of("S-1-5-21-9-9-9-9")


@dataclass(frozen=True)
class Who:
    """The SIDs that entries are about.

    Attributes:
        agent: the account's own.
        groups: those it is in, the nearest first; each is in the next.
        others: groups it is not in.
        admins: who writes the descriptors.

    """

    agent: Sid
    groups: tuple[Sid, ...]
    others: tuple[Sid, ...]
    admins: Sid


@dataclass(frozen=True)
class Case:
    """One descriptor of one object, and perhaps a new one of its container.

    Attributes:
        target: which object, by number.
        owner: who owns it.
        protected: inheritance is off.
        aces: its own entries, in order.
        above: the container's own entries; None leaves it as it is.

    """

    target: int
    owner: Sid
    protected: bool
    aces: tuple[Ace, ...]
    above: tuple[Ace, ...] | None


class Dice:
    """Makes cases, one after another."""

    def __init__(self, seed: int, who: Who, *, owner_rights: bool = False) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - a repeatable table, no secret
        self._who = who
        token = (who.agent, *who.groups, AUTHENTICATED, well_known_sids.EVERYONE)
        special = (well_known_sids.OWNER_RIGHTS,) * 4 if owner_rights else ()
        others = (well_known_sids.SELF, *who.others, NOBODY)
        self._trustees = (*token, *who.groups, *others, *special)

    def case(self, targets: int) -> Case:
        dice, who = self._dice, self._who
        owners = (who.admins, who.admins, who.agent, who.groups[-1], who.others[0])
        own = self._hiding() + self._entries(dice.randint(0, 6), OWN_FLAGS)
        above = self._entries(dice.randint(0, 4), HANDED_DOWN)
        return Case(
            target=dice.randrange(targets),
            owner=dice.choice(owners),
            protected=dice.random() < 0.4,
            aces=self._readable(own),
            above=above if dice.random() < 0.25 else None,
        )

    def _entries(self, count: int, flags: tuple[int, ...]) -> tuple[Ace, ...]:
        return tuple(self._entry(flags) for _ in range(count))

    def _entry(self, flags: tuple[int, ...]) -> Ace:
        dice = self._dice
        kind = dice.choice((0, 0, 1, 5, 5, 5, 5, 6, 6))
        if kind == 1 and dice.random() < 0.5:
            kind = 0  # a plain deny stops most of what comes after it
        special = kind > 1
        return Ace(
            kind,
            dice.choice(flags),
            dice.choice(MASKS),
            dice.choice(self._trustees),
            dice.choice(ABOUT) if special else None,
            dice.choice(HEIRS) if special else None,
        )

    def _hiding(self) -> tuple[Ace, ...]:
        """Deny now and then to read an attribute, or the set it is in."""
        dice = self._dice
        if dice.random() < 0.6:
            return ()
        who, about = dice.choice(self._trustees), dice.choice(HIDDEN)
        return (Ace(6, 0, rights.READ_PROPERTY, who, about, None),)

    def _readable(self, own: tuple[Ace, ...]) -> tuple[Ace, ...]:
        """Let the descriptor be read in most cases, or forbid just that."""
        dice = self._dice
        seen = Ace(0, 0, LIST_AND_READ, AUTHENTICATED)
        if dice.random() < 0.2:
            whom = dice.choice(self._trustees)
            return (Ace(1, 0, rights.READ_CONTROL, whom), *own, seen)
        readable = Ace(0, 0, LIST_AND_READ | rights.READ_CONTROL, AUTHENTICATED)
        return (*own, readable) if dice.random() < 0.7 else (*own, seen)
