"""Shows a page of the guide: its content alone, in the window's own colours."""

import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextDocument
from PySide6.QtWidgets import QTextBrowser

from wizard.ui import guide
from wizard.ui.formatting import tr
from wizard.ui.theme import palette

_MAIN = re.compile(r"<main[^>]*>(.*)</main>", re.DOTALL)
_JAPANESE = '<html lang="ja"'
_STYLE = """\
body {{ color: {text}; }}
a {{ color: {accent}; }}
h1 {{ font-size: x-large; }}
h2 {{ font-size: large; margin-top: 16px; }}
th, td {{ padding: 4px; text-align: left; }}
td p, th p, dd p {{ margin: 0; }}
dt {{ font-weight: bold; margin-top: 6px; }}
code, pre {{ font-family: monospace; }}
"""
# Japanese has no italics: slanted, its letters are hard to read
_UPRIGHT = "em { font-style: normal; font-weight: bold; }"
_KINDS = QTextDocument.ResourceType


class GuideBrowser(QTextBrowser):
    """Reads the files of the guide and nothing else; other links go to the desktop."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        super().__init__()
        self.setAccessibleName(tr("Guide"))
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.anchorClicked.connect(self.follow)

    def show_page(self, page_id: str) -> bool:
        """Show what the guide says of a page; False where the guide is not here."""
        return self._open(guide.page_file(page_id))

    def show_code(self, code: str) -> bool:
        """Show what the guide says of an answer's code; False where it is not here."""
        return self._open(guide.codes_file(), guide.code_anchor(code))

    def _open(self, path: Path | None, anchor: str = "") -> bool:
        if path is None:
            return False
        self._folder = guide.folder_of(path)
        target = QUrl.fromLocalFile(str(path))
        target.setFragment(anchor)
        self.setSource(target)
        return True

    def follow(self, link: QUrl) -> None:
        """Follow a link: within the guide here, on the web by the desktop's browser."""
        target = self.source().resolved(link)
        if target.scheme() in {"https", "http"}:
            QDesktopServices.openUrl(target)
        elif self._path(target):
            self.setSource(target)

    def open_outside(self) -> None:
        """Open the page that is shown by the desktop's browser."""
        QDesktopServices.openUrl(self.source())

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        path = self._path(self.source().resolved(QUrl(name)))
        if path is None or kind == _KINDS.StyleSheetResource.value:
            return None  # the colours are the window's
        if kind == _KINDS.ImageResource.value:
            return self._picture(path)
        page = path.read_text(encoding="utf-8")
        content = _MAIN.search(page)
        inks = palette.inks(self.palette())
        style = _STYLE.format(text=inks.text, accent=inks.accent)
        style += _UPRIGHT if _JAPANESE in page else ""
        return f"<style>{style}</style>{content[1] if content else ''}"

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._folder is not None:
            self.reload()

    def _path(self, target: QUrl) -> Path | None:
        """Give the file of the guide that is meant; None for any other."""
        if self._folder is None or not target.isLocalFile():
            return None
        path = Path(target.toLocalFile()).resolve()
        ours = path.is_relative_to(self._folder.resolve()) and path.is_file()
        return path if ours else None

    def _picture(self, path: Path) -> QImage:
        """Give a picture no wider than the pane: a text browser scales none."""
        picture = QImage(str(path))
        width = self.viewport().width() - 2 * palette.GROUP
        return picture.scaledToWidth(width) if picture.width() > width else picture
