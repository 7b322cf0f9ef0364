"""The checks of pages: each has a row, and refuses a draft that lacks what it needs."""

import threading
from pathlib import Path

import pytest

from agent.config.errors import SettingsError
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost
from wizard.checks.outcome import Outcome
from wizard.checks.table import CHECKS
from wizard.controller.controller import Controller
from wizard.flow.pages.order import PAGES
from wizard.inputs import Draft, Inputs
from wizard.plan.change import allow_all


def run(name: str, draft: Draft, folder: Path) -> Outcome:
    checks = Controller(FakeHost(folder), allow_all).checks
    return checks.run(name, draft, Inputs(), threading.Event(), lambda _so_far: None)


def test_each_check_of_a_page_has_a_row_and_each_row_a_page() -> None:
    assert {page.check.name for page in PAGES if page.check} == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_not_answered_is_told_and_nothing_is_asked(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="is not answered yet") as caught:
        run(name, Draft(group="Pilot"), tmp_path)
    part = "relay" if name == "relay" else "directory"
    assert [problem.path for problem in caught.value.problems] == [part]


def test_no_group_is_nothing_to_look_for(tmp_path: Path) -> None:
    draft = Draft(directory=SETTINGS.directory)
    assert run("group", draft, tmp_path) == Outcome(())


def test_a_check_that_there_is_none_of_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        run("shell", Draft(), tmp_path)
