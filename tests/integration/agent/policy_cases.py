"""Random cases of password policy: what is set, what is asked, and the password."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from tests.fixtures.agent_stage import CANARY
from tests.fixtures.policy_files import NAME_DELIMITERS
from wire.operation import Operation

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)

# Letters as Active Directory counts them ("Password must meet complexity
# requirements"), and as Samba does (check_password_quality): there, whatever is
# not ASCII and has no other case is a kind of its own, be it a letter or not.
ALPHABETS: tuple[tuple[str, str, str], ...] = (
    ("ABCDEFGHJKLMNPQRSTUVWXYZ", "upper", "upper"),
    ("abcdefghijkmnopqrstuvwxyz", "lower", "lower"),
    ("0123456789", "digit", "digit"),
    ("!#$%&*+,-./:;<=>?@[]^_`{|}~\"'()\\", "special", "special"),
    ("\u0394\u03a9\u0416\u0414\u00c9\u00d1", "upper", "upper"),
    ("\u03b4\u03c9\u0436\u0434\u00e9\u00f1", "lower", "lower"),
    ("\u3042\u6f22\u05d0\u0e01", "other", "other"),
    ("\u00df", "lower", "other"),
    ("\u20ac\u00a3\u00b1", "", "other"),
    ("\N{GRINNING FACE}\N{MUSICAL SYMBOL G CLEF}", "", "other"),
    (" ", "", ""),
)

Link = Literal["none", "user", "group", "outer"]
Age = Literal["none", "tick", "over", "under", "day", "years"]
Lock = Literal["no", "now", "long ago"]
Set = Literal["as it is", "now", "must change"]


@dataclass(frozen=True)
class Rules:
    """A password policy; `lock` None is until someone unlocks."""

    length: int = 7
    complexity: bool = True
    history: int = 3
    age: Age = "none"
    expires: timedelta | None = None
    threshold: int = 0
    lock: timedelta | None = None


@dataclass(frozen=True)
class Linked:
    """How one password settings object is linked, and what it asks for."""

    link: Link
    precedence: int
    rules: Rules


@dataclass(frozen=True)
class State:
    """What is set on the user before."""

    flags: int = 0x200
    expired: bool = False
    lock: Lock = "no"
    password: Set = "as it is"
    display: str = ""


@dataclass(frozen=True)
class Case:
    """One case, but for the password, which may be one the user had."""

    user: int
    domain: Rules
    settings: tuple[Linked, ...]
    state: State
    operation: Operation
    hints: bool
    right: bool


@dataclass
class Past:
    """What a user's passwords were, newest first, and which of them are stored.

    Stored is what the policy of each write asked for.
    """

    every: list[str] = field(repr=False)
    stored: list[str] = field(default_factory=list, repr=False)

    def was_set(self, password: str, history: int) -> None:
        self.every.insert(0, password)
        self.stored = [password, *self.stored][:history]


def units(password: str) -> int:
    return len(password.encode("utf-16-le")) // 2


DISPLAYS = (
    "",
    "Anna Adler",
    "Erin M. Hagens-Smith",
    "Li\tWu#Xiaoming",
    "van_der.Berg, Jo",
    "\u00c9lodie \u0416\u0443\u043a\u043e\u0432\u0430",
    "#_-., ",
)


class Dice:
    """Makes cases; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - a repeatable table, no secret

    def case(self, users: int, settings: int) -> Case:
        dice = self._dice
        return Case(
            user=dice.randrange(users),
            domain=self._rules(),
            settings=tuple(self._linked() for _ in range(settings)),
            state=self._state(),
            operation=dice.choice((Operation.RESET, Operation.RESET, Operation.CHANGE)),
            hints=dice.random() < 0.7,
            right=dice.random() < 0.85,
        )

    def _linked(self) -> Linked:
        link = self._dice.choices(("none", "user", "group", "outer"), (14, 2, 2, 1))[0]
        return Linked(link, self._dice.randint(1, 3), self._rules())  # type: ignore[arg-type]

    def _rules(self) -> Rules:
        dice = self._dice
        ages: tuple[Age, ...] = ("none", "tick", "over", "under", "day", "years")
        return Rules(
            length=dice.choice((0, 1, 4, 7, 8, 10, 14)),
            complexity=dice.random() < 0.6,
            history=dice.choice((0, 1, 2, 4, 6)),
            age=dice.choices(ages, (6, 2, 2, 1, 1, 1))[0],
            expires=dice.choice((None, TICK, 42 * DAY)),
            threshold=dice.choice((0, 3, 5)),
            lock=dice.choice((None, TICK, 30 * DAY)),
        )

    def _state(self) -> State:
        dice = self._dice
        flags = 0x200
        for flag, chance in ((0x2, 0.04), (0x20, 0.12), (0x10000, 0.15)):
            flags |= flag if dice.random() < chance else 0
        locks: tuple[Lock, ...] = ("no", "now", "long ago")
        sets: tuple[Set, ...] = ("as it is", "now", "must change")
        return State(
            flags=flags,
            expired=dice.random() < 0.04,
            lock=dice.choices(locks, (8, 1, 1))[0],
            password=dice.choices(sets, (4, 1, 1))[0],
            display=dice.choice(DISPLAYS),
        )

    def password(self, rules: Rules, sam: str, display: str, past: Past) -> str:
        """Make a new password around what the rules ask for."""
        spellings: tuple[tuple[Callable[[], str], int], ...] = (
            (lambda: self._around(rules.length), 8),
            (self._good, 6),
            (lambda: self._named(sam, display), 3),
            (lambda: self._dice.choice(past.every[:8]), 5),
            (lambda: past.every[0], 1),
            (self._long, 1),
            (str, 1),
        )
        made, weights = zip(*spellings, strict=True)
        spelling: Callable[[], str] = self._dice.choices(made, weights)[0]
        return spelling()

    def wrong(self) -> str:
        return f"Wrong-{self._dice.getrandbits(40)}"

    def _around(self, length: int) -> str:
        dice = self._dice
        wanted = max(0, length + dice.randint(-2, 3))
        chosen = dice.sample(ALPHABETS, dice.randint(1, 4))
        made = ""
        while units(made) < wanted:
            made += dice.choice(dice.choice(chosen)[0])
        return made

    def _good(self) -> str:
        return f"{CANARY}{self._dice.getrandbits(64)}"

    def _named(self, sam: str, display: str) -> str:
        names = [sam, *NAME_DELIMITERS.split(display)]
        name = self._dice.choice([n for n in names if n] or [sam])
        cased = self._dice.choice((str.upper, str.lower, str.swapcase, str))(name)
        cut = cased if self._dice.random() < 0.8 else cased[:-1]
        return f"{CANARY}{cut}{self._dice.getrandbits(32)}"

    def _long(self) -> str:
        tail = self._dice.choice(("x", "\N{GRINNING FACE}"))
        wanted = self._dice.choice((255, 256, 257, 258))
        made = f"{CANARY}{self._dice.getrandbits(32)}"
        while units(made) + units(tail) <= wanted:
            made += tail
        return made
