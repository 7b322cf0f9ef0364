"""Test a reset: one request through the relay and back."""

from wizard.flow.conditions import doing
from wizard.flow.model import Page

TEST = Page(
    id="test",
    title="Test a reset",
    why="Sends one request through the relay to the agent, the directory and back.",
    shown=doing("test"),
    help="Check only runs every step but the write. A reset sets the password.",
)
