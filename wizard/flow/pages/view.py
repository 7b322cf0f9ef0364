"""View or export: the settings in force."""

from wizard.flow.conditions import doing
from wizard.flow.model import Page

VIEW = Page(
    id="view",
    title="Configuration in force",
    why="The settings file; it holds no passwords and no keys.",
    rail="Configuration",
    shown=doing("view"),
    help="The same file sets up another server: writeback apply --settings FILE.",
)
