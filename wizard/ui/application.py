"""The Qt application with the wizard's look and its texts."""

import sys

from PySide6.QtWidgets import QApplication

from wizard.ui import look, words


def application() -> QApplication:
    """Give the application, made once, in the system's scheme and language."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Writeback")
    app.setApplicationDisplayName("Writeback")
    # by which a desktop finds its icon
    app.setDesktopFileName("org.writeback.Wizard")
    look.dress(app)
    words.speak(app)
    return app
