"""What a page is: its fields, when it is shown, and the answers it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from wire.text import TextAttribute
from wizard import secret_names

if TYPE_CHECKING:
    from agent.config.settings import Settings

Kind = Literal[
    "text",
    "code",
    "secret",
    "path",
    "certificate",
    "dn",
    "choice",
    "cards",
    "check",
    "switch",
    "number",
    "pick",
    "controllers",
    "containers",
    "names",
    "several",
]


@dataclass(frozen=True)
class Answers:
    """What was answered so far, by dotted path, and what the machine said."""

    # by paths of `Settings`, or `input.*`, `mode`, `task` and `pilot` for what the
    # settings do not hold
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    # the settings in force, None before the first installation
    installed: Settings | None = None
    recovery: bool = False  # a plan that was cut off waits to be rolled back
    forward: bool = False  # it can only be finished
    removal: bool = False  # it was taking everything away
    copied: bool = False  # this machine is a copy of the one that was enrolled
    reading: bool = False  # what is on the machine is not known yet

    def get(self, path: str, default: Any = None) -> Any:
        """Give the answer at a path, or the default where there is none."""
        return self.values.get(path, default)

    def text(self, path: str) -> str:
        """Give the answer at a path as text, empty where there is none."""
        return str(self.values.get(path) or "")

    def having(self, values: Mapping[str, Any]) -> Answers:
        """Give these answers with others put over them."""
        return replace(self, values=MappingProxyType({**self.values, **values}))

    def without(self, paths: tuple[str, ...]) -> Answers:
        """Give these answers without those at the paths: used secrets."""
        kept = {path: v for path, v in self.values.items() if path not in paths}
        return replace(self, values=MappingProxyType(kept))


Condition = Callable[[Answers], bool]

AGENT_KEYS = "input.agent_keys"  # typed by nobody: a sign-in to the portal made them
SECRETS = (*(f"input.{name}" for name in secret_names.SECRETS), AGENT_KEYS)


def always(_answers: Answers) -> bool:
    """Hold for every journey."""
    return True


def never(_answers: Answers) -> bool:
    """Hold for no journey."""
    return False


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from."""

    value: str | int
    label: TextAttribute = TextAttribute()
    help: TextAttribute = TextAttribute("")


@dataclass(frozen=True)
class Field:
    """One question, with everything that is said of its answer anywhere."""

    path: str  # where the answer goes: a dotted setting, or `input.*`
    label: TextAttribute = TextAttribute()  # what its page calls it
    kind: Kind = "text"
    help: TextAttribute = TextAttribute("")
    options: tuple[Option, ...] = ()
    shown: Condition = always
    needed: Condition = always  # whether an empty answer is refused
    enabled: Condition = always
    another: Condition = never  # whether the answer in force is refused
    more: bool = False  # seldom asked: it stands under "More options"
    width: int = 44  # in characters, as wide as what it holds
    # heading that starts a group above this field
    under: TextAttribute = TextAttribute("")
    default: Any = None  # the common answer; a function where the machine decides
    minimum: int = 0  # of a number, as `Settings` has it; maximum likewise
    maximum: int = 0
    # what the summary calls it; empty where it is not listed there
    decision: TextAttribute = TextAttribute("")
    # what a switch is called within a sentence of the plan
    phrase: TextAttribute = TextAttribute("")


@dataclass(frozen=True)
class PageCheck:
    """The check that a page's Next runs."""

    name: str  # which of the controller's checks
    doing: TextAttribute = TextAttribute()  # what it does, shown while it runs
    # the button that runs it without going on
    label: TextAttribute = TextAttribute("Check now")
    placeholder: TextAttribute = TextAttribute("")  # what stands where its rows come
    when: Condition = always  # whether there is anything to check with these answers


@dataclass(frozen=True)
class Wording:
    """Other words for a page where a condition holds; the empty ones stay."""

    when: Condition
    title: TextAttribute = TextAttribute("")
    why: TextAttribute = TextAttribute("")
    rail: TextAttribute = TextAttribute("")
    act: TextAttribute = TextAttribute("")
    help: TextAttribute = TextAttribute("")


@dataclass(frozen=True)
class Page:
    """One page of a journey."""

    id: str
    title: TextAttribute = TextAttribute()  # what is decided here
    why: TextAttribute = TextAttribute()  # one sentence: why, or what happens next
    # its short name at the side; the title where none is given
    rail: TextAttribute = TextAttribute("")
    fields: tuple[Field, ...] = ()
    shown: Condition = always
    check: PageCheck | None = None  # what runs on Next, None where nothing is checked
    # the page's Next changes the machine; it is named for what it does
    act: TextAttribute = TextAttribute("")
    help: TextAttribute = TextAttribute("")  # what Help tells
    # other words for some journeys; the first that holds counts
    wordings: tuple[Wording, ...] = ()

    def __post_init__(self) -> None:
        """Take the title where no short name is given."""
        object.__setattr__(self, "rail", self.rail or self.title)

    def worded(self, answers: Answers) -> Page:
        """Give this page with the words for this journey."""
        for wording in self.wordings:
            if wording.when(answers):
                words = {n: w for n, w in vars(wording).items() if n != "when" and w}
                return replace(self, **words)
        return self
