"""Reading what is installed."""

from wizard.flow.model import Page

READING = Page(
    id="reading",
    title="Reading what is installed",
    why="What is on this server decides what can be done here. Nothing is changed.",
    rail="What is installed",
    shown=lambda answers: answers.reading,
    help=(
        "The settings, the service and the journal of this server are read. "
        "Without administrator's rights you are asked to authenticate. What can't "
        "be read is shown here with what to do."
    ),
)
