"""Ready to configure: the plan in words; nothing happens before it is accepted."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from agent.settings import Problem, dump
from wizard.answers import inputs_of
from wizard.questions import Field, never
from wizard.summary import Decision, kept
from wizard.ui.box import Box
from wizard.ui.form import Form
from wizard.ui.icons import Mark
from wizard.ui.jobs import broken
from wizard.ui.labels import button, column, heading, label, row
from wizard.ui.rows import Rows
from wizard.ui.viewer import TextDialog
from wizard.ui.words import tr, tr_n
from wizard.ui.worker import Worker

COMMAND = "writeback apply --settings settings.yaml"
_USER, _PASSWORD = "input.admin_user", "input.admin_password"
_GROUPS = (
    ("created", "Will be created"),
    ("changed", "Will be changed"),
    ("removed", "Will be removed"),
)


def kind_of(change: Any) -> str:
    """Tell whether a change creates, changes or removes."""
    if change.before in (None, {}, [], ""):
        return "created"
    return "removed" if change.after in (None, {}, [], "") else "changed"


class ReviewPage(Form):
    """Shows the plan; its Next is the button that changes the machine."""

    def build(self) -> None:
        self.worker = Worker(self)
        self.worker.succeeded.connect(self._planned)
        self.worker.failed.connect(self._failed)
        self._planned_for: Any = None
        self.waiting = self._waiting()
        self.groups = QWidget()
        self._place = column(self.groups, 16)
        self.rows = Rows()
        self.body.addWidget(self.waiting)
        self.body.addWidget(self.rows)
        self.body.addWidget(self.groups)
        self._credentials()
        self.file = button(tr("Settings file…"))
        self.file.clicked.connect(self._show_file)
        self.command = button(tr("Command line…"))
        self.command.clicked.connect(self._show_command)
        self.body.addLayout(row(self.file, self.command))

    def _waiting(self) -> QWidget:
        holder = QWidget()
        place = column(holder)
        place.addWidget(label(tr("Comparing your answers with what is there")))
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedHeight(6)
        bar.setMaximumWidth(360)
        bar.setAccessibleName(tr("Making the plan"))
        place.addWidget(bar)
        return holder

    def _credentials(self) -> None:
        told = tr("These changes need a domain administrator, once; not stored.")
        self.admin_told = label(told)
        self.body.addWidget(self.admin_told)
        self.add_box(Box(Field(_USER, "Domain administrator", needed=never, width=36)))
        self.add_box(Box(Field(_PASSWORD, "Password", "secret", width=36)))

    @property
    def asks_admin(self) -> bool:
        """Whether the plan needs credentials that were not given before."""
        return self._asks_admin

    _asks_admin = False

    @property
    def busy(self) -> bool:
        return self.worker.busy

    @property
    def can_go_on(self) -> bool:
        return not self.busy and bool(self.journey.changes)

    @property
    def next_text(self) -> str:
        count = len(self.journey.changes)
        if self.journey.installed is None:
            return tr("&Install")
        return tr_n("&Apply %n change(s)", count) if count else tr("Nothing to apply")

    @property
    def answers(self) -> Mapping[str, Any]:
        return super().answers if self._asks_admin else {}

    def problems(self) -> tuple[Problem, ...]:
        if not self._asks_admin:
            return ()
        given = self.journey.answers
        empty = [path for path in (_USER, _PASSWORD) if not given.get(path)]
        return tuple(Problem(path, tr("This is needed.")) for path in empty)

    def entered(self) -> None:
        super().entered()
        self.replan()

    def replan(self) -> None:
        """Make the plan anew: the answers or the machine may be others."""
        settings, inputs = self.journey.settings, inputs_of(self.journey.answers)
        door = self.journey.door
        self.journey.changes = ()
        self._asks_admin = False
        self._clear()
        self.worker.start(lambda _report, _stop: door.plan(settings, inputs))
        self.arrange()
        self.state_changed.emit()

    def arrange(self) -> None:
        super().arrange()
        self.waiting.setVisible(self.busy)
        self.admin_told.setVisible(self._asks_admin)
        for box in self.boxes.values():
            box.setVisible(self._asks_admin)
            box.mark_optional(optional=False)

    def _clear(self) -> None:
        self.rows.show_checks(())
        while (item := self._place.takeAt(0)) is not None:
            widget = item.widget()
            if widget:
                widget.hide()
                widget.deleteLater()

    def _planned(self, changes: Sequence[Any]) -> None:
        self.journey.changes = tuple(changes)
        no_admin = inputs_of(self.journey.answers).admin is None
        needed = any(change.needs_admin for change in changes)
        self._asks_admin = no_admin and needed
        self._show(changes)
        self.arrange()
        self.state_changed.emit()

    def _show(self, changes: Sequence[Any]) -> None:
        self._clear()
        if not changes:
            text = tr("Nothing to do: everything is as you answered.")
            self._place.addWidget(_line("circle-check", "ok", text))
        for kind, title in _GROUPS:
            lines = [change.summary for change in changes if kind_of(change) == kind]
            if lines:
                self._place.addWidget(_group(tr(title), lines, kind))
        self._place.addWidget(self._kept())

    def _kept(self) -> QWidget:
        installed = self.journey.answers.installed
        if installed is None:
            text = tr("No existing account, group or permission is removed.")
            return _group(tr("Will be kept"), [text], "kept")
        lines = [_words(item) for item in kept(installed, self.journey.settings)]
        return _group(tr("Will be kept"), lines, "kept")

    def _failed(self, error: BaseException) -> None:
        self.rows.show_checks((broken(error),))
        self.arrange()
        self.refuse(str(error))

    def _show_file(self) -> None:
        told = tr("What your answers come to. It holds no passwords and no keys.")
        text = dump(self.journey.settings)
        TextDialog(self, tr("Settings file"), told, text, "settings.yaml").open()

    def _show_command(self) -> None:
        told = tr("Save the settings file; this command makes the same changes.")
        TextDialog(self, tr("Command line"), told, COMMAND).open()

    def close_work(self) -> None:
        self.worker.close()


_MARKS = {
    "created": ("circle-plus", "ok"),
    "changed": ("pencil", "accent"),
    "removed": ("circle-minus", "warning"),
    "kept": ("check", "muted"),
}


def _group(title: str, lines: Sequence[str], kind: str) -> QWidget:
    holder = QWidget()
    place = column(holder, 6)
    count = tr("{title} ({count})").format(title=title, count=len(lines))
    place.addWidget(heading(count))
    for text in lines:
        place.addWidget(_line(*_MARKS[kind], text))
    return holder


def _line(name: str, ink: str, text: str) -> QWidget:
    holder = QWidget()
    place = row(Mark(name, ink))
    told = label(text)
    told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    place.insertWidget(1, told, 100)
    holder.setLayout(place)
    holder.setAccessibleName(text)
    return holder


def _words(item: Decision) -> str:
    return tr("{label}: {value}").format(label=tr(item.label), value=item.value)
