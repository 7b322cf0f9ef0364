"""Pilot group and deny list: who in the containers is let, and who never is."""

from wizard.flow.conditions import choosing, denying, either, piloting
from wizard.flow.model import Field, Option, Page, PageCheck, never

PILOT = Page(
    id="pilot",
    title="Pilot group and deny list",
    rail="Pilot group",
    why="Begin with a few people, and widen it when you have seen it work.",
    fields=(
        Field(
            "pilot",
            "Who can be reset",
            "choice",
            options=(
                Option("all", "Everybody in the containers"),
                Option("group", "Only the members of one group"),
            ),
            default="all",
        ),
        Field(
            "scope.pilot_group",
            "Group",
            "dn",
            help="Its name or distinguished name. Nested members count.",
            shown=piloting,
            width=60,
            decision="Pilot group",
        ),
        Field(
            "scope.deny_list",
            "Deny list",
            "names",
            help="One a line: the distinguished name or the SID of a person or group. "
            "Whoever is on it, nested members too, is never reset.",
            under="Who is left out",
            needed=never,
            width=60,
            default=(),
            decision="Deny list",
        ),
        Field(
            "scope.exclude_service_accounts",
            "Leave out accounts used by other services",
            "check",
            help="Accounts with a servicePrincipalName: a service would stop with an "
            "old password.",
            default=True,
            decision="Leave out accounts used by other services",
        ),
    ),
    shown=choosing,
    check=PageCheck(
        "group",
        "Finding the group and whom the deny list means",
        "Resolve",
        "Resolve finds the groups and people named here.",
        either(piloting, denying),
    ),
    help=(
        "The group is looked up at each reset: who joins can be reset at once. The "
        "service account and protected accounts are left out whatever is named "
        "here."
    ),
)
