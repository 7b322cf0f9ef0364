"""Pilot group: everybody in the containers, or the members of one group."""

from wizard.flow.conditions import choosing, piloting
from wizard.flow.model import Field, Option, Page, PageCheck

PILOT = Page(
    id="pilot",
    title="Pilot group",
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
    ),
    shown=choosing,
    check=PageCheck(
        "group",
        "Finding the group and counting its members",
        "Resolve",
        "Resolve finds the group and counts its members.",
        piloting,
    ),
    help="The group is looked up at each reset: who joins can be reset at once.",
)
