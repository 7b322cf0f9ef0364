"""What the pages of both journeys ask and say, in order; `flow` walks them."""

from wizard.choosing import FEATURES, IDENTIFY, PILOT, SCOPE
from wizard.connecting import DIRECTORY, RELAY
from wizard.questions import (
    Answers,
    Field,
    Option,
    Page,
    applying,
    choosing,
    installing,
    reconfiguring,
    removing,
)
from wizard.rekeying import REKEY
from wizard.removing import REMOVE, REMOVED


def _doing(answers: Answers, task: str) -> bool:
    return reconfiguring(answers) and answers.get("task") == task


_RECOVERY = Page(
    id="recovery",
    title="Changes were cut off",
    why="An earlier run did not finish. Roll back what it changed to go on.",
    rail="Roll back",
    fields=(
        Field(
            "input.admin_user",
            "Domain administrator",
            help="As administrator@corp.example. Used for this only, not stored.",
            width=36,
        ),
        Field("input.admin_password", "Password", "secret", width=36),
    ),
    shown=lambda answers: answers.recovery,
    act="Roll back now",
    help="Each change was written down before it was made. Rolling back takes them "
    "back, newest first, and leaves alone what somebody else changed since.",
)

_WELCOME = Page(
    id="welcome",
    title="Set up password writeback",
    why="People reset their password in the cloud; this server brings it home to "
    "Active Directory. Nothing is changed before you have seen the plan.",
    rail="Welcome",
    shown=installing,
    help="You need the enrolment code from your cloud portal and, once, an account "
    "that may create accounts and grant permissions in your domain.",
)

_TASKS = Page(
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
                    "Relay, directory, organizational units, pilot group, features.",
                ),
                Option(
                    "writeback",
                    "Turn password writeback off or on",
                    "Shows what will change before it is changed.",
                ),
                Option(
                    "permissions",
                    "Permissions",
                    "Judges everybody in the scope: who can be reset, who can't, why.",
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
                    "Checks files, service, permissions and secrets, and mends what "
                    "differs.",
                ),
                Option(
                    "rekey",
                    "Rotate keys",
                    "New keys, enrolled anew: in doubt, or on a copied server.",
                ),
                Option(
                    "remove",
                    "Remove Writeback",
                    "Takes away what the wizard made. Shows it all before it begins.",
                ),
            ),
        ),
    ),
    shown=reconfiguring,
    help="The agent keeps running while this window is open. It is restarted only "
    "by a change that needs it.",
)

_MODE = Page(
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

_REVIEW = Page(
    id="review",
    title="Ready to configure",
    why="This is everything that will be done. Nothing has been changed so far.",
    rail="Ready to configure",
    shown=applying,
    act="Install",
    help="Each change is written down before it is made. If one fails, those before "
    "it are taken back.",
)

_APPLY = Page(
    id="apply",
    title="Configuring",
    why="If a change fails, those before it are taken back, newest first.",
    rail="Configuring",
    shown=applying,
    help="Stop takes effect before the next change; what was done is taken back.",
)

_COMPLETE = Page(
    id="complete",
    title="Complete",
    why="What was verified, a real test, and what your portal needs to know.",
    rail="Complete",
    shown=lambda answers: applying(answers) and not removing(answers),
    help="The fingerprint lets the portal's side see that nobody stands between.",
)

_PERMISSIONS = Page(
    id="permissions",
    title="Permissions",
    why="Everybody in the scope is judged: whether a reset would work, and if not, "
    "why. Nothing is written.",
    rail="Permissions",
    shown=lambda answers: choosing(answers) or _doing(answers, "permissions"),
    help="Judged by the permissions, the account and the policy of each person, as "
    "the agent's account sees them. Equal permissions are judged once.",
)

_EXPLAIN = Page(
    id="explain",
    title="Troubleshoot",
    why="Why would this person's reset fail? The answer names the one cause, what "
    "shows it and what to do.",
    rail="Troubleshoot",
    shown=lambda answers: _doing(answers, "explain"),
    help="Reads the person's permissions, account and policy as the agent's account "
    "sees them. Nothing is written.",
)

_VIEW = Page(
    id="view",
    title="Configuration in force",
    why="The settings file; it holds no passwords and no keys.",
    rail="Configuration",
    shown=lambda answers: _doing(answers, "view"),
    help="The same file sets up another server: writeback apply --settings FILE.",
)

_TEST = Page(
    id="test",
    title="Test a reset",
    why="Sends one request through the relay to the agent, the directory and back.",
    rail="Test a reset",
    shown=lambda answers: _doing(answers, "test"),
    help="Check only runs every step but the write. A reset sets the password.",
)

PAGES: tuple[Page, ...] = (
    _RECOVERY,
    _WELCOME,
    _TASKS,
    _MODE,
    RELAY,
    DIRECTORY,
    SCOPE,
    IDENTIFY,
    PILOT,
    FEATURES,
    _PERMISSIONS,
    _EXPLAIN,
    _VIEW,
    _TEST,
    REKEY,
    REMOVE,
    _REVIEW,
    _APPLY,
    _COMPLETE,
    REMOVED,
)
