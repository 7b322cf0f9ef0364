"""Connect directories: the domain, its controllers and the agent's account."""

from wire.text import Text
from wizard.flow.conditions import asking, installing, new_account
from wizard.flow.model import Field, Option, Page, PageCheck, never
from wizard.flow.pages import credentials

ACCOUNT_NAME = Field(
    "directory.account.name",
    "Name of the account",
    help="New: 20 characters at most. Existing: name@corp.example.",
    width=36,
    default="svc-writeback",
    decision="Service account",
)
DIRECTORY = Page(
    id="directory",
    title="Connect directories",
    why="The agent writes passwords over LDAPS to the domain controllers you name, "
    "and checks their certificates each time.",
    fields=(
        Field("directory.domain", "Domain", width=32, decision="Domain"),
        Field(
            "directory.controllers",
            "Domain controllers",
            "controllers",
            help="Asked in this order. An address is needed only where DNS has none.",
            decision="Domain controllers",
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
            "Service account",
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
            default="new",
        ),
        *credentials.administrator(
            Text("Used once to make the account and grant permissions; not stored."),
            label=credentials.ADMINISTRATORS_PASSWORD,
            shown=new_account,
            needed=installing,
        ),
        ACCOUNT_NAME,
        credentials.ACCOUNT_PASSWORD,
        Field(
            "directory.account.container",
            "Container of the new account",
            "dn",
            shown=new_account,
            width=56,
        ),
    ),
    shown=asking,
    check=PageCheck(
        "directory",
        "Asking the controllers: certificate, sign-in, policy hints, clock",
        placeholder="Next checks each controller: certificate, TLS, sign-in, policy "
        "hints, writable, clock, and how long it took.",
    ),
    help="Ports 3268 and 3269 are never used. Referrals are not followed. With "
    "policy hints, password history and minimum age count for resets too.",
)
