"""Goes through the wizard's real pages as a person does, with a picture of each."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from lab.slow_controller import SLOW_S, is_away
from wizard.results import Check
from wizard.ui.window import WizardWindow

_PAGE_S = 90.0


class JourneyFailed(Exception):
    """The journey did not get where it should."""


class Driver:
    """Drives one window.

    Args:
        window: the wizard, shown.
        folder: where the pictures go; numbered in the order they are taken.
        say: told each step.

    """

    def __init__(
        self, window: WizardWindow, folder: Path, say: Callable[[str], None]
    ) -> None:
        self.window = window
        self.pictures: list[Path] = []
        self._folder = folder
        self._say = say
        self._refusal = ""
        window.refused.connect(self._refused)
        self.wait(lambda: window.page_id() != "reading", "the machine is read")

    def go_on(self, answers: Mapping[str, Any] | None = None, to: str = "") -> None:
        """Answer, press Next, and wait for the next page.

        A page that shows warnings stays until Next is pressed again.

        Raises:
            JourneyFailed: the page refused, or another came than `to`.

        """
        here = self.window.page_id()
        if answers:
            self.window.set_answers(answers)
        self.wait(lambda: self.window.shown.can_go_on, f"{here} can go on")
        self.picture(here)
        self._press(here)
        if self._refusal and self.window.page_id() == here and self._may_go_on():
            self.picture(f"{here}-checked")
            self._press(here)
        if self.window.page_id() == here:
            raise JourneyFailed(f"{here} refused: {self._refusal}")
        if to and self.window.page_id() != to:
            raise JourneyFailed(f"{here} led to {self.window.page_id()}, not {to}")
        self._say(f"{here}: done")

    def refused(self, answers: Mapping[str, Any], picture: str) -> str:
        """Answer wrongly, press Next, and give the refusal that must come.

        Raises:
            JourneyFailed: the page was left.

        """
        here = self.window.page_id()
        self.window.set_answers(answers)
        self._press(here)
        if self.window.page_id() != here or not self._refusal:
            raise JourneyFailed(f"{here} took a wrong answer ({picture})")
        self.picture(picture)
        return self._refusal

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Let the window live until something is so.

        Raises:
            JourneyFailed: it was not in time.

        """
        deadline = time.monotonic() + _PAGE_S
        while not condition():
            if time.monotonic() > deadline:
                raise JourneyFailed(f"Waited {_PAGE_S:.0f} s in vain: {what}")
            turn = QEventLoop()
            QTimer.singleShot(20, turn.quit)
            turn.exec()

    def picture(self, name: str) -> None:
        """Save the window as it is."""
        self._settle()
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{len(self.pictures) + 1:02}-{name}.png"
        if not self.window.grab().save(str(path)):
            raise JourneyFailed(f"{path} can't be written")
        self.pictures.append(path)

    def _settle(self) -> None:
        """Let what was posted be done: new parts are shown, laid out, then drawn."""
        for _ in range(5):
            turn = QEventLoop()
            QTimer.singleShot(0, turn.quit)
            turn.exec()
            QApplication.sendPostedEvents()

    def check_now(self) -> None:
        """Press the page's own check button, wait, and take a picture of the rows."""
        page: Any = self.window.shown
        check_panel = page.check_panel
        self._refusal = ""
        check_panel.now.click()
        self.wait(
            lambda: not check_panel.busy and bool(check_panel.check_rows.checks),
            "checked",
        )
        page.bring(check_panel.check_rows)
        self.picture(f"{self.window.page_id()}-checked")

    def verified(self) -> tuple[Check, ...]:
        """Give the rows of Complete; of a controller that was only slow, new ones."""
        page: Any = self.window.page("complete")
        deadline = time.monotonic() + SLOW_S
        while True:
            self.wait(lambda: not page.check_panel.busy, "everything is verified")
            rows: tuple[Check, ...] = page.check_panel.check_rows.checks
            fine = all(row.state != "failed" for row in rows)
            away = not fine and is_away(self.window.session.controller)
            if not away or time.monotonic() > deadline:
                return rows
            page.verify()

    def _press(self, here: str) -> None:
        self._refusal = ""
        self.window.press_next()
        self.wait(
            lambda: self.window.page_id() != here or bool(self._refusal),
            f"{here} goes on or refuses",
        )

    def _may_go_on(self) -> bool:
        check_panel = getattr(self.window.shown, "check_panel", None)
        return check_panel is not None and not any(
            row.state == "failed" for row in check_panel.check_rows.checks
        )

    def _refused(self, why: str) -> None:
        self._refusal = why or "no reason given"
