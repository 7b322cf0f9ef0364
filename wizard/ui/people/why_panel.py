"""Beside the list: why the chosen person can't be reset, what to do, a copy of it."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication

from agent.verdict.causes import CAUSES, Cause
from wire.text import Text, plural
from wizard.ui.announce import announce
from wizard.ui.formatting import line, say, tr
from wizard.ui.people.code_links import CodeLinks
from wizard.ui.presenters.help_desk import MOST_COPIED, Case, help_desk_text
from wizard.ui.presenters.verdict import WORDS, alike, checks_of
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.flow_layout import flow
from wizard.ui.widgets.labels import LongName, Panel, add, button, heading, label


class WhyPanel(Panel):
    """Nobody, one person, several, or a cause by itself."""

    code_wanted = Signal(str)  # what the guide says of it

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[Case] = []
        self.title, self.sign_in = heading(""), label(muted=True)
        self.who, self.remedy = LongName(), label()
        self.answer_rows = CheckRows(WORDS)
        self.codes = CodeLinks()
        self.codes.wanted.connect(self.code_wanted)
        self.copy = button(tr("Copy for the help &desk"), self.copy_text)
        add(self.column, self.title, self.sign_in, self.who, self.answer_rows)
        add(self.column, self.remedy, self.codes, flow(self.copy))
        self.column.addStretch(1)
        self.show_nobody()

    def show_nobody(self, cause: Cause | None = None) -> None:
        """Say what to do about a cause, where one is chosen and nobody of it."""
        self._show([])
        meaning = CAUSES[cause] if cause else None
        self.title.setText(say(meaning.title) if meaning else tr("Why"))
        hint = tr("Choose a person to see what decides, and what to do.")
        has_remedy = meaning is not None and bool(meaning.remedy)
        text = tr("What to do: {remedy}", remedy=meaning.remedy) if meaning else ""
        self.remedy.setText(text if has_remedy else hint)
        self.remedy.show()
        self.codes.show_codes([meaning.code.value] if meaning else [])

    def show_cases(self, cases: list[Case]) -> None:
        """Show one person, or how many are chosen."""
        self._show(cases)
        if len(cases) > 1:
            count = plural("{count} person chosen", "{count} people chosen", len(cases))
            self.title.setText(say(count))
            self.remedy.setText(say(_copied(len(cases))))
            self.codes.show_codes(())
            return
        (case,) = cases
        self.title.setText(line(case.name))
        self.sign_in.setText(line(case.sign_in_name))
        self.who.set_name(case.verdict.dn)
        self.answer_rows.show_checks(checks_of(case.verdict))
        self.codes.show_codes(answer.code.value for answer in alike(case.verdict))

    def _show(self, cases: list[Case]) -> None:
        self.cases = cases
        one = len(cases) == 1
        self.copy.setVisible(bool(cases))
        self.copy.setText(tr("Copy for the help &desk"))
        for part in (self.sign_in, self.who):
            part.setVisible(one)
        self.remedy.setVisible(not one)
        self.answer_rows.show_checks(())

    def copy_text(self) -> None:
        """Put who, what, cause, remedy and code of those chosen on the clipboard."""
        if not self.cases:
            return
        QGuiApplication.clipboard().setText(help_desk_text(self.cases))
        self.copy.setText(tr("Copied"))
        announce(self, tr("Copied"))


def _copied(count: int) -> Text:
    if count > MOST_COPIED:
        return Text("The copy has the first {most}; Export has all.", most=MOST_COPIED)
    return Text("The copy has the cause and the remedy of each.")
