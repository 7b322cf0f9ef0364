"""Random cases of password policy, and a second opinion about each.

The opinion is written from MS-SAMR and from what Samba was seen to do, without the
product's own rules: `refused_by_ad` and `refused_by_samba`. Where the two differ, the
product keeps to Active Directory, and the test says which difference it is.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from agent.errors import Code

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
SPLIT = re.compile("[ ,.\t\\-_#]")  # MS-SAMR 3.1.1.7.2, the table of delimiters
MOST = 256  # MS-SAMR 3.1.1.7.2, maximum password length constraint

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
    operation: Literal["reset", "change"]
    hints: bool
    right: bool


@dataclass
class Past:
    """What a user's passwords were, newest first, and which of them are stored.

    Stored is what the policy of each write asked for.
    """

    every: list[str]
    stored: list[str] = field(default_factory=list)

    def was_set(self, password: str, history: int) -> None:
        self.every.insert(0, password)
        self.stored = [password, *self.stored][:history]


@dataclass(frozen=True)
class Facts:
    """Everything a refusal depends on, as the test knows it."""

    case: Case
    rules: Rules
    min_age: timedelta
    set_at: datetime | None
    sam: str
    cannot_change: bool
    password: str
    past: Past
    now: datetime


def units(password: str) -> int:
    return len(password.encode("utf-16-le")) // 2


def kinds(password: str, column: int) -> int:
    found = {row[column] for row in ALPHABETS for char in password if char in row[0]}
    return len(found - {""})


def has_name(password: str, sam: str, display: str) -> bool:
    names = [sam, *SPLIT.split(display)]
    return any(len(n) > 2 and n.lower() in password.lower() for n in names)


def is_locked(facts: Facts) -> bool:
    if facts.case.state.lock == "no":
        return False
    lasts = facts.rules.lock
    if lasts is None:
        return True
    return facts.case.state.lock == "now" and lasts > DAY


def is_bound(facts: Facts) -> bool:
    """Whether history and age count (MS-SAMR 3.1.1.7.1; hints: MS-ADTS 3.1.1.3.4.1.27).

    That the hints let the age count too is in Microsoft's notes on the update that
    brought them (KB2386717), and so Samba does it.
    """
    return facts.case.operation == "change" or facts.case.hints


def is_young(facts: Facts) -> bool:
    if facts.set_at is None or not facts.min_age or not is_bound(facts):
        return False
    return facts.now < facts.set_at + facts.min_age


def refused_by_ad(facts: Facts) -> list[Code]:
    """List what Active Directory refuses, in the order the product names it."""
    found = []
    if is_young(facts):
        found.append(Code.TOO_YOUNG)
    if units(facts.password) > MOST:
        found.append(Code.POLICY)
    if not facts.case.state.flags & 0x20:
        found += _quality(facts, column=1, names=True)
    if _in_history(facts):
        found.append(Code.IN_HISTORY)
    return found


def refused_by_samba(facts: Facts) -> list[Code]:
    """List what Samba 4.24 refuses; each difference has its comment."""
    found = []
    if is_young(facts):
        found.append(Code.TOO_YOUNG)
    # AD exempts PASSWD_NOTREQD from length and complexity (MS-SAMR 3.1.1.7.2), looks
    # for names, and takes 256 characters at most; Samba does none of it.
    found += _quality(facts, column=2, names=False)
    if _in_history(facts):
        found.append(Code.IN_HISTORY)
    return found


def is_left_to_samba(facts: Facts) -> bool:
    """Whether it is Samba's own affair if an old password is refused.

    AD looks at as many old passwords as the policy says (MS-SAMR 3.1.1.7.1). Samba
    looks at all that it still stores, and at Kerberos keys of some more of them.
    """
    if not is_bound(facts) or facts.password not in facts.past.every:
        return False
    return not refused_by_samba(facts)


def _in_history(facts: Facts) -> bool:
    stored = facts.past.stored[: facts.rules.history]
    return is_bound(facts) and facts.password in stored


def _quality(facts: Facts, *, column: int, names: bool) -> list[Code]:
    found, password, rules = [], facts.password, facts.rules
    if units(password) < rules.length:
        found.append(Code.TOO_SHORT)
    if rules.complexity:
        display = facts.case.state.display
        simple = kinds(password, column) < 3
        if simple or (names and has_name(password, facts.sam, display)):
            found.append(Code.NOT_COMPLEX)
    return found


def resultant(settings: Sequence[Linked], guids: Sequence[bytes]) -> int | None:
    """Say which settings object wins (MS-ADTS 3.1.1.4.5.36), by its place.

    One linked to the user comes before all that are linked to groups; then the least
    precedence; then the least GUID.
    """
    linked = [n for n, each in enumerate(settings) if each.link != "none"]
    own = [n for n in linked if settings[n].link == "user"]
    return min(
        own or linked, key=lambda n: (settings[n].precedence, guids[n]), default=None
    )


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
            operation=dice.choice(("reset", "reset", "change")),
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
        ways: tuple[tuple[Callable[[], str], int], ...] = (
            (lambda: self._around(rules.length), 8),
            (self._good, 6),
            (lambda: self._named(sam, display), 3),
            (lambda: self._dice.choice(past.every[:8]), 5),
            (lambda: past.every[0], 1),
            (self._long, 1),
            (str, 1),
        )
        made, weights = zip(*ways, strict=True)
        way: Callable[[], str] = self._dice.choices(made, weights)[0]
        return way()

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
        return f"Good-{self._dice.getrandbits(64)}-pw"

    def _named(self, sam: str, display: str) -> str:
        names = [sam, *SPLIT.split(display)]
        name = self._dice.choice([n for n in names if n] or [sam])
        cased = self._dice.choice((str.upper, str.lower, str.swapcase, str))(name)
        cut = cased if self._dice.random() < 0.8 else cased[:-1]
        return f"Qz7!{cut}{self._dice.getrandbits(32)}"

    def _long(self) -> str:
        tail = self._dice.choice(("x", "\N{GRINNING FACE}"))
        wanted = self._dice.choice((255, 256, 257, 258))
        made = f"Zq4!{self._dice.getrandbits(32)}"
        while units(made) + units(tail) <= wanted:
            made += tail
        return made


def now() -> datetime:
    return datetime.now(UTC)
