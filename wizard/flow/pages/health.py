"""Health: how an installation is, and what is wanted of it."""

from dataclasses import dataclass

from wire.text import TextAttribute
from wizard.flow.conditions import reconfiguring
from wizard.flow.model import Field, Option, Page


@dataclass(frozen=True)
class TaskGroup:
    """Tasks that stand together."""

    title: TextAttribute = TextAttribute()
    tasks: tuple[str, ...] = ()


GROUPS = (
    TaskGroup("Change", ("options", "self_service", "writeback")),
    TaskGroup("Find out", ("permissions", "explain", "test", "view")),
    TaskGroup("Maintain", ("repair", "rotate", "rekey", "remove")),
)
HEALTH = Page(
    id="health",
    title="Password writeback on this server",
    why="How it is, and what you can do. Nothing is changed before you have seen it.",
    rail="Health",
    fields=(
        Field(
            "task",
            "Task",
            "cards",
            options=(
                Option(
                    "options",
                    "Change options",
                    "Relay, directory, organizational units, pilot group, deny list, "
                    "features.",
                ),
                Option(
                    "writeback",
                    "Turn password writeback off or on",
                    "Shows what will change before it is changed.",
                ),
                Option(
                    "permissions",
                    "Permissions",
                    "Checks everybody in the scope: who can be reset, who can't, why.",
                ),
                Option(
                    "explain",
                    "Troubleshoot",
                    "Why would this person's reset fail? Asked before anyone tries.",
                ),
                Option(
                    "test",
                    "Test a reset",
                    "Sends one request through the relay to the directory and back.",
                ),
                Option(
                    "view",
                    "View or export configuration",
                    "Shows the settings in force and saves them as a file.",
                ),
                Option(
                    "repair",
                    "Repair",
                    "Checks files, service, permissions and secrets, and fixes what "
                    "differs.",
                ),
                Option(
                    "rekey",
                    "New keys",
                    "A new fingerprint, enrolled anew: in doubt, or on a copied "
                    "server.",
                ),
                Option(
                    "remove",
                    "Remove Writeback",
                    "Takes away what the wizard made. Shows it all before it begins.",
                ),
                # last, so that the letters of the others stay
                Option(
                    "rotate",
                    "Replace keys or password",
                    "New ones by age or in doubt; the fingerprint stays, no code is "
                    "needed.",
                ),
                Option(
                    "self_service",
                    "Self-service reset",
                    "Who may reset their own password, and how they show who they are.",
                ),
            ),
        ),
    ),
    shown=reconfiguring,
    help="The agent keeps running while this window is open. It is restarted only "
    "by a change that needs it.",
)
