"""Welcome, and Express or customize."""

from collections.abc import Sequence

from wire.text import Text
from wizard.flow.conditions import installing
from wizard.flow.model import Answers, Field, Option, Page

WELCOME = Page(
    id="welcome",
    title="Set up password writeback",
    why=(
        "People reset their password in the cloud; this server writes it back to "
        "Active Directory. Nothing is changed before you have seen the plan."
    ),
    rail="Welcome",
    shown=installing,
    help="You need the enrolment code from your cloud portal and, once, an account "
    "that may create accounts and grant permissions in your domain.",
)


def mode_page(pages: Sequence[Page]) -> Page:
    """Make Express or customize; of the pages that follow, those that ask count."""
    express = Text(
        "All people of the domain, named by their user principal name. Creates a new "
        "account with the permissions it needs. Password writeback is on. You give an "
        "enrolment link and an administrator of the domain."
    )
    custom = Text(
        "You choose organizational units, the sign-in attribute, a pilot group and "
        "the optional features. You answer {pages} pages.",
        pages=_asking(pages),
    )
    options = (
        Option("express", "Express", express),
        Option("custom", "Customize", custom),
    )
    return Page(
        id="mode",
        title="Express or customize",
        why="Express fits one domain and asks only what can't be found out.",
        fields=(
            Field("mode", "Kind of setup", "cards", options=options, default="express"),
        ),
        shown=installing,
        help="Everything Express chooses can be changed later: start the wizard again "
        "and choose Change options.",
    )


def _asking(pages: Sequence[Page]) -> int:
    answers = Answers({"mode": "custom"})
    return sum(bool(page.fields) and page.shown(answers) for page in pages)
