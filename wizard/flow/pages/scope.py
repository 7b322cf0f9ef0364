"""Domains and OUs: the containers whose people can be reset."""

from wizard.flow.conditions import choosing
from wizard.flow.model import Field, Page, PageCheck, never

SCOPE = Page(
    id="scope",
    title="Domains and OUs",
    why="Only people below the containers you check can be reset. Permissions are "
    "granted there and nowhere else.",
    fields=(
        Field("scope.containers", "Containers", "containers", decision="Container"),
        Field(
            "scope.exclude_containers",
            "Except",
            "containers",
            needed=never,
            default=(),
            decision="Container left out",
        ),
    ),
    shown=choosing,
    check=PageCheck("scope", "Counting people in the containers"),
    help="A check mark covers everything below it, also what is created later. "
    "A partly filled box means that only some containers below are covered.",
)
