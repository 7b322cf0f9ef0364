"""Who has more rights at the portal, and what the help desk may do for people."""

from wire.text import Text
from wizard.flow.pages.self_service_fields import ONE_A_LINE, names, switch

HELP_DESK, AUDITORS, ADMINISTRATORS = (
    *("self_service.roles.help_desk", "self_service.roles.auditors"),
    "self_service.roles.administrators",
)

ROLES = (
    names(
        HELP_DESK,
        Text("Help desk"),
        help=ONE_A_LINE,
        under=Text("Help desk and other roles"),
        more=True,
    ),
    switch(
        "self_service.operations.help_desk_unlock",
        Text("The help desk may unlock accounts"),
    ),
    switch(
        "self_service.operations.help_desk_reset",
        Text("The help desk may set a password"),
        help=Text("The person changes it at the next sign-in."),
        default=False,
    ),
    switch(
        "self_service.registration.code_to_manager",
        Text("The help desk may mail a registration code to a person's manager"),
        help=Text(
            "To the address that the directory has of who is named as the manager. The "
            "help desk doesn't see that code."
        ),
        default=False,
    ),
    names(
        AUDITORS,
        Text("Auditors"),
        help=Text("They read at the portal what was done."),
        more=True,
    ),
    names(
        ADMINISTRATORS,
        Text("Administrators of the portal"),
        help=Text("They see and set everything there."),
        more=True,
    ),
)
