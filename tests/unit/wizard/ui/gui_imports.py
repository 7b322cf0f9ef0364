"""Starts the wizard below a folder and tells what its GUI thread imported, as JSON.

Three lists: until the window was painted, then until its first page that asks was
shown, and what other threads imported.
"""

import importlib.abc
import json
import os
import sys
import threading
from collections.abc import Sequence
from types import ModuleType

os.environ["QT_QPA_PLATFORM"] = "offscreen"


class Recorder(importlib.abc.MetaPathFinder):
    """Finds nothing; it hears what is looked for, and by whom."""

    def __init__(self) -> None:
        self.seen: dict[str, list[str]] = {"painted": [], "shown": [], "elsewhere": []}
        self.until = "painted"

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> None:
        on_gui = threading.current_thread() is threading.main_thread()
        self.seen[self.until if on_gui else "elsewhere"].append(fullname)

    def tell(self, page_id: str) -> None:
        """Tell all of it once a page that asks is shown, and end."""
        if page_id != "reading":
            print(json.dumps(self.seen | {"page": [page_id]}), flush=True)
            os._exit(0)


def start(recorder: Recorder, home: str) -> None:
    """Start the wizard as its command does, with a window that is looked at."""
    from PySide6.QtGui import QPaintEvent

    from wizard.__main__ import main
    from wizard.ui import window

    class Watched(window.WizardWindow):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's
            super().paintEvent(event)
            if recorder.until == "painted":
                recorder.until = "shown"
                self.page_shown.connect(recorder.tell)

    window.WizardWindow = Watched  # type: ignore[misc]
    main(["--home", home])


if __name__ == "__main__":
    heard = Recorder()
    sys.meta_path.insert(0, heard)
    start(heard, sys.argv[1])
