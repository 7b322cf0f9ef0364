"""Secrets and who signs in: fields that stand on several pages."""

from functools import partial

from wire.text import EMPTY, Text
from wizard.flow import conditions as when
from wizard.flow.model import Condition, Field, always

ENROLMENT_CODE = Field(
    "input.enrolment_code",
    "Enrolment link or code",
    "code",
    help="From your portal: a link that fills this page, or a code in groups of five. "
    "It works once.",
    width=72,
)

ACCOUNT_PASSWORD = Field(
    "input.account_password",
    "Password of the account",
    "secret",
    help="Kept for the agent in this server's secret store only.",
    shown=when.existing_account,
    needed=when.installing,
    width=36,
)

PROXY_PASSWORD = Field(
    "input.proxy_password",
    "Password for the proxy",
    "secret",
    help="Kept for the agent in this server's secret store only.",
    shown=when.proxy_user_named,
    needed=when.another_proxy,
    width=36,
)

PASSWORD, ADMINISTRATORS_PASSWORD = Text("Password"), Text("Administrator's password")


def administrator(
    purpose: Text = EMPTY,
    *,
    label: Text = PASSWORD,
    shown: Condition = always,
    needed: Condition = always,
    path: str = "input",
) -> tuple[Field, Field]:
    """Ask for an administrator of the domain, who is used once and not stored.

    Both answers lie below the path; the label is that of the password.
    """
    field = partial(Field, shown=shown, needed=needed, width=36)
    return (
        field(f"{path}.admin_user", Text("Domain administrator"), help=purpose),
        field(f"{path}.admin_password", label, "secret"),
    )
