"""Names that are proposed: the agent's, a domain's naming context, a container."""

import re
import socket


def agent_name(host: str) -> str:
    """Propose a name for the agent: the machine's, in the form a relay takes."""
    label = host.split(".", maxsplit=1)[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", label).strip("-")[:63] or "agent"


def this_machine_name() -> str:
    """Propose this machine's name for the agent."""
    return agent_name(socket.gethostname())


def base_dn(domain: str) -> str:
    """Spell a domain's DNS name as its naming context."""
    return ",".join(f"DC={label}" for label in domain.strip(". ").split(".") if label)


def proposed_container(domain: str) -> str:
    """Propose where a new account is made; empty before the domain is known."""
    return f"CN=Users,{base_dn(domain)}" if domain.strip() else ""
