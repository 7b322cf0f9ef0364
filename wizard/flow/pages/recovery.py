"""Recovery: what was cut off is rolled back, or finished."""

from wire.text import Text
from wizard.flow.model import Page, Wording
from wizard.flow.pages.credentials import administrator

RECOVERY = Page(
    id="recovery",
    title="Changes were cut off",
    why="An earlier run did not finish. Roll back what it changed to go on.",
    rail="Roll back",
    fields=administrator(
        Text("As administrator@corp.example. Used for this only, not stored.")
    ),
    shown=lambda answers: answers.recovery,
    act="Roll back now",
    help="Each change was written down before it was made. Rolling back takes them "
    "back, newest first, and leaves alone what somebody else changed since.",
    wordings=(
        Wording(
            lambda answers: answers.forward and answers.removal,
            title="A removal was cut off",
            why=(
                "An earlier run was removing Writeback from this server and was cut "
                "off. It can't be rolled back any more; it can only be finished."
            ),
            rail="Finish the removal",
            act="Finish the removal",
            help=(
                "Something that can't be rolled back is gone already, such as a "
                "key. What is left is removed now; what is gone already is passed "
                "over."
            ),
        ),
        Wording(
            lambda answers: answers.forward,
            why=(
                "An earlier run was cut off after something that can't be rolled "
                "back. It can only be finished."
            ),
            rail="Finish the changes",
            act="Finish the changes",
            help="What was done already is passed over; what is left is done now.",
        ),
    ),
)
