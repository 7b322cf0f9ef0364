"""The page that gives an agent new keys: in doubt about the old ones, or for a copy."""

from dataclasses import replace

from wizard.flow.conditions import (
    ORIGINAL,
    beside_original,
    copied,
    copied_existing,
    copied_new,
    rekeying,
)
from wizard.flow.model import Field, Option, Page, always
from wizard.flow.pages.directory import ACCOUNT_NAME, ACCOUNT_PASSWORD
from wizard.flow.pages.relay import AGENT_NAME, PROXY_PASSWORD

REKEY = Page(
    id="rekey",
    title="New keys for this agent",
    why="It gets new signing and sealing keys and is enrolled anew. Your portal must "
    "learn the new fingerprint, which is shown at the end.",
    rail="New keys",
    fields=(
        Field(
            ORIGINAL,
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
                    "This server takes its name and its account over.",
                ),
            ),
            shown=copied,
        ),
        Field(
            "input.enrolment_code",
            "Enrolment code",
            "code",
            help="From your portal, in groups of five. It works once. To keep its "
            "name, have the relay's owner forget the agent first: writeback-relay "
            "forget.",
            width=72,
        ),
        replace(AGENT_NAME, shown=beside_original, another=beside_original),
        replace(ACCOUNT_NAME, shown=beside_original, another=beside_original),
        replace(ACCOUNT_PASSWORD, shown=copied_existing, needed=always),
        PROXY_PASSWORD,
        Field(
            "input.admin_user",
            "Domain administrator",
            help="Used once for the account and its permissions; not stored.",
            shown=copied_new,
            width=36,
        ),
        Field(
            "input.admin_password",
            "Administrator's password",
            "secret",
            shown=copied_new,
            width=36,
        ),
    ),
    shown=rekeying,
    check="relay",
    empty="Next checks the connection to the relay and the code.",
    help="A relay gives a name to one agent: it refuses new keys under a name that it "
    "knows. If anything fails, the old keys are back.",
)
