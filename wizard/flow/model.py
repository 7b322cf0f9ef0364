"""What a page is: its fields, when it is shown, and the answers it is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from agent.config.settings import Settings
from wire.text import TextAttribute
from wizard import inputs

Kind = Literal[
    "text",
    "code",
    "secret",
    "path",
    "dn",
    "choice",
    "cards",
    "check",
    "switch",
    "number",
    "pick",
    "controllers",
    "containers",
]


@dataclass(frozen=True)
class Answers:
    """What was answered so far, by dotted path, and what the machine said.

    Attributes:
        values: answers by path; paths of `Settings`, or `input.*`, `mode`,
            `task` and `pilot` for what the settings do not hold.
        installed: the settings in force, None before the first installation.
        recovery: a plan that was cut off waits to be rolled back.
        forward: it can only be finished.
        removal: it was taking everything away.
        copied: this machine is a copy of the one that was enrolled.
        reading: what is on the machine is not known yet.

    """

    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    installed: Settings | None = None
    recovery: bool = False
    forward: bool = False
    removal: bool = False
    copied: bool = False
    reading: bool = False

    def get(self, path: str, default: Any = None) -> Any:
        """Give the answer at a path, or the default where there is none."""
        return self.values.get(path, default)

    def text(self, path: str) -> str:
        """Give the answer at a path as text, empty where there is none."""
        return str(self.values.get(path) or "")

    def having(self, values: Mapping[str, Any]) -> "Answers":
        """Give these answers with others put over them."""
        return replace(self, values=MappingProxyType({**self.values, **values}))

    def without(self, paths: tuple[str, ...]) -> "Answers":
        """Give these answers without those at the paths: used secrets."""
        kept = {path: v for path, v in self.values.items() if path not in paths}
        return replace(self, values=MappingProxyType(kept))


Condition = Callable[[Answers], bool]

SECRETS = tuple(f"input.{name}" for name in inputs.SECRETS)


def always(_answers: Answers) -> bool:
    """Hold for every journey."""
    return True


def never(_answers: Answers) -> bool:
    """Hold for no journey."""
    return False


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from."""

    value: str
    label: TextAttribute = TextAttribute()
    help: TextAttribute = TextAttribute("")


@dataclass(frozen=True)
class Field:
    """One question, with everything that is said of its answer anywhere.

    Attributes:
        path: where the answer goes: a dotted setting, or `input.*`.
        label: what its page calls it.
        needed: whether an empty answer is refused.
        another: whether the answer in force is refused.
        width: in characters, as wide as what it holds.
        under: heading that starts a group above this field.
        default: the common answer; a function where the machine decides.
        minimum: of a number, as `Settings` has it; maximum likewise.
        decision: what the summary calls it; empty where it is not listed there.
        phrase: what a switch is called within a sentence of the plan.

    """

    path: str
    label: TextAttribute = TextAttribute()
    kind: Kind = "text"
    help: TextAttribute = TextAttribute("")
    options: tuple[Option, ...] = ()
    shown: Condition = always
    needed: Condition = always
    enabled: Condition = always
    another: Condition = never
    width: int = 44
    under: TextAttribute = TextAttribute("")
    default: Any = None
    minimum: int = 0
    maximum: int = 0
    decision: TextAttribute = TextAttribute("")
    phrase: TextAttribute = TextAttribute("")


@dataclass(frozen=True)
class PageCheck:
    """The check that a page's Next runs.

    Attributes:
        name: which of the controller's checks.
        doing: what it does, shown while it runs.
        label: the button that runs it without going on.
        placeholder: what stands where its rows come.
        when: whether there is anything to check with these answers.

    """

    name: str
    doing: TextAttribute = TextAttribute()
    label: TextAttribute = TextAttribute("Check now")
    placeholder: TextAttribute = TextAttribute("")
    when: Condition = always


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
    """One page of a journey.

    Attributes:
        title: what is decided here.
        why: one sentence: why, or what happens next.
        rail: its short name at the side; the title where none is given.
        check: what runs on Next, None where nothing is checked.
        act: the page's Next changes the machine; it is named for what it does.
        help: what Help tells.
        wordings: other words for some journeys; the first that holds counts.

    """

    id: str
    title: TextAttribute = TextAttribute()
    why: TextAttribute = TextAttribute()
    rail: TextAttribute = TextAttribute("")
    fields: tuple[Field, ...] = ()
    shown: Condition = always
    check: PageCheck | None = None
    act: TextAttribute = TextAttribute("")
    help: TextAttribute = TextAttribute("")
    wordings: tuple[Wording, ...] = ()

    def __post_init__(self) -> None:
        """Take the title where no short name is given."""
        object.__setattr__(self, "rail", self.rail or self.title)

    def worded(self, answers: Answers) -> "Page":
        """Give this page with the words for this journey."""
        for wording in self.wordings:
            if wording.when(answers):
                words = {n: w for n, w in vars(wording).items() if n != "when" and w}
                return replace(self, **words)
        return self
