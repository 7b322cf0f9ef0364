"""Tasks: what is wanted of an installation."""

from wizard.flow.conditions import reconfiguring
from wizard.flow.model import Field, Option, Page

TASKS = Page(
    id="tasks",
    title="Password writeback on this server",
    why="Choose what you want to do. Nothing is changed before you have seen it.",
    rail="Tasks",
    fields=(
        Field(
            "task",
            "Task",
            "cards",
            options=(
                Option(
                    "view",
                    "View or export configuration",
                    "Shows the settings in force and saves them as a file.",
                ),
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
            ),
            default="options",
        ),
    ),
    shown=reconfiguring,
    help="The agent keeps running while this window is open. It is restarted only "
    "by a change that needs it.",
)
