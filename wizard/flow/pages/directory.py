"""The pages that connect: the relay, the directory and its account."""

from wizard.flow.conditions import asking, existing_account, installing, new_account
from wizard.flow.model import Field, Option, Page, never

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
