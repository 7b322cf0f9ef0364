"""Domains and OUs: the containers whose people can be reset."""

from wizard.flow.conditions import choosing
from wizard.flow.model import Field, Option, Page, PageCheck, never

CONTAINERS, EXCLUDED = "scope.containers", "scope.exclude_containers"
ALL, SELECTED = "all", "selected"

# it is answered by the containers themselves: the head of the domain, or others
EXTENT = Field(
    "input.scope_extent",
    "Whose passwords may be reset",
    "choice",
    options=(
        Option(SELECTED, "Selected containers"),
        Option(ALL, "All of the domain"),
    ),
)

SCOPE = Page(
    id="scope",
    title="Domains and OUs",
    why="Only people below the containers you tick can be reset. Permissions are "
    "granted there and nowhere else.",
    fields=(
        Field(CONTAINERS, "Containers", "containers", decision="Container"),
        Field(
            EXCLUDED,
            "Except",
            "containers",
            needed=never,
            default=(),
            decision="Container left out",
        ),
    ),
    shown=choosing,
    check=PageCheck("scope", "Counting people in the containers"),
    help="A tick covers everything below, also what is created later. A container that "
    "you clear inside a ticked one is left out with everything below it. A partly "
    "filled box means that something below differs.",
)
