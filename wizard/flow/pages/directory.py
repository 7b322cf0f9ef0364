"""The pages that connect: the relay, the directory and its account."""

from wizard.questions import (
    Field,
    Option,
    Page,
    another_proxy,
    asking,
    existing_account,
    installing,
    never,
    new_account,
    proxy_user_named,
)

AGENT_NAME = Field(
    "agent",
    "Name of this agent",
    help="What the relay and the portal call it: a to z, 0 to 9 and hyphens.",
    width=28,
)
ACCOUNT_NAME = Field(
    "directory.account.name",
    "Name of the account",
    help="New: 20 characters at most. Existing: name@corp.example.",
    width=36,
)
ACCOUNT_PASSWORD = Field(
    "input.account_password",
    "Password of the account",
    "secret",
    help="Kept for the agent in this server's secret store only.",
    shown=existing_account,
    needed=installing,
    width=36,
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

DIRECTORY = Page(
    id="directory",
    title="Connect directories",
    why="The agent writes passwords over LDAPS to the domain controllers you name, "
    "and checks their certificates each time.",
    rail="Connect directories",
    fields=(
        Field("directory.domain", "Domain", width=32),
        Field(
            "directory.controllers",
            "Domain controllers",
            "controllers",
            help="Asked in this order. An address is needed only where DNS has none.",
        ),
        Field(
            "directory.ca",
            "Certificate authority of the controllers",
            "path",
            help="A PEM file. Leave empty to use the system's trust store.",
            needed=never,
            width=52,
        ),
        Field(
            "directory.account.kind",
            "Account of the agent",
            "choice",
            options=(
                Option(
                    "new",
                    "Create a new account",
                    "Makes it and grants it the permissions, and no others.",
                ),
                Option(
                    "existing",
                    "Use an existing account",
                    "For shops where another team owns the directory.",
                ),
            ),
        ),
        Field(
            "input.admin_user",
            "Domain administrator",
            help="Used once to make the account and grant permissions; not stored.",
            shown=new_account,
            needed=installing,
            width=36,
        ),
        Field(
            "input.admin_password",
            "Administrator's password",
            "secret",
            shown=new_account,
            needed=installing,
            width=36,
        ),
        ACCOUNT_NAME,
        ACCOUNT_PASSWORD,
        Field(
            "directory.account.container",
            "Container of the new account",
            "dn",
            shown=new_account,
            width=56,
        ),
    ),
    shown=asking,
    check="directory",
    empty="Next checks each controller: certificate, TLS, sign-in, policy hints, "
    "writable, clock, and how long it took.",
    help="Ports 3268 and 3269 are never used. Referrals are not followed. With "
    "policy hints, password history and minimum age count for resets too.",
)
