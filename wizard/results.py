"""What the controller reports to whoever asks: rows, findings, states. Plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from agent.config.settings import DomainController, Settings
from wire.text import EMPTY, Text, TextAttribute

# "info" is worth knowing and falls short of nothing
State = Literal["ok", "failed", "warning", "skipped", "info"]


@dataclass(frozen=True)
class Check:
    """One thing that was tried: what, what came back, what to do (empty when ok).

    The id is stable, for scripts; `more` is long text for a details view, such as a
    certificate chain; `ms` how long it took in milliseconds, where that says something;
    `field` the dotted path of the setting that is wrong, where one is.
    """

    id: str
    title: TextAttribute = TextAttribute()
    state: State  # type: ignore[misc]  # a title has no default either
    detail: TextAttribute = TextAttribute("")
    remedy: TextAttribute = TextAttribute("")
    more: TextAttribute = TextAttribute("")
    ms: float | None = None
    field: str | None = None


@dataclass(frozen=True)
class FoundDomain:
    """A domain found without asking, its controllers in DNS's order, and its source."""

    domain: str
    controllers: tuple[DomainController, ...]
    source: str


ContainerKind = Literal["domain", "organizational unit", "container", "built-in"]


@dataclass(frozen=True)
class Container:
    """One node of the tree of containers; built-in is what each domain has."""

    dn: str
    name: str
    kind: ContainerKind


@dataclass(frozen=True)
class FoundContainers:
    """Containers by name; `more` says that there are others, which were not read."""

    found: tuple[Container, ...]
    more: bool = False


@dataclass(frozen=True)
class PeopleBelow:
    """How many people of the scope are in a container; `more`: not all were read."""

    people: int
    more: bool = False


@dataclass(frozen=True)
class AgentStatus:
    """The agent at a glance: its connections in words, and whether they stand.

    The controller is empty where none is named; `attention` is what an administrator is
    to look at, `nobody` why none of the people in the scope can be reset, as far as the
    agent looked; while `breaker_is_open` nothing is written. One that runs and does not
    answer is frozen: what it said before counts no more.
    """

    running: bool
    ready: bool
    writeback: bool
    relay: Text
    directory: Text
    relay_connected: bool = False
    directory_connected: bool = False
    controller: str = ""
    since: datetime | None = None
    version: str = ""
    attention: Text = EMPTY
    breaker_is_open: bool = False
    nobody: Text = EMPTY
    answers: bool = True

    @property
    def serving(self) -> bool:
        """Whether a reset that comes now works for anybody."""
        stopped = self.breaker_is_open or bool(self.nobody)
        return self.ready and self.writeback and not stopped


@dataclass(frozen=True)
class KeyAge:
    """Since when a key or password is in use, and when the next comes, or is due.

    The id is stable, for scripts. No time: it is not known, or it has none.
    """

    id: str
    title: TextAttribute = TextAttribute()
    since: datetime | None = None
    next: datetime | None = None
    detail: TextAttribute = TextAttribute("")


@dataclass(frozen=True)
class Installed:
    """An installation found on this machine, with the fingerprint of its keys.

    The portal is the one whose requests it takes; None where its enrolment is lost.

    The drift is what was edited by hand in the settings since they were applied; a
    copied one was enrolled on another machine.
    """

    settings: Settings
    status: AgentStatus
    fingerprint: str
    drift: tuple[Text, ...] = ()
    copied: bool = False
    portal: "EnrolledPortal | None" = None
    keys: tuple[KeyAge, ...] = ()


@dataclass(frozen=True)
class Recovery:
    """A plan cut off by a crash or a pulled plug, its changes begun, oldest first.

    Undoing may need an administrator's credentials again. Where something that can't be
    given back was done already, it goes `forward`: it is finished, and `changes` are
    those still to be made. A removal was taking everything away.
    """

    started: datetime
    changes: tuple[Text, ...]
    needs_admin: bool
    forward: bool = False
    removal: bool = False


@dataclass(frozen=True)
class EnrolledPortal:
    """The portal that an agent was enrolled with; people compare its fingerprint."""

    issuer: str
    fingerprint: str


@dataclass(frozen=True)
class PortalDetails:
    """What the portal's side must be given, and what is to be compared with it."""

    url: str
    agent: str
    fingerprint: str
    issuer: str
    portal_fingerprint: str = ""


@dataclass(frozen=True)
class SelfTestResult:
    """One request sent through the relay to the agent and back.

    `message` is what the user reads, `admin` what the administrator reads, with the
    remedy; no secret is among the answer's claims. `ms` is by hop, "total" end to end.
    `check_only`: every step but the write was made, and nothing was changed.
    """

    __test__ = False  # not a test class of pytest's

    code: str
    message: str
    admin: str
    answer: dict[str, Any] = field(default_factory=dict)
    ms: dict[str, float] = field(default_factory=dict)
    check_only: bool = False


@dataclass(frozen=True)
class PortalAsked:
    """A portal that was asked for a code, and what people do now to have it given.

    `address` is where they approve it, `complete` the same with the code in it;
    `seconds` how long it waits from then on. The fingerprint is the agent's, to be
    compared there. `trouble` says why the portal was not reached last; else empty.
    """

    address: str
    complete: str
    user_code: str
    agent: str
    fingerprint: str
    seconds: int
    trouble: TextAttribute = TextAttribute("")


@dataclass(frozen=True)
class SignedIn:
    """What a portal gave: the relay, the whole code, and whose it is.

    `keys` are those that the code was given out for, where they are not stored yet;
    both secrets go to whoever asked, and nowhere else.
    """

    relay: str
    agent: str
    code: str = field(repr=False)
    issuer: str
    organization: str
    fingerprint: str
    keys: str = field(repr=False)
