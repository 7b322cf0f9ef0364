"""What the controller reports to whoever asks: rows, findings, states. Plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from agent.secret import Secret
from agent.settings import Controller as DomainController
from agent.settings import Settings

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
    title: str
    state: State
    detail: str = ""
    remedy: str = ""
    more: str = ""
    ms: float | None = None
    field: str | None = None


@dataclass(frozen=True)
class AdminCredentials:
    """An administrator of the domain, used once and stored nowhere."""

    user: str
    password: Secret


@dataclass(frozen=True)
class Inputs:
    """What an administrator gives beside the settings; never stored as given.

    Attributes:
        admin: of the domain.
        account_password: of an existing account.
        enrolment_code: of the relay's owner.
        proxy_password: of the user that the proxy's address names.
        keep_account: a removal leaves the directory as it is.
        new_keys: the agent's keys are replaced, and it is enrolled anew.
        original_is_gone: of a copied machine; this one takes its name over.

    """

    admin: AdminCredentials | None = None
    account_password: Secret | None = None
    enrolment_code: Secret | None = None
    proxy_password: Secret | None = None
    keep_account: bool = False
    new_keys: bool = False
    original_is_gone: bool = False


@dataclass(frozen=True)
class Found:
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
    """The agent at a glance."""

    running: bool
    ready: bool
    writeback: bool
    relay: str
    directory: str
    pid: int | None = None
    since: datetime | None = None
    version: str = ""
    attention: str = ""


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
    drift: tuple[str, ...] = ()
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
    changes: tuple[str, ...]
    needs_admin: bool
    forward: bool = False
    removal: bool = False


@dataclass(frozen=True)
class HandOver:
    """What the portal's side must be given."""

    url: str
    agent: str
    fingerprint: str
    issuer: str


@dataclass(frozen=True)
class TestResult:
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


class Busy(Exception):  # noqa: N818 - says what is
    """Another wizard or command is at work on this machine.

    Args:
        who: the user and the process.
        since: when it began.

    """

    # no frozen dataclass: Python itself sets the traceback of what it passes on
    def __init__(self, who: str, since: datetime) -> None:
        self.who, self.since = who, since
        self.remedy = "Let it end, or close it."
        began = f"{since:%Y-%m-%d %H:%M} {since:%Z}".strip()
        told = f"{who} has been changing this installation since {began}."
        super().__init__(f"{told} {self.remedy}")


class RecoveryNeeded(Exception):  # noqa: N818 - says what is
    """An earlier run was cut off; it is rolled back before anything else."""

    def __init__(self) -> None:
        super().__init__(
            "An earlier run was cut off. Roll it back first: the wizard offers it, "
            "and writeback rollback does it."
        )
        self.remedy = "Run writeback rollback."
