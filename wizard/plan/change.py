"""What a plan is made of: changes, what they are made with, and how it can end.

A change is data, so that a new process can take back what another began; how plans are
carried out is in `wizard.plan.apply`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

from agent.config import enrolment, settings_file
from agent.config.enrolment import Enrolment, EnrolmentError
from agent.config.errors import SettingsError
from agent.config.settings import DirectorySettings, Settings
from wire.failure import Failure
from wire.text import EMPTY, Text, read_text
from wizard.host.interface import Host
from wizard.inputs import Inputs

Facts = Mapping[str, Any]
Kind = Literal["created", "changed", "removed"]
State = Literal["doing", "done", "failed", "undoing", "undone", "stuck"]


@dataclass(frozen=True)
class Change:
    """One thing that a step will do. Holds no secret, only the names of secrets.

    `summary` is a sentence in the present tense. `before` and `after` are what is there
    now and then; None for nothing. `needs_admin`: making it or taking it back needs an
    administrator of the domain. `final`: what it takes away can't be given back, such
    as a key; from the first one on a plan only goes forward, after a crash too.
    """

    step: str
    summary: Text
    before: Facts | None
    after: Facts | None
    needs_admin: bool = False
    final: bool = False

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The secrets that it makes, stores, seals or removes."""
        return tuple((self.after or self.before or {}).get("names", ()))

    @property
    def kind(self) -> Kind:
        """Whether it creates, changes or removes."""
        if self.before is None:
            return "created"
        return "removed" if self.after is None else "changed"

    @property
    def group(self) -> Kind | Literal["gone"]:
        """The part of a plan that it is shown in: what is final stands apart."""
        return "gone" if self.final else self.kind

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON takes it."""
        return asdict(self)

    @classmethod
    def of(cls, data: Facts, summary: object = None) -> Self:
        """Read what `as_dict` gave, and its summary with the template, where known."""
        return cls(**{**data, "summary": read_text(summary or data["summary"])})


def directory_of(facts: Facts | None) -> DirectorySettings:
    """Read the directory that a change was planned for."""
    assert facts is not None
    return DirectorySettings.model_validate(facts["directory"])


@dataclass(frozen=True)
class Plan:
    """What was shown and is applied as it was shown, in this order.

    `settings` is what the changes lead to; None for a removal, and `stays` what that
    leaves beyond this machine.
    """

    settings: Settings | None
    changes: tuple[Change, ...]
    stays: tuple[Text, ...] = ()

    @property
    def removes(self) -> bool:
        """Whether it takes the installation away."""
        return self.settings is None

    @property
    def needs_admin(self) -> bool:
        """Whether a change needs an administrator of the domain."""
        return any(change.needs_admin for change in self.changes)


@dataclass(frozen=True)
class Progress:
    """One change on its way: which of the plan's, from 0, and what came back."""

    index: int
    total: int
    change: Change
    state: State
    detail: Text = EMPTY


Report = Callable[[Progress], None]


class StepFailed(Failure):
    """A change could not be made, or not be taken back; the remedy may be by hand.

    `needs` is what it takes and was not given, by the name of `Inputs`.
    """

    def __init__(self, what: Text, remedy: Text, needs: str = "") -> None:
        super().__init__(what, remedy)
        self.needs = needs


# the way out of every state in which something can't be taken back or finished
GIVE_UP = Text(
    "Where that can't be fixed: writeback rollback --abandon gives it up, and lists "
    "what is left where."
)


class NothingDone(StepFailed):
    """A change failed before anything of it was done: there is nothing to take back."""


@dataclass(frozen=True)
class Begun:
    """One change that was begun and not taken back yet, by its place in the plan.

    What came of it, `made`, is None when it was cut off before that was known.
    """

    index: int
    change: Change
    made: Facts | None


@dataclass(frozen=True)
class Stuck:
    """A change that could not be taken back, and what to do by hand."""

    change: Change
    reason: Text

    def __str__(self) -> str:
        return f"{self.change.summary}: {self.reason}"


@dataclass(frozen=True)
class RolledBack:
    """What a roll-back came to.

    `finished` was done instead, as the plan could only go forward. `down` is why the
    agent of before does not serve again; empty when it does.
    """

    undone: tuple[Change, ...]
    stuck: tuple[Stuck, ...]
    finished: tuple[Change, ...] = ()
    down: Text = EMPTY


class ApplyError(Failure):
    """Applying failed or was stopped; says what state the machine is in.

    `failed` is None when it was stopped between two changes. `rest` is still to be
    done, where the plan can only go forward; the journal stays open, and `go_on`
    finishes it.
    """

    def __init__(
        self,
        failed: Change | None,
        reason: Text,
        undone: tuple[Change, ...],
        stuck: tuple[Stuck, ...],
        rest: tuple[Change, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.failed, self.reason = failed, reason
        self.undone, self.stuck, self.rest = undone, stuck, rest

    @property
    def was_stopped(self) -> bool:
        """Whether somebody stopped it, and all that was made is taken back."""
        return self.failed is None and not (self.stuck or self.rest)


MayChange = Callable[[], bool]


def allow_all() -> bool:
    """Let whoever calls change this machine: root alone opens it so."""
    return True


@dataclass(frozen=True)
class Context:
    """What steps work with; of its own for each call.

    Nothing of the inputs is stored as given. `may_change` says whether the caller may
    change this machine, and so have what is stored here used for settings that are not
    in force. `plan_id` is the journal's id, which marks what is made.
    """

    host: Host
    inputs: Inputs
    may_change: MayChange
    plan_id: str = ""

    def with_inputs(self, inputs: Inputs, plan_id: str = "") -> Self:
        """Give what one call works with."""
        return replace(self, inputs=inputs, plan_id=plan_id)

    @property
    def settings(self) -> Settings | None:
        """The settings in force now; None where there are none that can be used.

        Read at each look, as the enrolment is: a plan changes them on its way.
        """
        try:
            return self.load_settings()
        except SettingsError:
            return None

    def load_settings(self) -> Settings:
        """Read the settings in force, as the agent does, or raise SettingsError."""
        return settings_file.load(self.host.places.settings)

    @property
    def enrolment(self) -> Enrolment | None:
        """The enrolment in force now; None where there is none that can be used."""
        try:
            return self.load_enrolment()
        except EnrolmentError:
            return None

    def load_enrolment(self) -> Enrolment:
        """Read the enrolment in force; EnrolmentError where none can be used."""
        return enrolment.load(self.host.places.enrolment)

    @property
    def is_copy(self) -> bool:
        """Whether the agent was enrolled on another machine than this."""
        return enrolment.is_copied(self.host.places.enrolment, self.host.machine)

    @property
    def belongs_to_original(self) -> bool:
        """Whether what stands in the directory and at the relay is another machine's.

        This one is a copy of it, and nobody said that the original is gone for good.
        """
        return self.is_copy and not self.inputs.original_is_gone
