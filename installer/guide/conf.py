"""Sphinx's configuration of the guide.

Source: Sphinx manual, "Configuration"; MyST-Parser, "Configuration".
"""

import importlib.metadata

from sphinx.application import Sphinx

from installer.guide.directives import setup as set_up_directives
from installer.guide.words import DOMAIN
from wizard.translation import say

project = "Writeback"
author = "the Writeback contributors"
copyright = author  # noqa: A001 - as Sphinx names it
try:
    release = importlib.metadata.version("ad-password-writeback")
except importlib.metadata.PackageNotFoundError:  # a source tree that is not installed
    release = ""
extensions = ["myst_parser"]
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
# one catalog for the whole guide
gettext_compact = DOMAIN
# `build` compiles them, and says where they are
gettext_auto_build = False
gettext_uuid = False
gettext_location = True
# names of settings and commands are printed as they are typed
smartquotes = False
html_theme = "theme"
html_theme_path = ["."]
html_title = "Writeback"
html_use_index = False
html_copy_source = False
html_show_sphinx = False
html_permalinks = False


def setup(app: Sphinx) -> None:
    """Add what the guide takes from the program."""
    set_up_directives(app, say)
