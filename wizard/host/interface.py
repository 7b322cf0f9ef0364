"""The machine, as the steps see it: files, secrets, the service, one at a time."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from agent.audit.event import EventId
from agent.config.secret_store import Store
from agent.platform.interface import FolderOfOthers
from agent.system.paths import Paths
from agent.system.version import PROJECT, VERSION
from wire.failure import Failure
from wire.text import EMPTY, Text
from wizard.errors import Busy

# what to do about an old program that goes on, as after an upgrade that failed
REPLACE = Text("replace it: writeback repair")


@dataclass(frozen=True)
class Service:
    """The agent's service right now; `pid` is of the supervising process.

    `status` is what the agent last said about itself; empty when it said nothing. One
    that no longer `answers`, such as a frozen one, may be anything by now.
    """

    running: bool
    status: Mapping[str, Any] = field(default_factory=dict)
    pid: int | None = None
    answers: bool = True

    @property
    def ready(self) -> bool:
        """The relay link is up, a controller answered, and so does the agent."""
        return self.running and self.answers and bool(self.status.get("ready"))

    @property
    def outdated(self) -> Text:
        """Say which version runs beside the one installed; empty when it is that."""
        runs = self.status.get("version")
        if not self.running or runs in (None, there := _installed()):
            return EMPTY
        return Text(
            "{running} runs and {there} is installed", running=str(runs), there=there
        )


def _installed() -> str:
    """Give the version on the disk: this process may be older than an upgrade."""
    try:
        return version(PROJECT)
    except PackageNotFoundError:  # it is being replaced
        return VERSION


@dataclass(frozen=True)
class Protection:
    """Who owns a file, and its mode as in `chmod`: three octal digits.

    On Windows `mode` is the whole descriptor in SDDL, and names nobody beside.
    """

    user: str
    group: str
    mode: str

    def __str__(self) -> str:
        if not self.user:
            return self.mode
        return f"{self.mode} {self.user}:{self.group}"


@dataclass(frozen=True)
class Misplaced:
    """A file that others own, or may read or write, than should be."""

    path: Path
    now: Protection
    wanted: Protection


class ServiceFailed(Failure):
    """The service did not start, stop or become ready."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason, Text("Fix the cause and try again."))


# the texts of a service's files, or values, by path; None: not there
Texts = Mapping[str, str | None]


@dataclass(frozen=True)
class Lack:
    """What a change takes and was not given: `needs` names it as a secret is named."""

    what: Text
    needs: str


class ServiceAccounts(Protocol):
    """The accounts that a service runs as, on a system where one is chosen.

    Facts are what a change does beside its texts, as a journal keeps them.
    """

    def accepted(self, wanted: Texts, last: Texts) -> Texts:
        """Have wanted texts name the account of those accepted last.

        Where one is chosen now, it is that one; without any, the account of now.
        """

    def refuse(self, wanted: Texts) -> None:
        """Raise ServiceFailed where no service may run so: its account, its program."""

    def lack(self, now: Texts, then: Texts) -> Lack | None:
        """Say what going from one to the other takes and was not given."""

    def facts(self, now: Texts, wanted: Texts, last: Texts) -> Mapping[str, Any]:
        """Say what else is to be done for the account that is wanted."""

    def give(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what of it is not done yet, and give that."""

    def take_back(self, facts: Mapping[str, Any]) -> None:
        """Take back what `give` gave; nothing where it did not come to that."""

    def is_fresh(self, path: str, text: str | None) -> bool:
        """Say whether a service that was made this moment has this text."""


class UnitFiles(Protocol):
    """What the service needs beside what the package brought."""

    def files(self, secrets: Sequence[str]) -> Mapping[Path, str]:
        """Give the files' texts; `secrets` names those that the service is given."""

    @property
    def enabled(self) -> bool:
        """Whether the agent starts with the machine."""

    def enable(self, *, enabled: bool) -> None:
        """Have the agent start with the machine or not, by its files as they are."""

    @property
    def accounts(self) -> ServiceAccounts | None:
        """The accounts that it may run as; None where it has its own alone."""
        return None


class Sealing(Protocol):
    """Secrets that an older system kept in plain files, where this one can seal."""

    def unsealed(self) -> Sequence[str]:
        """Name the secrets in plain files, of use, that could be sealed by now."""

    def seal(self, name: str) -> None:
        """Seal a secret beside its plain file; nothing when there is none."""

    def unseal(self, name: str) -> None:
        """Have a secret in its plain file alone again."""

    def in_plain(self) -> Sequence[str]:
        """Name the secrets in plain files, of use or not, where others are sealed."""

    def keep_plain(self, name: str, *, kept: bool) -> None:
        """Have a sealed secret in a plain file too, or no longer."""


class Ownership(Protocol):
    """Owners and modes of what was installed."""

    def misplaced(self) -> Sequence[Misplaced]:
        """Give the files whose owner or mode is not as it was made."""

    def protect(self, path: Path, wanted: Protection) -> None:
        """Give a file its owner and mode."""


class Package(Protocol):
    """The program as the package manager knows it."""

    def damaged(self) -> Sequence[Path] | None:
        """Give the files that are not as it brought them; None: nobody can compare."""


class Events(Protocol):
    """Where events of a setup are written for alerts (`agent.audit.events`)."""

    def event(self, event: EventId, detail: str) -> None:
        """Write one; it never fails."""

    def registration(self) -> Text | None:
        """Say what is wrong with how Writeback is registered there; empty: nothing.

        None where nobody is registered, as in a journal.
        """


class Host(Protocol):
    """One machine that an agent is set up on: what each has, and options.

    An option is None where a platform has no such thing, as where the program runs from
    its sources and everything is the person's own; nothing is planned for it there.
    """

    places: Paths
    secrets: Store
    unit: UnitFiles | None
    sealing: Sealing | None
    ownership: Ownership | None
    package: Package | None
    events: Events | None

    def read(self, path: Path) -> str | None:
        """Give a file's text, None when there is none."""

    def write(self, path: Path, text: str) -> None:
        """Replace a file in one act."""

    def remove(self, path: Path) -> None:
        """Remove a file; nothing happens when there is none."""

    @property
    def machine(self) -> str:
        """Name this machine (`agent.system.instance`); empty: copies do no harm."""

    def unreadable(self, path: Path) -> Text:
        """Say why the agent can't read a file; empty when it can."""

    def service(self) -> Service:
        """Look at the agent's service."""

    def start_service(self) -> None:
        """Start it; nothing happens when it runs."""

    def stop_service(self) -> None:
        """Let it finish what it does, and stop it; nothing when it does not run."""

    @property
    def reload(self) -> Callable[[float], None] | None:
        """What has a new agent take over from the running one without a gap.

        Given how many seconds it may take. It raises ServiceFailed when the new one is
        not ready in time; the old one goes on. None where a start is the only way.
        """

    def wait_ready(self, seconds: float) -> None:
        """Wait until the agent is ready; else ServiceFailed, with its own reason."""

    def remains(self, *, audit: bool) -> Sequence[Path]:
        """Give the files and folders that the agent itself has made and are there.

        `audit`: with its audit records.
        """

    def remove_remains(self, *, audit: bool) -> None:
        """Remove them."""

    def log(self, lines: int) -> Sequence[str]:
        """Give what the agent logged last, without what it says of requests."""

    def forget(self) -> None:
        """Remove what an installation leaves last: the journals, empty folders."""

    def held_by(self) -> Busy | None:
        """Say who is changing this machine now; None when nobody is."""

    def lock(self) -> contextlib.AbstractContextManager[None]:
        """Let one wizard or command change this machine; Busy where another does."""


def ended(last_words: str) -> ServiceFailed:
    """Say that the agent ended, with what it said last."""
    why = Text("The agent ended. {words}", words=last_words)
    return ServiceFailed(why if last_words else Text("The agent ended."))


@contextlib.contextmanager
def own_folders() -> Iterator[None]:
    """Say what to do about a folder of ours that others could have made."""
    try:
        yield
    except FolderOfOthers as error:
        what = Text(
            "Others could have made or changed {path}. Look at what is in it, and "
            "remove it.",
            path=str(error.filename),
        )
        raise ServiceFailed(what) from error
