"""The report of a plan, written into a file off the GUI thread."""

import threading
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QThread

from wizard.permissions.export import whole_file
from wizard.report.document import Document
from wizard.report.plain_text import as_text
from wizard.ui.review.report_pdf import as_pdf

Saving = Callable[[Callable[[Any], None], threading.Event], Path]


def saving(document: Document, place: Path) -> Saving:
    """Give the job that writes a report: as PDF by its name, else as text.

    StepFailed where the file can't be written.
    """

    def save(_report: Callable[[Any], None], _stop: threading.Event) -> Path:
        pdf = place.suffix.lower() == ".pdf"
        data = _pdf(document) if pdf else as_text(document).encode()
        with whole_file(place) as file:
            cast("TextIOWrapper", file).buffer.write(data)
        return place

    return save


class _Renderer(QThread):
    """Lays a document out: that starts timers of Qt's, which other threads have not."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.data = b""

    def run(self) -> None:
        self.data = as_pdf(self.document)


def _pdf(document: Document) -> bytes:
    renderer = _Renderer(document)
    renderer.start()
    renderer.wait()
    return renderer.data
