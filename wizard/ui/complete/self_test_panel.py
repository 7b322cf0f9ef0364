"""A real test: one request sent like the portal's, with the time of each hop."""

from PySide6.QtCore import Signal

from agent.active_directory.identifiers import user_filter
from wire.outcomes import Refused
from wire.text import Text, verbatim
from wizard.flow.model import Field, Option
from wizard.results import Check, SelfTestResult
from wizard.ui.complete.timeline import Timeline
from wizard.ui.formatting import duration, tr
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.worker import Worker
from wizard.ui.people.code_links import CodeLinks
from wizard.ui.presenters.hops import hops_of
from wizard.ui.session import Session
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.enter_action import run_on_enter
from wizard.ui.widgets.field_box import FieldBox, complete_answers
from wizard.ui.widgets.labels import (
    CopyButton,
    Panel,
    add,
    button,
    heading,
    label,
    row,
)

_BY = tuple(
    Option(name, verbatim(name))
    for name in (
        "userPrincipalName",
        "sAMAccountName",
        "mail",
        "objectGUID",
        "ms-DS-ConsistencyGuid",
    )
)
BY, VALUE = "test.by", "test.value"
ONLY, PASSWORD = "test.check_only", "test.password"
_FIELDS = (
    Field(BY, "Sign-in attribute", "pick", options=_BY, width=28),
    Field(VALUE, "Person", help="Use an account made for tests.", width=44),
    Field(
        ONLY,
        "Check only",
        "check",
        help="Runs every step but the write; no password is needed.",
    ),
    Field(
        PASSWORD,
        "New password",
        "secret",
        needed=lambda answers: not answers.get(ONLY),
        width=36,
    ),
)


class TestPanel(Panel):
    """Asks for a person, runs the test, tells what came of it."""

    __test__ = False
    state_changed = Signal()  # the test began or ended
    tested = Signal(object)  # the TestResult
    code_wanted = Signal(str)  # what the guide says of the answer's code

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.worker = Worker(self, self._tested, self._failed)
        self.heading = heading(tr("Test a reset"))
        self.column.addWidget(self.heading)
        self.field_boxes = {field.path: FieldBox(field) for field in _FIELDS}
        for field_box in self.field_boxes.values():
            self.column.addWidget(field_box)
            field_box.changed.connect(self._arrange)
        self.run = button(tr("&Test"), self.test, tr("Test now"))
        run_on_enter(self, self.run)
        self.copy = CopyButton("", tr("Copy the result"))
        self.doing = label(muted=True, wrap=False)
        self.check_rows, self.timeline = CheckRows(), Timeline()
        add(self.column, row(self.run, self.copy, self.doing), self.check_rows)
        self.codes = CodeLinks()
        self.codes.wanted.connect(self.code_wanted)
        add(self.column, self.codes, self.timeline)
        self.copy.hide()
        by = session.answers.text("identify_by") or "userPrincipalName"
        self.field_boxes[BY].set_value(by)
        self.field_boxes[ONLY].set_value(value=True)
        self._arrange()

    @property
    def busy(self) -> bool:
        """Whether a test is under way."""
        return self.worker.busy

    def test(self) -> None:
        """Run the test; an answer that is missing or wrong is told beside its field."""
        answers = complete_answers(_FIELDS, self.field_boxes)
        if answers is None:
            return
        by, value = answers.text(BY), answers.text(VALUE).strip()
        try:
            user_filter(by, value)
        except Refused as error:  # nobody can be so named
            self.field_boxes[VALUE].show_problem(error.detail)
            self.field_boxes[VALUE].focus()
            return
        new = None if answers.get(ONLY) else answers.get(PASSWORD)
        controller = self.session.controller
        self.check_rows.show_checks(())
        self.codes.show_codes(())
        self.timeline.show_hops(())
        self.worker.start(
            lambda _report, _stop: controller.installation.test_reset(by, value, new)
        )
        self.field_boxes[PASSWORD].set_value("")
        self._arrange()
        self.state_changed.emit()

    def _arrange(self) -> None:
        self.field_boxes[PASSWORD].setVisible(not self.field_boxes[ONLY].value())
        self.run.setEnabled(not self.busy)
        waits = tr("Waiting for the agent's answer…") if self.busy else ""
        self.doing.setText(waits)
        self.copy.setVisible(bool(self.check_rows.checks))

    def _tested(self, result: SelfTestResult) -> None:
        self.timeline.show_hops(hops_of(result.ms))
        self.codes.show_codes((result.code,))
        self._show((row_of(result),))
        self.tested.emit(result)

    def _failed(self, error: BaseException) -> None:
        self._show((broken(error),))

    def _show(self, checks: tuple[Check, ...]) -> None:
        self.check_rows.show_checks(checks)
        self.copy.text_to_copy = self.check_rows.text
        self._arrange()
        self.state_changed.emit()


def row_of(result: SelfTestResult) -> Check:
    """Give a test's outcome as a row, with the hops as its details."""
    states = {"ok": "ok", "partial": "warning"}
    hops = "\n".join(
        tr("{name}: {value}", name=hop.name, value=duration(hop.ms))
        for hop in hops_of(result.ms)
    )
    good = result.code == "ok"
    told = "" if good else Text("The person reads: {m}", m=result.message)
    return Check(
        id="test",
        title=_title(result),
        state=states.get(result.code, "failed"),  # type: ignore[arg-type]
        detail=result.message if good else result.admin,
        remedy=told,
        more=hops,
        ms=result.ms.get("total"),
    )


def _title(result: SelfTestResult) -> Text:
    if not result.check_only:
        return Text("Answer: {code}", code=result.code)
    if result.code == "ok":
        return Text("Check of a reset")
    return Text("Would not work: {code}", code=result.code)
