"""Checks as rows: of very many, those to be looked at come first."""

from pytestqt.qtbot import QtBot

from wizard.results import Check
from wizard.ui.widgets.check_rows import MOST, CheckRows


def rows(qtbot: QtBot, *checks: Check) -> CheckRows:
    made = CheckRows()
    qtbot.addWidget(made)
    made.show_checks(checks)
    return made


def check(at: int, state: str = "ok") -> Check:
    return Check(f"c{at}", f"Check {at}", state, "It was tried.")  # type: ignore[arg-type]


def test_of_hundreds_those_that_need_a_look_are_drawn_and_the_rest_is_counted(
    qtbot: QtBot,
) -> None:
    made = rows(
        qtbot, *(check(at, "warning" if at == 650 else "ok") for at in range(700))
    )

    assert len(made.rows) == MOST
    assert made.rows[-1].check.id == "c650"
    assert made.more.startswith(f"{700 - MOST} more checks are not shown")
    assert "Check 699" in made.text  # what is copied has them all


def test_of_a_few_each_is_drawn(qtbot: QtBot) -> None:
    made = rows(qtbot, *map(check, range(MOST)))

    assert len(made.rows) == MOST
    assert made.more == ""
