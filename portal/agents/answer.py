"""What the portal reads of an agent's answer (docs/wire.md); the rest is left out."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    ValidationError,
)

from portal.journeys.policy import (
    GUID,
    MOST_MEMBERS,
    AccountState,
    AgentPart,
    Kinds,
    Name,
    Operations,
    Person,
    Registration,
    SelfServicePolicy,
)
from wire.outcomes import Code
from wire.printable import printable
from wire.self_service.receipt import MOST_CHARACTERS

_MOST_WORDS = 1000
# opaque here: it goes back to the agent that made it
_Token = Annotated[str, Field(max_length=MOST_CHARACTERS, pattern=r"^[!-~]+$")]
_Words = Annotated[str, AfterValidator(lambda value: printable(value, _MOST_WORDS))]


class BadAnswer(Exception):
    """An agent's answer is not in the form; the text names the claim, no value."""


def _code(value: object) -> object:
    """Take a code of a later version for a failure: it is none that worked."""
    try:
        return Code(str(value))
    except ValueError:
        return Code.INTERNAL


class PasswordPolicy(AgentPart):
    """The password policy that holds for one person."""

    min_length: int | None = Field(default=None, ge=0, le=256)
    complexity: bool | None = None
    history: int | None = Field(default=None, ge=0, le=1024)


class RosterPerson(AgentPart):
    """One person of the scope, as the agent lists them."""

    guid: Annotated[str, Field(max_length=36)]
    name: Name = ""
    eligible: bool = False


class RosterPage(AgentPart):
    """A page of the people in the scope, and where the next one begins."""

    people: list[RosterPerson] = Field(default_factory=list, max_length=1000)
    total: int = Field(default=0, ge=0, lt=2**31)
    cursor: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None


class Judged(AgentPart):
    """Whether one operation would work for a person, and why not (docs/verdict.md)."""

    state: Literal["yes", "no", "unknown"] = "unknown"
    code: Name = ""
    cause: Name = ""
    shown_by: _Words = ""
    remedy: _Words = ""
    until: AwareDatetime | None = None


class Verdict(AgentPart):
    """What the agent foretells of a person, without a write."""

    guid: str = Field(pattern=GUID)
    reset: Judged = Judged()
    change: Judged = Judged()
    unlock: Judged = Judged()
    must_change: Judged = Judged()
    notes: list[_Words] = Field(default_factory=list, max_length=MOST_MEMBERS)


class Step(AgentPart):
    """One step of a write, and what became of it."""

    step: Name
    result: Name


class Answer(AgentPart):
    """One answer; `id` is the reference of the agent's audit record.

    `admin`, `remedy` and `detail` are for the help desk and administrators, as is
    `why` somebody is not eligible.
    """

    code: Annotated[Code, BeforeValidator(_code)]
    message: _Words = ""
    id: Name = ""
    earliest: AwareDatetime | None = None
    policy: PasswordPolicy | None = None
    person: Person | None = None
    self_service: SelfServicePolicy | None = None
    state: AccountState | None = None
    sign_in: _Token | None = None
    receipt: _Token | None = None
    roster: RosterPage | None = None
    admin: _Words = ""
    remedy: _Words = ""
    detail: _Words = ""
    why: Name = ""
    verdict: Verdict | None = None
    steps: list[Step] = Field(default_factory=list, max_length=MOST_MEMBERS)

    @property
    def ok(self) -> bool:
        """Whether all of what was asked is done."""
        return self.code is Code.OK


class Help(AgentPart):
    """Whom people call, by the agent's settings."""

    text: Name = ""
    phone: Name = ""
    url: Annotated[str, Field(max_length=500, pattern="^https://[!-~]+$")] | None = None


class Notify(AgentPart):
    """Who is told of what is done, by the agent's settings."""

    person: bool = True
    administrators: bool = True


class Offered(AgentPart):
    """What self-service is before a person is known; `who` is none where it is off."""

    who: Literal["none", "groups", "all"] = "none"
    operations: Operations = frozenset()
    proofs: int = Field(default=2, ge=1, le=8)
    kinds: Kinds = ()
    passkey_alone: bool = False
    registration: Registration = Registration()
    help: Help = Help()
    help_desk: Operations = frozenset()
    two_proof: bool = False
    receipts: Literal["required", "accepted"] = "required"
    notify: Notify = Notify()
    roster: bool = False


class Limits(AgentPart):
    """How much an agent takes, by its settings."""

    per_minute: int | None = None
    checks_per_minute: int | None = None
    per_user_per_hour: int | None = None


class Ready(AgentPart):
    """What an agent says of itself; it can serve where it is `ready` and not paused."""

    ready: bool
    paused: bool
    directory: bool
    starts: int = Field(ge=0, lt=2**53)
    version: Name = ""
    self_service: Offered = Offered()
    limits: Limits = Limits()

    @property
    def serves(self) -> bool:
        """Whether it takes resets now."""
        return self.ready and not self.paused


def read_answer(claims: Mapping[str, Any]) -> Answer:
    """Read an answer; BadAnswer names the first claim that is not in the form."""
    block = claims.get("self_service")
    # of who is not eligible there is `why` alone
    partial = isinstance(block, dict) and "eligible" not in block
    why = block.get("why", "") if isinstance(block, dict) else ""
    # `why` is a claim of the block alone
    known = {**claims, "why": why}
    if partial:
        known["self_service"] = None
    try:
        return Answer.model_validate(known)
    except ValidationError as error:
        raise BadAnswer(_first(error)) from None


def read_ready(claims: Mapping[str, Any]) -> Ready:
    """Read a statement of readiness; BadAnswer as above."""
    try:
        return Ready.model_validate(claims)
    except ValidationError as error:
        raise BadAnswer(_first(error)) from None


def _first(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return ".".join(map(str, first["loc"]))
