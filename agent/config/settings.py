"""The settings file: what it may hold, how it is read, checked and saved.

One tree of frozen models. `parse` reports every problem with its dotted path,
refuses unknown keys with a near miss, and does not coerce ("636" is no port).
Secrets are never here: they are kept by `agent.config.secret_store` under fixed names.
"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from agent.config import validators
from agent.config.fields import (
    AgentName,
    Certificate,
    DirectoryPort,
    DistinguishedName,
    HostName,
    IpAddress,
    Model,
    NotEmpty,
    Principal,
    ProxyUrl,
    RelayUrl,
    WholePath,
)
from agent.config.self_service import SelfService
from wire.names import Identifier
from wire.operation import Operation


class Relay(Model):
    """The meeting point the agent dials out to, on an outbound connection."""

    url: RelayUrl = Field(description="https address of the relay")
    ca: WholePath | None = Field(
        default=None,
        description="PEM file with the relay's CA; none: the system's trust store",
    )
    proxy: ProxyUrl | None = Field(
        default=None,
        description="HTTP proxy as http://host:port, or http://user@host:port where "
        "it asks for credentials (the password is kept apart); none: direct",
    )

    @property
    def proxy_user(self) -> str | None:
        """Who signs in at the proxy; None where it asks for nobody."""
        return validators.proxy_user(self.proxy or "")


class DomainController(Model):
    """One domain controller."""

    host: HostName = Field(description="DNS name, as in the certificate")
    address: IpAddress | None = Field(
        default=None,
        description="IP address to connect to instead of asking DNS; "
        "the certificate is still checked against host",
    )


class AccountSettings(Model):
    """The directory account that the agent signs in with."""

    kind: Literal["new", "existing"] = Field(
        default="new", description="new: made and removed by the wizard"
    )
    name: Annotated[str, AfterValidator(validators.account_name)] = Field(
        min_length=1,
        max_length=256,
        description="new: sAMAccountName (20 characters at most); "
        "existing: userPrincipalName",
    )
    container: DistinguishedName | None = Field(
        default=None, description="where a new account is made"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "new":
            validators.new_account(self.name, self.container)
        return self


class DirectorySettings(Model):
    """Active Directory: one domain, its controllers, the account."""

    domain: HostName = Field(description="DNS name of the domain")
    controllers: Annotated[tuple[DomainController, ...], NotEmpty] = Field(
        strict=False, description="asked in this order"
    )
    port: DirectoryPort = Field(default=636, description="LDAPS port")
    ca: WholePath | None = Field(
        default=None,
        description="PEM file with the controllers' CA; none: the trust store",
    )
    ca_certificate: Certificate | None = Field(
        default=None,
        description="one certificate as PEM text, of a certificate authority or of a "
        "controller itself, that is trusted for the controllers beside the file of "
        "the CA or the trust store",
    )
    account: AccountSettings
    policy_hints: bool = Field(
        default=True, description="history and minimum age count for resets too"
    )

    @property
    def base_dn(self) -> str:
        """The domain's naming context, as its DNS name spells it."""
        return ",".join(f"DC={label}" for label in self.domain.split("."))

    @property
    def sign_in_name(self) -> str:
        """The userPrincipalName that the agent signs in with."""
        name = self.account.name
        return f"{name}@{self.domain}" if self.account.kind == "new" else name


class Scope(Model):
    """Whose password may be written."""

    containers: Annotated[tuple[DistinguishedName, ...], NotEmpty] = Field(
        strict=False, description="containers with everything below"
    )
    exclude_containers: Annotated[
        tuple[DistinguishedName, ...], Field(max_length=1000)
    ] = Field(
        default=(),
        strict=False,
        description="containers below those, left out with everything below; the "
        "innermost container that is named decides",
    )
    pilot_group: DistinguishedName | None = Field(
        default=None, description="only members of this group (nested counted)"
    )
    deny_list: Annotated[tuple[Principal, ...], Field(max_length=1000)] = Field(
        default=(),
        strict=False,
        description="people and groups (nested counted), by DN or SID, that are never "
        "written to",
    )
    exclude_service_accounts: bool = Field(
        default=True,
        description="accounts with a servicePrincipalName are never written to",
    )

    @model_validator(mode="after")
    def _excludes_something(self) -> Self:
        validators.exclusions(self.containers, self.exclude_containers)
        return self


class Features(Model):
    """What is switched on."""

    password_writeback: bool = Field(
        default=True, description="off: every request is answered as paused"
    )
    unlock: bool = Field(default=True, description="a reset also unlocks")
    must_change: bool = Field(
        default=True, description="the portal may ask for a change at next sign-in"
    )
    change: bool = Field(
        default=True, description="users may change with their old password"
    )

    read_password_settings: bool = Field(
        default=False,
        description="the account is granted reading of fine-grained password policies, "
        "so that a check can tell what they ask for",
    )

    @property
    def operations(self) -> frozenset[Operation]:
        """What may be done for a user."""
        optional = {
            Operation.CHANGE: self.change,
            Operation.UNLOCK: self.unlock,
            Operation.MUST_CHANGE: self.must_change,
        }
        return frozenset({Operation.RESET, *(op for op, on in optional.items() if on)})


class Limits(Model):
    """What the agent refuses whatever the cloud says."""

    per_minute: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=120, description="requests in any minute, other than checks"
    )
    checks_per_minute: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=240, description="checks in any minute; they write nothing"
    )
    per_user_per_hour: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=10, description="writes for one user in any hour, unlocking too"
    )
    people_per_five_minutes: Annotated[int, Field(ge=5, le=100_000)] = Field(
        default=100,
        description="different people reset or unlocked in any five minutes; one more "
        "opens the breaker: nothing is written until an administrator closes it",
    )
    proofs: Annotated[int, Field(ge=0, le=5)] = Field(
        default=0,
        description="proofs of identity of different kinds the portal must have taken",
    )
    proof_age: Annotated[int, Field(ge=60, le=86_400)] = Field(
        default=900, description="seconds after which such a proof no longer counts"
    )


class Monitoring(Model):
    """Where this machine is asked how the agent is."""

    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=9843,
        description="of /ready and /metrics on 127.0.0.1; 0: any that is free",
    )


class Settings(Model):
    """Everything an administrator decides."""

    version: Literal[2] = Field(description="form of this file")
    agent: AgentName = Field(
        description="what the relay and the portal call this agent"
    )
    relay: Relay
    directory: DirectorySettings
    scope: Scope
    identify_by: Identifier = Field(
        default="userPrincipalName",
        description="which attribute the cloud names users by",
    )
    features: Features = Features()
    limits: Limits = Limits()
    self_service: SelfService = SelfService()
    monitoring: Monitoring = Monitoring()
