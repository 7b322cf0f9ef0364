"""The last seven days: bars, how fast the answers were, and the table on demand."""

from wire.text import moment
from wizard.health.week import Week
from wizard.ui.formatting import duration, say, tr
from wizard.ui.health.enter_button import EnterButton
from wizard.ui.health.outcome_bars import Bars, DayTable, Legend, week_words
from wizard.ui.widgets.labels import Panel, add, heading, label, row


class WeekPanel(Panel):
    """What came of the answers, day by day."""

    def __init__(self) -> None:
        super().__init__()
        self._week: Week | None = None
        self.bars, self.legend, self.table = Bars(), Legend(), DayTable()
        self.title, self.times = heading(""), label(muted=True)
        self.nothing = label(
            tr("Nothing was answered yet. Resets from the portal show up here."),
            muted=True,
        )
        self.more = label(muted=True)
        self.as_table = EnterButton(tr("As a &table"), self._turn)
        self.as_table.setCheckable(True)
        self.table.hide()
        top = row(self.title, self.as_table, grows=0)
        add(self.column, top, self.nothing, self.bars, self.table)
        add(self.column, self.legend, self.times, self.more)
        self.column.addStretch(1)

    def _turn(self) -> None:
        shown = self.as_table.isChecked()
        self.table.setVisible(shown)
        self.bars.setVisible(not shown and self.as_table.isVisibleTo(self))

    def show_week(self, week: Week) -> None:
        """Show another week; nothing is drawn anew where it is the same."""
        if week == self._week:
            return
        self._week = week
        self.title.setText(say(week_words(week)))
        there = bool(week.counts.all)
        self.nothing.setHidden(there)
        for part in (self.as_table, self.legend):
            part.setVisible(there)
        self.as_table.setChecked(self.as_table.isChecked() and there)
        self._turn()
        self.bars.show_days(week.days)
        self.table.show_days(week.days)
        self.legend.show_counts(week.counts)
        self.times.setText(_times(week))
        self.times.setVisible(bool(self.times.text()))
        self.more.setText(_since(week))
        self.more.setVisible(bool(self.more.text()))


def _times(week: Week) -> str:
    if week.p50_ms is None or week.p95_ms is None:
        return ""
    p50, p95 = duration(week.p50_ms), duration(week.p95_ms)
    return tr("Answered in: p50 {p50}, p95 {p95}", p50=p50, p95=p95)


def _since(week: Week) -> str:
    if week.since is None:
        return ""
    begin = moment(week.since.astimezone())
    return tr("There are more than are read: since {time}.", time=begin)
