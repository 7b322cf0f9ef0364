"""The page that gives an agent new keys: in doubt about the old ones, or for a copy."""

from dataclasses import replace

from wizard.connecting import (
    ACCOUNT_NAME,
    ACCOUNT_PASSWORD,
    AGENT_NAME,
    PROXY_PASSWORD,
)
from wizard.questions import (
    Answers,
    Field,
    Option,
    Page,
    always,
    existing_account,
    new_account,
    rekeying,
)

ORIGINAL = "input.original"


def copied(answers: Answers) -> bool:
    """Hold on a copy of the machine that was enrolled."""
    return answers.copied


def beside_original(answers: Answers) -> bool:
    """Hold on a copy whose original goes on: what that one has is not this one's."""
    return answers.copied and not original_is_gone(answers)


def _copied_new(answers: Answers) -> bool:
    return copied(answers) and new_account(answers)


def _copied_existing(answers: Answers) -> bool:
    return copied(answers) and existing_account(answers)


def original_is_gone(answers: Answers) -> bool:
    """Hold on a copy that takes over what its original had."""
    return answers.copied and answers.get(ORIGINAL) == "gone"


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
        replace(ACCOUNT_PASSWORD, shown=_copied_existing, needed=always),
        PROXY_PASSWORD,
        Field(
            "input.admin_user",
            "Domain administrator",
            help="Used once for the account and its permissions; not stored.",
            shown=_copied_new,
            width=36,
        ),
        Field(
            "input.admin_password",
            "Administrator's password",
            "secret",
            shown=_copied_new,
            width=36,
        ),
    ),
    shown=rekeying,
    check="relay",
    empty="Next checks the connection to the relay and the code.",
    help="A relay gives a name to one agent: it refuses new keys under a name that it "
    "knows. If anything fails, the old keys are back.",
)
