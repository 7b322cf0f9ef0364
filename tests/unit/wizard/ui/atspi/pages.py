"""Walks the gallery on a real screen: says each page once, and waits to be read."""

import json
import os
import select
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from tests.fixtures.gallery import guide
from tests.fixtures.gallery.order import WALKS
from tests.fixtures.gallery.stage import Stage
from tests.unit.wizard.ui.atspi.controls import controls_of
from wizard.ui.application import application
from wizard.ui.window import WizardWindow


class Spoken:
    """Has somebody else read each page, once."""

    def __init__(self) -> None:
        self.stage = Stage(Path(os.environ["XDG_CONFIG_HOME"]), self)
        self.read = set[str]()

    def __call__(self, name: str, shown: QWidget) -> None:
        page = shown.page_id() if isinstance(shown, WizardWindow) else name
        if page in self.read:
            return
        self.read.add(page)
        shown.activateWindow()
        self.stage.settle()
        controls = [*controls_of(shown)]
        print(json.dumps({"page": page, "controls": controls}), flush=True)
        while not select.select([sys.stdin], [], [], 0)[0]:
            QApplication.processEvents()
        sys.stdin.readline()


def main() -> None:
    application()
    spoken = Spoken()
    # those in which every page is shown at least once
    for walk in WALKS:
        if not set(walk.states).isdisjoint(guide.STATES.values()):
            walk(spoken.stage)
            spoken.stage.close()
    print(flush=True)  # that was all


if __name__ == "__main__":
    main()
