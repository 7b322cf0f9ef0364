"""Tasks: the agent's state at a glance, what was edited by hand, what can be done."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from wire.text import EMPTY, Text, moment
from wizard.results import AgentStatus, Installed
from wizard.ui.form import Form
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.worker import Worker
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.choice_editors import Cards
from wizard.ui.widgets.labels import (
    Panel,
    add,
    button,
    empty,
    heading,
    indented,
    label,
    row,
)

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse
_ON = "features.password_writeback"


class TasksPage(Form):
    """The first page where an installation was found."""

    def build(self) -> None:
        self.reader = Worker(self, self._read, self._failed)
        self.panel, self.check_rows = Panel(), CheckRows()
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(10)
        self.grid.setVerticalSpacing(8)
        self.grid.setColumnStretch(2, 1)
        self.panel.column.addLayout(self.grid)
        self.add(self.panel, self.check_rows, self._breaker(), self._drift())
        super().build()

    def _breaker(self) -> Panel:
        """Put the button that closes the breaker beside what it is about."""
        self.breaker = Panel()
        self.closer = Worker(self, self._read, self._failed)
        title = heading(tr("Writes are stopped: the breaker is open"))
        help_text = tr(
            "A portal had too many different people reset in five minutes; nothing is "
            "written any more. Find out in the audit records what it did first."
        )
        self.close_breaker = button(tr("C&lose the breaker"), self.let_write_again)
        top = row(Mark("triangle-alert", "warning"), title, grows=1)
        act = row(self.close_breaker)
        add(self.breaker.column, top, indented(label(help_text, muted=True), act))
        self.breaker.hide()
        return self.breaker

    def let_write_again(self) -> None:
        """Close the breaker, and read anew how the agent is."""
        controller = self.session.controller
        self.close_breaker.setEnabled(False)

        def closed(_report: object, _stop: object) -> Installed | None:
            controller.installation.close_breaker()
            return controller.installation.installed()

        self.closer.start(closed)

    def _drift(self) -> Panel:
        self.drift = Panel()
        title = heading(tr("The settings file was edited by hand since it was applied"))
        self.edits = label()
        self.edits.setTextInteractionFlags(_SELECTABLE)
        help_text = tr("The agent uses it once it is applied, or when it starts anew.")
        self.apply_edit = button(tr("Appl&y the edit"), self.go_with_edit)
        top = row(Mark("triangle-alert", "warning"), title, grows=1)
        help_line, act = label(help_text, muted=True), row(self.apply_edit)
        add(self.drift.column, top, indented(self.edits, help_line, act))
        self.drift.hide()
        return self.drift

    def go_with_edit(self) -> None:
        """Show the plan of the settings as they were edited."""
        self.set_answers({"task": "repair"})
        self.go_on()

    def _failed(self, error: BaseException) -> None:
        self.close_breaker.setEnabled(True)
        self.check_rows.show_checks((broken(error),))
        self.state_changed.emit()

    def entered(self) -> None:
        super().entered()
        controller = self.session.controller
        self.reader.start(lambda _report, _stop: controller.installation.installed())

    def _read(self, installed: Installed | None) -> None:
        if installed is not None:
            self.check_rows.show_checks(())
            self.session.update(installed)
            self._show(installed)

    def show_answers(self) -> None:
        super().show_answers()
        if self.session.installed:
            self._show(self.session.installed)

    def _show(self, installed: Installed) -> None:
        empty(self.grid)
        for at, (good, name, text) in enumerate(_glance(installed)):
            mark = ("circle-check", "ok") if good else ("triangle-alert", "warning")
            self.grid.addWidget(Mark(*mark), at, 0)
            self.grid.addWidget(label(name, muted=True, wrap=False), at, 1)
            self.grid.addWidget(label(text), at, 2)
        self.edits.setText("\n".join(say(edit) for edit in installed.drift))
        self.drift.setVisible(bool(installed.drift))
        self.breaker.setVisible(installed.status.breaker_is_open)
        self.close_breaker.setEnabled(True)
        self._name_switch(on=installed.settings.features.password_writeback)

    def _name_switch(self, *, on: bool) -> None:
        cards = self.field_boxes["task"].editor
        assert isinstance(cards, Cards)
        if on:
            text = tr("&Turn password writeback off")
            help_text = tr("The agent stays connected and answers that reset is off.")
        else:
            text = tr("&Turn password writeback on")
            help_text = tr("People in scope can reset their password again.")
        cards.rename("writeback", text, help_text)

    @property
    def answers(self) -> Mapping[str, Any]:
        task = self.field_boxes["task"].value()
        installed = self.session.answers.installed
        if installed is None:
            return {"task": task}
        on = installed.features.password_writeback
        return {"task": task, _ON: not on if task == "writeback" else on}

    def try_next(self) -> bool:
        self.session.take(self.answers)
        return super().try_next()


def _glance(installed: Installed) -> list[tuple[bool, str, str]]:
    status, on = installed.status, installed.settings.features.password_writeback
    attention = EMPTY if status.breaker_is_open else status.attention  # its panel tells
    attention = _OF_COPY if installed.copied else attention
    nobody = status.nobody
    unknown = Text("not known")
    first = [(False, tr("Attention"), attention)] if attention else []
    return [
        *first,
        (on, tr("Password writeback"), tr("On") if on else tr("Off")),
        *([(False, tr("Nobody can be reset"), nobody)] if nobody else ()),
        (status.ready, tr("Agent"), _agent(status)),
        (status.relay_connected, tr("Relay"), status.relay or unknown),
        (status.directory_connected, tr("Directory"), status.directory or unknown),
    ]


_OF_COPY = Text(
    "This server is a copy of the one that was enrolled, so its agent does not "
    "start. New keys gives it keys of its own."
)


def _agent(status: AgentStatus) -> Text:
    if not status.running:
        return Text("Not running")
    state = Text("Running") if status.ready else Text("Running, not ready")
    if not status.answers:
        state = Text("Running, but it does not answer")
    if status.since is None:
        return state
    since = status.since.replace(tzinfo=status.since.tzinfo or UTC)
    days = (datetime.now(UTC) - since).days
    time, version = moment(since.astimezone()), status.version
    fields = {"state": state, "time": time, "version": version}
    if not days:
        return Text("{state} since {time}, version {version}", **fields)
    return Text(
        "{state} since {time} ({days} d), version {version}", days=days, **fields
    )
