"""The materials by name: each is made of the facts alone. Pure; the door of rollout."""

from collections.abc import Callable
from enum import StrEnum

from rollout import help_desk, people
from rollout.document import Document
from rollout.facts import Facts


class Material(StrEnum):
    """One material; the values name files and addresses."""

    GUIDE = "guide"
    ANNOUNCEMENT = "announcement"
    REMINDER = "reminder"
    HELP_DESK = "help-desk"


_MAKERS: dict[Material, Callable[[Facts], Document]] = {
    Material.GUIDE: people.guide,
    Material.ANNOUNCEMENT: people.announcement,
    Material.REMINDER: people.reminder,
    Material.HELP_DESK: help_desk.script,
}


def made(material: Material, facts: Facts) -> Document:
    """Make one material."""
    return _MAKERS[material](facts)
