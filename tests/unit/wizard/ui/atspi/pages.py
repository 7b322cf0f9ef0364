"""Walks the gallery on a real screen: says each page once, and waits to be read."""

import os
import select
import sys
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from tests.fixtures import gallery
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

# in which every page is shown at least once
_PARTS = ("reading", "install", "reconfigure", "rekeying", "removal", "recovery")


class Spoken(gallery.Gallery):
    """Has somebody else read each page, in place of taking its picture."""

    quiet_s = 0.0

    def __init__(self) -> None:
        super().__init__(Path(os.environ["XDG_CONFIG_HOME"]), QSize(960, 680))
        self.read = set[str]()

    def shoot(self, shown: QWidget, name: str) -> None:
        page = shown.page_id() if isinstance(shown, WizardWindow) else name
        if page in self.read:
            return
        self.read.add(page)
        shown.activateWindow()
        self.settle()
        print(page, flush=True)
        while not select.select([sys.stdin], [], [], 0)[0]:
            QApplication.processEvents()
        sys.stdin.readline()


def main() -> None:
    application()
    spoken = Spoken()
    for part in _PARTS:
        getattr(spoken, part)()
    print(flush=True)  # that was all


if __name__ == "__main__":
    main()
