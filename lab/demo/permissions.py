"""Permissions and Troubleshoot on the real domain, looked at as one would."""

from collections.abc import Callable
from pathlib import Path

from agent.verdict.causes import Cause
from lab.controller import Lab
from lab.demo.driver import Driver, JourneyFailed
from wire.operation import Operation
from wizard.controller.controller import Controller
from wizard.ui.window import WizardWindow


def look_at_permissions(
    controller: Controller, lab: Lab, pictures: Path, say: Callable[[str], None]
) -> Driver:
    """Judge everybody, look at one person, and ask about another.

    Raises:
        JourneyFailed: a cause that is in the lab was not found, or one that is not.

    """
    window = WizardWindow(controller)
    window.show()
    driver = Driver(window, pictures, say)
    try:
        _everybody(driver, say)
        window.back()
        _one(driver, lab.people["young"]["upn"])
    finally:
        window.done(0)
    return driver


def _everybody(driver: Driver, say: Callable[[str], None]) -> None:
    driver.go_on({"task": "permissions"}, to="permissions")
    page = driver.window.page("permissions")
    driver.wait(lambda: page.whole is not None, "everybody is judged")
    driver.picture("permissions")
    counts = page.table.counts
    say(f"Permissions: {page.sum_up.text()}")
    for cause in (Cause.PROTECTED, Cause.INHERITANCE_OFF, Cause.DISABLED):
        if counts[cause] != 1:
            raise JourneyFailed(f"{counts[cause]} people, not 1, are {cause}")
    if counts[Cause.NONE] < 60 or counts[Cause.NOT_GRANTED]:
        raise JourneyFailed(f"The grants do not reach everybody: {dict(counts)}")
    bad = [row for row in page.account_rows.checks if row.state != "ok"]
    if bad or not page.account_rows.checks:
        raise JourneyFailed(f"The account has findings: {[row.title for row in bad]}")
    page.table.choose((Operation.RESET, Cause.INHERITANCE_OFF))
    page.people.table.selectRow(0)
    driver.wait(lambda: bool(page.why.cases), "the why of a person is shown")
    driver.picture("permissions-why")


def _one(driver: Driver, upn: str) -> None:
    driver.go_on({"task": "explain"}, to="explain")
    page = driver.window.page("explain")
    page.set_answers({"explain.user": upn})
    page.ask()
    driver.wait(lambda: not page.busy, "the person is explained")
    driver.picture("explain")
    rows = page.check_panel.check_rows.checks
    if not rows or "It works from" not in rows[0].detail:
        raise JourneyFailed(f"{upn} is not told from when on a reset works")
