"""The types of single settings: rules of `agent.config.validators`, each by a name."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from agent.config import validators
from agent.ldap.authority import one_certificate
from wire import names

Port = Annotated[int, Field(ge=1, le=65535)]
HostName = Annotated[str, AfterValidator(validators.host_name)]
AgentName = Annotated[str, AfterValidator(names.agent_name)]
DistinguishedName = Annotated[str, AfterValidator(validators.distinguished_name)]
Principal = Annotated[str, AfterValidator(validators.principal)]
RelayUrl = Annotated[str, AfterValidator(validators.relay_url)]
ProxyUrl = Annotated[str, AfterValidator(validators.proxy_url)]
IpAddress = Annotated[str, AfterValidator(validators.address)]
Certificate = Annotated[str, AfterValidator(one_certificate)]
WholePath = Annotated[str, AfterValidator(validators.whole_path)]
DirectoryPort = Annotated[Port, AfterValidator(validators.directory_port)]
# A minimum length would be reported beside each bad item too
NotEmpty = AfterValidator(validators.not_empty)


class Model(BaseModel):
    """A frozen part of the settings: unknown keys refused, nothing coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
