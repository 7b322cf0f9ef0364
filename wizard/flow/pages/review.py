"""Ready to configure, Configuring, Complete."""

from wizard.flow.conditions import applying, removing
from wizard.flow.model import Page, Wording

REVIEW = Page(
    id="review",
    title="Ready to configure",
    why="This is everything that will be done. Nothing has been changed so far.",
    shown=applying,
    act="Install",
    help=(
        "Each change is written down before it is made. If one fails, those before "
        "it are rolled back."
    ),
    wordings=(
        Wording(
            removing,
            title="Ready to remove",
            why="This is everything that will be removed. Nothing has been changed so "
            "far.",
            rail="Ready to remove",
            act="Remove Writeback",
            help=(
                "What can be rolled back goes first. If one of those fails, or you "
                "stop, all is rolled back. After that the removal is finished, "
                "whatever happens."
            ),
        ),
    ),
)

APPLY = Page(
    id="apply",
    title="Configuring",
    why="If a change fails, those before it are rolled back, newest first.",
    shown=applying,
    help="Stop takes effect before the next change; what was done is rolled back.",
    wordings=(
        Wording(
            removing,
            title="Removing",
            why=(
                "What can be rolled back goes first, and is rolled back if a change "
                "fails. What can't goes last."
            ),
            rail="Removing",
            help=(
                "Stop takes effect before the next change, until the first one "
                "that can't be rolled back. From there on the removal is finished."
            ),
        ),
    ),
)

COMPLETE = Page(
    id="complete",
    title="Complete",
    why="What was verified, a real test, and what your portal needs to know.",
    shown=lambda answers: applying(answers) and not removing(answers),
    help="The fingerprint lets the portal's side see that nobody stands between.",
)
