"""Recovery: changes that were cut off are rolled back before anything else."""

from typing import Any

from agent.settings import Problem
from wizard.answers import inputs_of
from wizard.checks import Check
from wizard.ui.form import Form
from wizard.ui.jobs import broken
from wizard.ui.labels import Panel, heading, label
from wizard.ui.page import INDEX
from wizard.ui.progress import ChangeList
from wizard.ui.rows import Rows
from wizard.ui.words import tr
from wizard.ui.worker import Worker


class RecoveryPage(Form):
    """Says what was under way, and takes it back on demand."""

    def build(self) -> None:
        self._over = False
        self.worker = Worker(self)
        self.worker.succeeded.connect(self._recovered)
        self.worker.failed.connect(self._failed)
        self.when = label()
        self.changes = ChangeList()
        self.worker.progressed.connect(self.changes.take)
        self.rows = Rows()
        panel = Panel()
        panel.column.addWidget(heading(tr("What was under way")))
        panel.column.addWidget(self.when)
        panel.column.addWidget(self.changes)
        self.body.addWidget(panel)
        super().build()
        self.body.addWidget(self.rows)

    def entered(self) -> None:
        recovery = self.journey.recovery
        if recovery is None or self.worker.busy:
            return
        begun = tr("Begun {time}. These changes were made or begun:")
        self.when.setText(begun.format(time=f"{recovery.started:%Y-%m-%d %H:%M}"))
        self.changes.show_summaries(recovery.changes)
        for made in self.changes.rows:
            made.turn("begun")
        super().entered()

    def arrange(self) -> None:
        super().arrange()
        recovery = self.journey.recovery
        needs = recovery is not None and recovery.needs_admin
        for box in self.boxes.values():
            box.setVisible(needs)
            box.mark_optional(optional=False)

    def problems(self) -> tuple[Problem, ...]:
        recovery = self.journey.recovery
        if recovery is None or not recovery.needs_admin:
            return ()
        given = self.journey.answers
        return tuple(
            Problem(path, tr("This is needed."))
            for path in ("input.admin_user", "input.admin_password")
            if not given.get(path)
        )

    @property
    def busy(self) -> bool:
        return self.worker.busy

    @property
    def next_text(self) -> str:
        return tr("&Next") if self._over else tr("&Roll back now")

    def nextId(self) -> int:
        following = "tasks" if self.journey.installed else "welcome"
        return INDEX[following] if self.journey.recovery else super().nextId()

    def validatePage(self) -> bool:
        if self._passed:
            return True
        if self._over:
            self._leave()
            return True
        if self.busy or self.refuse_problems():
            return False
        door, inputs = self.journey.door, inputs_of(self.journey.answers)

        def recover(report: Any, _stop: object) -> Any:
            result = door.recover(inputs, report)
            return result, door.recovery(), door.installed()

        self.worker.start(recover)
        self.state_changed.emit()
        return False

    def _recovered(self, found: tuple[Any, Any, Any]) -> None:
        result, self._recovery, self._installed = found
        for row in self.changes.rows:
            row.turn("undone")
        stuck = tuple(_stuck(item) for item in result.stuck)
        self.rows.show_checks(stuck)
        self._over = self._recovery is None
        if stuck:
            self.refuse("; ".join(check.detail for check in stuck))
        elif self._over:
            self._leave()
            self.go_on()
        self.state_changed.emit()

    def _leave(self) -> None:
        self.journey.arrange(self._recovery, self._installed)

    def _failed(self, error: BaseException) -> None:
        self.rows.show_checks((broken(error),))
        self.refuse(str(error))

    def close_work(self) -> None:
        self.worker.close()


def _stuck(item: Any) -> Check:
    return Check(
        id="stuck",
        title=tr("Could not be taken back"),
        state="failed",
        detail=stuck_text(item),
        remedy=tr("Take it back by hand, then roll back again."),
    )


def stuck_text(item: Any) -> str:
    """Give what remains of one change in words (`plan.Stuck`)."""
    return tr("{summary}: {reason}").format(
        summary=item.change.summary, reason=item.reason
    )
