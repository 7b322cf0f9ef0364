"""New keys: in doubt about the old ones, or on a copy of the machine."""

from dataclasses import replace

from wire.text import Text
from wizard.flow import conditions as when
from wizard.flow.model import Field, Option, Page, PageCheck, always
from wizard.flow.pages import credentials
from wizard.flow.pages.account import ACCOUNT_NAME
from wizard.flow.pages.relay import AGENT_NAME, ASKING_RELAY

REKEY = Page(
    id="rekey",
    title="New keys for this agent",
    why="It gets new signing and sealing keys and is enrolled anew. Your portal must "
    "learn the new fingerprint, which is shown at the end.",
    rail="New keys",
    fields=(
        Field(
            when.ORIGINAL,
            "This server is a copy of another one",
            "choice",
            options=(
                Option(
                    "used",
                    "The original is still in use",
                    "This server gets a name and an account of its own.",
                ),
                Option(
                    "gone",
                    "The original is gone for good",
                    "This server keeps that name and that account; the relay "
                    "refuses the original from then on.",
                ),
            ),
            shown=when.copied,
            default="used",
        ),
        replace(
            credentials.ENROLMENT_CODE,
            help=Text(
                "From your portal, in groups of five. It works once. Where the keys of "
                "before are lost, have the relay's owner forget the agent first: "
                "writeback-relay forget."
            ),
        ),
        replace(AGENT_NAME, shown=when.beside_original, another=when.beside_original),
        replace(ACCOUNT_NAME, shown=when.beside_original, another=when.beside_original),
        replace(
            credentials.ACCOUNT_PASSWORD,
            shown=when.both(when.copied, when.existing_account),
            needed=always,
        ),
        credentials.PROXY_PASSWORD,
        *credentials.administrator(
            Text("Used once for the account and its permissions; not stored."),
            label=credentials.ADMINISTRATORS_PASSWORD,
            shown=when.both(when.copied, when.new_account),
        ),
    ),
    shown=when.rekeying,
    check=PageCheck(
        "relay",
        ASKING_RELAY,
        placeholder="Next checks the connection to the relay and the code.",
    ),
    help="This is another identity for the portal. To replace keys and keep the "
    "fingerprint, without a code, choose Replace keys or password. If anything fails, "
    "the old keys are back.",
)
