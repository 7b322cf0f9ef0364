"""Identify users: the attribute by which the cloud names people."""

from wizard.flow.conditions import customizing
from wizard.flow.model import Field, Option, Page, PageCheck

IDENTIFY = Page(
    id="identify",
    title="Sign-in attribute",
    why="The portal names a person by one attribute. It must be there and be "
    "different for each person.",
    fields=(
        Field(
            "identify_by",
            "The portal names people by",
            "choice",
            options=(
                Option(
                    "userPrincipalName",
                    "User principal name",
                    "As anna@corp.example. The usual choice.",
                ),
                Option("mail", "Mail address", "Where sign-in names are addresses."),
                Option(
                    "objectGUID",
                    "objectGUID",
                    "Never changes, not even when a person is renamed.",
                ),
                Option(
                    "ms-DS-ConsistencyGuid",
                    "ms-DS-ConsistencyGuid",
                    "Where Entra Connect uses it as source anchor.",
                ),
                Option("sAMAccountName", "sAMAccountName", "One domain only."),
            ),
            default="userPrincipalName",
            decision="Sign-in attribute",
        ),
    ),
    shown=customizing,
    check=PageCheck(
        "identifier",
        "Looking for people who lack the attribute or share it",
        "Look for duplicates",
        "Next counts the people who lack it or share it with somebody.",
    ),
    help=(
        "People who lack the attribute or share it can't be reset until it is "
        "fixed; everybody else can."
    ),
)
