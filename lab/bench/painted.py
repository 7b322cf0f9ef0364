"""One process that opens a window and says when it was painted, on the monotonic clock.

Run by its path, with what it opens: `wizard FOLDER` is the program itself below a
folder, `frame` a bare window with the wizard's theme, rail and footer and nothing in
them, `qt` a window of PySide6's own parts, laid out alike. It imports nothing else: all
that it does before the window is measured.
"""

import os
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

SIZE = (960, 680)


class FirstPaint(QObject):
    """Ends the process once a window is painted, after saying when."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        painted = event.type() == QEvent.Type.Paint
        if painted and isinstance(watched, QWidget) and watched.isWindow():
            QTimer.singleShot(0, say)  # by then its parts are painted too
        return False


def say() -> None:
    """Say when the window was painted; nothing is tidied up."""
    print(time.monotonic(), flush=True)
    os._exit(0)


def watched(app: QApplication) -> QApplication:
    """Have an application say when its first window is painted."""
    app.installEventFilter(FirstPaint(app))
    return app


def wizard(folder: str) -> None:
    """Start the wizard as its command does."""
    from wizard.ui import application

    make = application.application
    application.application = lambda: watched(make())
    from wizard.__main__ import main

    main(["--home", folder])


def frame() -> None:
    """Open a bare window with the wizard's theme, rail and footer."""
    from wizard.ui.application import application
    from wizard.ui.frame.footer import Footer
    from wizard.ui.frame.rail import Rail

    app = watched(application())
    _open(app, Rail(), Footer())


def qt() -> None:
    """Open a window that knows nothing of the wizard."""
    app = watched(QApplication(sys.argv[:1]))
    app.setStyle("Fusion")
    rail, footer = QWidget(), QWidget()
    rail.setFixedWidth(220)
    QVBoxLayout(rail).addWidget(QLabel("Writeback"))
    buttons = QHBoxLayout(footer)
    for name in ("Help", "Back", "Next", "Cancel"):
        buttons.addWidget(QPushButton(name))
    _open(app, rail, footer)


def _open(app: QApplication, rail: QWidget, footer: QWidget) -> None:
    window, main = QDialog(), QVBoxLayout()
    main.addWidget(QWidget(), 1)
    main.addWidget(footer)
    place = QHBoxLayout(window)
    place.addWidget(rail)
    place.addLayout(main, 1)
    window.resize(*SIZE)
    window.show()
    app.exec()


KINDS: dict[str, Callable[..., None]] = {"wizard": wizard, "frame": frame, "qt": qt}

if __name__ == "__main__":
    KINDS[sys.argv[1]](*sys.argv[2:])
