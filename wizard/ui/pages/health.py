"""Health: how the agent is and what needs attention, live; and what can be done."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from wire.text import Text, moment
from wizard.flow.model import Page
from wizard.flow.pages.health import GROUPS
from wizard.health.health import Health, age_words, health_of
from wizard.ui.formatting import footer_letters, letters_of, say, tr
from wizard.ui.health.answer_panel import AnswerPanel
from wizard.ui.health.concern_list import ConcernList
from wizard.ui.health.enter_button import EnterButton
from wizard.ui.health.live_reading import LiveReading
from wizard.ui.health.part_list import KeyPanel, PartPanel
from wizard.ui.health.task_buttons import TaskButtons
from wizard.ui.health.week_panel import WeekPanel
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.personal.own_choices import OwnChoices
from wizard.ui.session import Session
from wizard.ui.theme import palette
from wizard.ui.theme.icons import STATES, Mark
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import LiveLabel, label, row, stack
from wizard.ui.widgets.side_by_side import SideBySide

_ON = "features.password_writeback"


class HealthPage(WizardPage):
    """The first page where an installation was found."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.task: str | None = None
        self.health: Health | None = None
        self.live = LiveReading(self, session.controller)
        self.live.changed.connect(self._take)
        self.closer = Worker(self, lambda _closed: self.live.look(), self._not_closed)
        self.check_rows = CheckRows()
        self.concerns, self.week, self.parts = ConcernList(), WeekPanel(), PartPanel()
        self.answers_panel, self.keys = AnswerPanel(), KeyPanel()
        options = page.fields[0].options
        self.tasks = TaskButtons(GROUPS, options, _taken())
        self.tasks.chosen.connect(self.begin)
        self.concerns.chosen.connect(self.take_way_out)
        for part in (self.concerns, self.answers_panel):
            part.code_wanted.connect(self.code_wanted)
        self._lay()
        session.reread.connect(self._reread)
        self._reread()

    def _lay(self) -> None:
        self.mark = Mark("loader-circle", "accent", larger=4)
        self.headline = LiveLabel()
        self.headline.setFont(palette.larger(2, bold=True))
        first = row(self.mark, self.headline, grows=1)
        self.add(stack(first, self._age(), spacing=2))
        self.add(self.concerns, self.check_rows)
        beside = SideBySide(self.week, self.parts, least=300, spacing=palette.GROUP)
        self.own = OwnChoices()
        self._read = (beside, self.answers_panel)
        for unread in self._read:
            unread.hide()
        self.add(beside, self.tasks, self.answers_panel, self.keys, self.own)
        self.body.addStretch(1)

    def _age(self) -> QWidget:
        self.age = label(muted=True)
        self.again = EnterButton(tr("Read aga&in"), self.live.look_again)
        self.again.hide()
        shown = QWidget()
        shown.setLayout(row(self.age, self.again, grows=0))
        shown.setContentsMargins(palette.icon_side() + 4 + palette.TIGHT, 0, 0, 0)
        return shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.live.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop reading: another page is shown, the window is closed or minimized."""
        super().hideEvent(event)
        self.live.stop()

    @property
    def asks_first(self) -> bool:
        return False  # its only fields are a person's own, at its end

    def entered(self) -> None:
        done, self.task = self.task, None
        self.session.take(self.answers)
        if done:  # once the window has put the keyboard where it begins
            again = self.tasks.buttons[done]
            QTimer.singleShot(0, again, again.setFocus)

    def _reread(self) -> None:
        """Show what is known: what was found when the window opened, at first."""
        installed = self.session.installed
        if installed is None:
            return
        self._name_switch(on=installed.settings.features.password_writeback)
        self._draw()

    def _take(self) -> None:
        """Take what was read just now."""
        reading, known = self.live.reading, self.session.installed
        if reading is not None and known is not None:
            shown = known.fingerprint  # reading it would open a secret
            self.session.update(replace(reading.installed, fingerprint=shown))
            self.check_rows.show_checks(())
        self._draw()

    def _draw(self) -> None:
        live = self.live
        if live.reading is None:
            self._before_the_first()
            return
        found = health_of(live.reading, live.people, live.certificates)
        trouble = age_words(found.at, datetime.now(found.at.tzinfo), live.trouble)
        self._say_age(found, trouble)
        if found == self.health:
            return
        self.health = found
        self.headline.setText(say(found.headline))
        for part in self._read:
            part.show()
        self.concerns.show_concerns(found.concerns, _taken() + self.tasks.letters)
        self.week.show_week(found.week)
        self.parts.show_parts(found.parts)
        self.answers_panel.show_answers(found.week.last, found.at.tzinfo)
        self.keys.show_keys(found.keys)
        self._name_switch(on=live.reading.installed.status.writeback)

    def _before_the_first(self) -> None:
        trouble = self.live.trouble
        self.headline.setText(tr("Reading how the agent is"))
        self.age.setText(say(trouble))
        self.again.setVisible(bool(trouble))

    def _say_age(self, found: Health, trouble: Text) -> None:
        at = moment(found.at, seconds=True)
        self.age.setText(say(trouble) or tr("Live: read at {time}", time=at))
        self.again.setVisible(bool(trouble))
        state = "warning" if trouble and found.state == "ok" else found.state
        self.mark.turn(STATES[state][0], state)

    def _name_switch(self, *, on: bool) -> None:
        switch = self.tasks.buttons["writeback"]
        if on:
            text = tr("Turn password writeback off")
            help_text = tr("The agent stays connected and answers that reset is off.")
        else:
            text = tr("Turn password writeback on")
            help_text = tr("People in scope can reset their password again.")
        if switch.accessibleName() != text:
            switch.word(text, help_text)
            self.tasks.letter()

    @property
    def answers(self) -> Mapping[str, Any]:
        installed = self.session.answers.installed
        if installed is None:
            return {"task": self.task}
        on = installed.features.password_writeback
        return {"task": self.task, _ON: not on if self.task == "writeback" else on}

    def set_answers(self, values: Mapping[str, Any]) -> None:
        """Choose the task; KeyError for what is not asked here."""
        for path, value in values.items():
            if path != "task" or value not in self.tasks.buttons:
                raise KeyError(f"page {self.page.id} does not ask {path}")
            self.task = value
        self.session.take(self.answers)

    def begin(self, task: str) -> None:
        """Begin a task, as its button does."""
        self.set_answers({"task": task})
        self.go_on()

    def take_way_out(self, way_out: str) -> None:
        """Do what mends a concern: a task, or what is done here."""
        if way_out == "close_breaker":
            self.let_write_again()
        else:
            self.begin(way_out)

    def let_write_again(self) -> None:
        """Close the breaker, and read anew how the agent is."""
        controller = self.session.controller
        self.closer.start(
            lambda _report, _stop: controller.installation.close_breaker()
        )

    def _not_closed(self, error: BaseException) -> None:
        self.check_rows.show_checks((broken(error),))
        self.state_changed.emit()


def _taken() -> str:
    """Give the letters of the footer, and of what begins no task."""
    others = (tr("As a &table"), tr("&Open the record"), tr("Read aga&in"))
    return footer_letters() + letters_of(*others)
