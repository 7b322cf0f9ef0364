"""The parts of a running agent, put together."""

from pathlib import Path

from agent.config.agent_config import AgentConfig
from agent.ldap.certificates import Endpoint
from agent.ldap.pool import Target
from agent.relay_client.endpoint import RelayEndpoint


def target(equipment: AgentConfig) -> Target:
    """Say which controllers are asked, and as whom."""
    directory = equipment.settings.directory
    ca = Path(directory.ca) if directory.ca else None
    endpoints = tuple(
        Endpoint(each.host, each.address, directory.port, ca)
        for each in directory.controllers
    )
    account = directory.account
    user = account.name
    if account.kind == "new":
        user = f"{account.name}@{directory.domain}"
    return Target(endpoints, directory.base_dn, user, equipment.password)


def relay_endpoint(equipment: AgentConfig) -> RelayEndpoint:
    """Say how the relay is reached."""
    return RelayEndpoint(equipment.settings.relay, equipment.proxy_password)
