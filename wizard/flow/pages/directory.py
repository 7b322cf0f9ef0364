"""Connect directories: the domain and its controllers."""

from wire.text import Text
from wizard.flow.conditions import asking
from wizard.flow.model import Field, Page, PageCheck, never

ASKING_CONTROLLERS = Text("Asking the controllers: certificate, policy hints, clock")

DIRECTORY = Page(
    id="directory",
    title="Connect directories",
    why="The agent writes passwords over LDAPS to these domain controllers, and "
    "checks their certificates each time.",
    rail="Directories",
    fields=(
        Field("directory.domain", "Domain", width=32, decision="Domain"),
        Field(
            "directory.controllers",
            "Domain controllers",
            "controllers",
            decision="Domain controllers",
        ),
        Field(
            "directory.ca",
            "Certificate authority of the controllers",
            "path",
            help="A PEM file. Leave empty to use the system's trust store.",
            needed=never,
            width=52,
            more=True,
        ),
        Field(
            "directory.ca_certificate",
            "Trusted authority",
            "certificate",
            help="One certificate, trusted for these controllers alone, beside what is "
            "trusted already. It is kept in the settings.",
            needed=never,
            more=True,
        ),
    ),
    shown=asking,
    check=PageCheck("controllers", ASKING_CONTROLLERS, label="Check again"),
    help="Each controller is asked without a sign-in as soon as it stands in the list. "
    "The agent asks them in this order. Ports 3268 and 3269 are never used. Referrals "
    "are not followed. With policy hints, password history and minimum age count for "
    "resets too.",
)
