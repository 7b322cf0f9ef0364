"""Reading what is installed."""

from wizard.flow.model import Page

READING = Page(
    id="reading",
    title="Reading what is installed",
    why="What is on this server decides what can be done here. Nothing is changed.",
    rail="What is installed",
    shown=lambda answers: answers.reading,
    help="The settings, the service and the journal of this server are read. An "
    "ordinary user is asked to authenticate for it. What can't be read is told here "
    "with what to do.",
)
