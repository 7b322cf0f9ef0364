"""Service account: who the agent signs in to the directory as, and who makes it."""

from wire.text import Text
from wizard.flow.conditions import asking, installing, new_account
from wizard.flow.model import Field, Option, Page, PageCheck
from wizard.flow.pages import credentials

ACCOUNT_NAME = Field(
    "directory.account.name",
    "Name of the account",
    help="New: 20 characters at most. Existing: name@corp.example.",
    width=36,
    default="svc-writeback",
    decision="Service account",
)
ACCOUNT = Page(
    id="account",
    title="Service account",
    why="The agent signs in to the directory as this account, which may do its task "
    "and nothing else.",
    fields=(
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
            more=True,
        ),
    ),
    shown=asking,
    check=PageCheck(
        "account",
        "Signing in to the controllers, and looking at what the account may do",
        placeholder="Next signs in to the controllers and looks at what the account "
        "may do.",
    ),
    help="A refused sign-in ends the check: another one would count towards the "
    "account's lockout. An existing account needs the right to reset passwords where "
    "your people are; the page Permissions shows what it lacks.",
)
