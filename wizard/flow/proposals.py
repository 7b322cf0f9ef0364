"""Names that are proposed: the agent's, a naming context, a container, a proxy."""

import re
import socket

from agent.config.validators import proxy_url
from agent.platform.detect import these_surroundings


def agent_name(host: str) -> str:
    """Propose a name for the agent: the machine's, in the form a relay takes."""
    label = host.split(".", maxsplit=1)[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", label).strip("-")[:63] or "agent"


def this_machine_name() -> str:
    """Propose this machine's name for the agent."""
    return agent_name(socket.gethostname())


def named_proxy(url: str | None = None) -> str:
    """Propose the proxy that this machine names, for a URL or for all; "": none.

    With a URL it may take seconds. One that could not be typed is none.
    """
    try:
        return proxy_url(these_surroundings().proxy(url))
    except ValueError:
        return ""


def base_dn(domain: str) -> str:
    """Spell a domain's DNS name as its naming context."""
    return ",".join(f"DC={label}" for label in domain.strip(". ").split(".") if label)


def proposed_container(domain: str) -> str:
    """Propose where a new account is made; empty before the domain is known."""
    return f"CN=Users,{base_dn(domain)}" if domain.strip() else ""
