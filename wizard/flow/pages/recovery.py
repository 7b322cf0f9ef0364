"""Recovery and its wordings."""

from dataclasses import replace

from wizard.flow.model import Field, Page

RECOVERY = Page(
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


def finishing(page: Page) -> Page:
    return replace(
        page,
        why="An earlier run was cut off after something that can't be taken back. It "
        "can only be finished.",
        rail="Finish the changes",
        act="Finish the changes",
        help="What was done already is passed over; what is left is done now.",
    )


def finishing_removal(page: Page) -> Page:
    return replace(
        page,
        title="A removal was cut off",
        why="An earlier run was removing Writeback from this server and was cut off. "
        "It can't be taken back any more; it can only be finished.",
        rail="Finish the removal",
        act="Finish the removal",
        help="Something that can't be given back is gone already, such as a key. What "
        "is left is removed now; what is gone already is passed over.",
    )
