"""Connect to the cloud."""

from wizard.flow.conditions import another_proxy, asking, installing, proxy_user_named
from wizard.flow.model import Field, Page, never

AGENT_NAME = Field(
    "agent",
    "Name of this agent",
    help="What the relay and the portal call it: a to z, 0 to 9 and hyphens.",
    width=28,
)

PROXY_PASSWORD = Field(
    "input.proxy_password",
    "Password for the proxy",
    "secret",
    help="Kept for the agent in this server's secret store only.",
    shown=proxy_user_named,
    needed=another_proxy,
    width=36,
)

RELAY = Page(
    id="relay",
    title="Connect to the cloud",
    why="The agent keeps one outbound connection on port 443 to a relay. Your "
    "portal sends resets through it; no inbound port is opened.",
    rail="Connect to the cloud",
    fields=(
        Field(
            "relay.url",
            "Relay address",
            help="As https://relay.corp.example.",
            width=48,
        ),
        Field(
            "input.enrolment_code",
            "Enrolment code",
            "code",
            help="From your portal, in groups of five. It works once.",
            needed=installing,
            width=72,
        ),
        AGENT_NAME,
        Field(
            "relay.ca",
            "Certificate authority of the relay",
            "path",
            help="A PEM file. Leave empty to use the system's trust store.",
            needed=never,
            width=52,
        ),
        Field(
            "relay.proxy",
            "HTTP proxy",
            help="As http://proxy.corp.example:3128, or http://user@... where it asks "
            "for credentials. Leave empty for none.",
            needed=never,
            width=48,
        ),
        PROXY_PASSWORD,
    ),
    shown=asking,
    check="relay",
    empty="Next checks the name, the connection, the certificate and the code, and "
    "shows how long each took.",
    help="The enrolment code carries the fingerprint of your portal's key, so that "
    "no relay can put in a key of its own. Passwords cross the relay sealed.",
)
