"""Connect to the cloud: the relay, the agent's name there, the proxy."""

from dataclasses import replace

from wire.text import Text
from wizard.flow.conditions import asking, installing
from wizard.flow.model import Field, Page, PageCheck, never
from wizard.flow.pages.credentials import ENROLMENT_CODE, PROXY_PASSWORD
from wizard.flow.proposals import this_machine_name

AGENT_NAME = Field(
    "agent",
    "Name of this agent",
    help="What the relay and the portal call it: a to z, 0 to 9 and hyphens.",
    width=28,
    default=this_machine_name,
    decision="Name of this agent",
)

ASKING_RELAY = Text("Asking the relay: name, connection, certificate, code")

RELAY = Page(
    id="relay",
    title="Connect to the cloud",
    why="The agent keeps one outbound connection on port 443 to a relay. Your "
    "portal sends resets through it; no inbound port is opened.",
    fields=(
        replace(ENROLMENT_CODE, needed=installing),
        Field(
            "relay.url",
            "Relay address",
            help="As https://relay.corp.example.",
            width=48,
            decision="Relay",
        ),
        AGENT_NAME,
        Field(
            "relay.ca",
            "Certificate authority of the relay",
            "path",
            help="A PEM file. Leave empty to use the system's trust store.",
            needed=never,
            width=52,
            more=True,
        ),
        Field(
            "relay.proxy",
            "HTTP proxy",
            help="As http://proxy.corp.example:3128, or http://user@... where it asks "
            "for credentials. Leave empty for none.",
            needed=never,
            width=48,
            more=True,
        ),
        replace(PROXY_PASSWORD, more=True),
    ),
    shown=asking,
    check=PageCheck(
        "relay",
        ASKING_RELAY,
        placeholder="Next checks the name, the connection, the certificate and the "
        "code, and shows how long each took.",
    ),
    help="The enrolment code carries the fingerprint of your portal's key, so that "
    "no relay can put in a key of its own. Passwords cross the relay sealed.",
)
