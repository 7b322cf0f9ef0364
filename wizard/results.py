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
    """One thing that was tried: what, what came back, what to do.

    Attributes:
        id: stable name of the check, for scripts.
        title: what was tried, in words.
        state: how it ended.
        detail: what came back.
        remedy: what to do next, empty when it is ok.
        more: long text for a details view, such as a certificate chain.
        ms: how long it took in milliseconds, where that says something.
        field: dotted path of the setting that is wrong, where one is.

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
    """A domain found without asking.

    Attributes:
        domain: DNS name.
        controllers: in the order DNS gives.
        source: where this is from, in words.

    """

    domain: str
    controllers: tuple[DomainController, ...]
    source: str


@dataclass(frozen=True)
class Container:
    """One node of the tree of containers."""

    dn: str
    name: str
    has_children: bool
    users: int


@dataclass(frozen=True)
class AgentStatus:
    """The agent at a glance.

    Attributes:
        relay: its connection to the relay, in words.
        directory: the same to the domain controllers.
        relay_connected: whether it stands.
        directory_connected: whether a controller answers.
        controller: which one; empty where none is named.
        attention: what an administrator is to look at, in words.

    """

    running: bool
    ready: bool
    writeback: bool
    relay: Text
    directory: Text
    relay_connected: bool = False
    directory_connected: bool = False
    controller: str = ""
    pid: int | None = None
    since: datetime | None = None
    version: str = ""
    attention: Text = EMPTY


@dataclass(frozen=True)
class Installed:
    """An installation found on this machine.

    Attributes:
        settings: as the file has them now.
        status: the agent at a glance.
        fingerprint: of its keys.
        drift: what was edited by hand in the file since it was applied.
        copied: this machine is a copy of the one that was enrolled.

    """

    settings: Settings
    status: AgentStatus
    fingerprint: str
    drift: tuple[Text, ...] = ()
    copied: bool = False


@dataclass(frozen=True)
class Recovery:
    """A plan that was cut off: a crash or a pulled plug.

    Attributes:
        started: when the plan was begun.
        changes: summaries of what was begun, oldest first.
        needs_admin: undoing needs an administrator's credentials again.
        forward: something that can't be given back was done already; it is finished,
            and `changes` are those still to be made.
        removal: it was taking everything away.

    """

    started: datetime
    changes: tuple[Text, ...]
    needs_admin: bool
    forward: bool = False
    removal: bool = False


@dataclass(frozen=True)
class PortalDetails:
    """What the portal's side must be given."""

    url: str
    agent: str
    fingerprint: str
    issuer: str


@dataclass(frozen=True)
class SelfTestResult:
    """One request sent through the relay to the agent and back.

    Attributes:
        code: the outcome's code.
        message: what the user reads.
        admin: what the administrator reads, with the remedy.
        answer: the opened answer's claims (no secret is among them).
        ms: milliseconds by hop; "total" is end to end.

    """

    __test__ = False  # not a test class of pytest's

    code: str
    message: str
    admin: str
    answer: dict[str, Any] = field(default_factory=dict)
    ms: dict[str, float] = field(default_factory=dict)
