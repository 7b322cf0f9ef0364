"""Welcome; Express or Customize."""

from wizard.flow.conditions import installing
from wizard.flow.model import Field, Option, Page

WELCOME = Page(
    id="welcome",
    title="Set up password writeback",
    why="People reset their password in the cloud; this server brings it home to "
    "Active Directory. Nothing is changed before you have seen the plan.",
    rail="Welcome",
    shown=installing,
    help="You need the enrolment code from your cloud portal and, once, an account "
    "that may create accounts and grant permissions in your domain.",
)

MODE = Page(
    id="mode",
    title="Express or customize",
    why="Express fits one domain and asks only what can't be found out.",
    rail="Express or customize",
    fields=(
        Field(
            "mode",
            "Kind of setup",
            "cards",
            options=(
                Option(
                    "express",
                    "Express",
                    "All people of the domain, named by their user principal name. "
                    "Creates a new account with the permissions it needs. Password "
                    "writeback is on. You answer 2 pages.",
                ),
                Option(
                    "custom",
                    "Customize",
                    "You choose organizational units, how people are identified, a "
                    "pilot group and the optional features. You answer 6 pages.",
                ),
            ),
        ),
    ),
    shown=installing,
    help="Everything Express chooses can be changed later: start the wizard again "
    "and choose Change options.",
)
