"""What an agent says self-service is to a person, and how their account is. Pure.

The agent's signature was checked before. Its words are shown to people all the same as
any peer's: one line, bounded.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from wire.operation import Operation
from wire.printable import printable
from wire.self_service.proof_kind import ProofKind

MOST_MEMBERS = 32
_MOST_NAME = 256
Name = Annotated[str, AfterValidator(lambda value: printable(value, _MOST_NAME))]
GUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


def _known_kinds(value: object) -> object:
    """Leave out kinds of a later version: nobody can prove by them here."""
    if not isinstance(value, list):
        return value
    known = {str(kind) for kind in ProofKind}
    return [each for each in value[:MOST_MEMBERS] if each in known]


def _known_operations(value: object) -> object:
    if not isinstance(value, list):
        return value
    known = {str(operation) for operation in Operation}
    return [each for each in value[:MOST_MEMBERS] if each in known]


Kinds = Annotated[tuple[ProofKind, ...], BeforeValidator(_known_kinds)]
Operations = Annotated[frozenset[Operation], BeforeValidator(_known_operations)]


class AgentPart(BaseModel):
    """A part of what an agent says; what is not known here is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Manager(AgentPart):
    """Whom the directory names as somebody's manager, and their address."""

    name: Name = ""
    mail: Name = ""


class Person(AgentPart):
    """Who a name means; `contacts` are the directory's addresses, while registering.

    `manager` is told of a caller, where a registration code may be mailed there.
    """

    guid: str = Field(pattern=GUID)
    name: Name = ""
    upn: Name = ""
    language: Name = ""
    contacts: dict[Name, list[Name]] = Field(default_factory=dict, max_length=16)
    manager: Manager | None = None


class Registration(AgentPart):
    """What the settings ask of who registers."""

    required: bool = False
    extra: int = Field(default=0, ge=0, le=8)
    confirm_days: int = Field(default=0, ge=0, le=100_000)
    wait_hours: int = Field(default=0, ge=0, le=100_000)
    allowed_from: Literal["anywhere", "networks", "code"] = "code"
    networks: list[Name] = Field(default_factory=list, max_length=256)
    # whether the agent takes the portal's word for these; else it asks for more
    provider_sign_in: bool = False
    portal_codes: bool = False
    code_to_manager: bool = False


class SelfServicePolicy(AgentPart):
    """What self-service is to one person: the agent decides, the portal shows it.

    `proofs` of `kinds` are asked for; a passkey that verified its user counts as two
    where `passkey_alone`.
    """

    eligible: bool
    operations: Operations
    proofs: int = Field(ge=1, le=8)
    kinds: Kinds
    passkey_alone: bool = False
    two_proof: bool = False
    roles: list[Name] = Field(default_factory=list, max_length=8)
    registration: Registration = Registration()


class AccountState(AgentPart):
    """How an account is, as far as the agent may know."""

    locked: bool = False
    must_change: bool = False
    expired: bool = False
    disabled: bool = False
    password_age_days: int | None = None
    password: Literal["right", "expired", "must_change"] | None = None
