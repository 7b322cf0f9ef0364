"""Replace keys or password: by age or in doubt, while the agent stays who it is."""

from types import MappingProxyType

from wire.text import Text
from wizard.flow import conditions as when
from wizard.flow.model import Field, Page
from wizard.flow.pages import credentials

SEALING, SHARED = "input.rotate_sealing", "input.rotate_shared"
SIGN_IN = "input.rotate_password"
# by the id of its age (`KeyAge`), the answer that has it replaced
BY_AGE = MappingProxyType(
    {"sealing_key": SEALING, "shared_keys": SHARED, "directory_password": SIGN_IN}
)

ROTATE = Page(
    id="rotate",
    title="Replace keys or password",
    why="The agent stays who it is: its fingerprint is the same afterwards, and "
    "nothing changes for your portal.",
    rail="What is replaced",
    fields=(
        Field(
            SEALING,
            "Sealing key",
            "check",
            help="Portals seal requests to it. The agent makes a new one by itself "
            "every 30 days.",
            default=False,
        ),
        Field(
            SHARED,
            "Keys shared with the relay",
            "check",
            help="The agent listens with one and tests with the other. The relay takes "
            "the former ones until the new ones are used.",
            default=False,
        ),
        Field(
            SIGN_IN,
            "Directory password",
            "check",
            help="Of the service account. A new one is made here, and tried before the "
            "old one goes; nobody has to type it.",
            default=False,
        ),
        *credentials.administrator(
            Text(
                "Only where a policy asks for a day between two changes of the "
                "password. Used once, not stored."
            ),
            label=credentials.ADMINISTRATORS_PASSWORD,
            shown=when.answered(SIGN_IN, value=True),
            needed=when.either(
                lambda answers: bool(answers.text("input.admin_user").strip()),
                lambda answers: bool(answers.get("input.admin_password")),
            ),
        ),
    ),
    shown=when.doing("rotate"),
    help="If anything fails, the former keys are back; a password that the directory "
    "has learned stays. In doubt about the signing key, or on a copied server, choose "
    "New keys instead: that changes the fingerprint.",
)
