"""Permissions, and Troubleshoot: who can be reset, and why one person can't."""

from wizard.flow.conditions import choosing, doing
from wizard.flow.model import Page

PERMISSIONS = Page(
    id="permissions",
    title="Permissions",
    why=(
        "Everybody in the scope is checked: whether a reset would work, and if not, "
        "why. Nothing is written."
    ),
    shown=lambda answers: choosing(answers) or doing("permissions")(answers),
    help=(
        "Checks the permissions, the account and the policy of each person, as the "
        "service account sees them. Equal permissions are checked once."
    ),
)

EXPLAIN = Page(
    id="explain",
    title="Troubleshoot",
    why="Why would this person's reset fail? The answer names the one cause, what "
    "shows it and what to do.",
    shown=doing("explain"),
    help=(
        "Reads the person's permissions, account and policy as the service account "
        "sees them. Nothing is written."
    ),
)
