"""Domains and OUs: what is chosen, found, gone, and what each tick means."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent.ldap.errors import SignInRefused, Unreachable
from agent.verdict.causes import Cause
from tests.unit.wizard.answered import EXPRESS, SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED, unit
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.heard import Heard
from tests.unit.wizard.ui.walk import go
from wire.text import Text
from wizard.checks.containers import MOST_FOUND
from wizard.flow.route import route
from wizard.ui.jobs.container_reach import AFTER_ACCOUNT
from wizard.ui.window import WizardWindow

HEAD = "DC=corp,DC=test"
PEOPLE, USERS = f"OU=People,{HEAD}", f"CN=Users,{HEAD}"
BASEL = f"OU=Basel,{PEOPLE}"
GONE = f"OU=Retired,{HEAD}"
CONTAINERS, EXCLUDED = "scope.containers", "scope.exclude_containers"
KEY = Qt.Key


def at_scope(
    qtbot: QtBot, open_window: Open, fake: FakeController, **answers: Any
) -> WizardWindow:
    """Open a window at the page, as Customize comes to it."""
    window = open_window(fake)
    window.session.put({**EXPRESS, "mode": "custom", **answers})
    ids = [page.id for page in route(window.session.answers)]
    window.pages.go_to(*ids[1 : ids.index("scope") + 1])
    tree = page_of(window).tree
    qtbot.waitUntil(lambda: tree.containers.rowCount(tree.currentIndex()) > 1)
    return window


def page_of(window: WizardWindow) -> Any:
    return window.page("scope")


def checked(qtbot: QtBot, page: Any) -> None:
    qtbot.waitUntil(lambda: page.panel.figures is not None)


def focus(page: Any, *rows: int) -> None:
    containers = page.tree.containers
    index = containers.index(0, 0)
    for row in rows:
        index = containers.index(row, 0, index)
    page.tree.setCurrentIndex(index)


def test_all_of_people_except_one_is_what_the_settings_hold(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_scope(qtbot, open_window, fake)
    page = page_of(window)
    page.tree.setFocus()
    for key in (KEY.Key_Down, KEY.Key_Space, KEY.Key_Right):
        QTest.keyClick(page.tree, key)
    qtbot.waitUntil(lambda: not page.tree.containers.worker.busy)
    for key in (KEY.Key_Right, KEY.Key_Space):
        QTest.keyClick(page.tree, key)
    scope = window.session.settings.scope
    assert scope.containers == (PEOPLE,)
    assert scope.exclude_containers == (BASEL,)
    rows = page.named.rows
    assert [rows.index(at).data() for at in range(rows.rowCount())] == [
        "corp.test/People",
        "Except corp.test/People/Basel",
    ]


def test_all_of_the_domain_says_who_is_in_it_though_no_tree_is_seen(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = open_window(fake)
    answers = {**EXPRESS, "mode": "custom", CONTAINERS: (HEAD,)}
    window.session.put(answers)
    ids = [page.id for page in route(window.session.answers)]
    window.pages.go_to(*ids[1 : ids.index("scope") + 1])
    page = page_of(window)
    assert page.tree.isHidden() or not page.tree.isVisible()
    checked(qtbot, page)
    assert "79 people" in page.panel.sum_up.text()


def test_all_of_the_domain_is_its_head_and_what_was_selected_comes_back(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_scope(qtbot, open_window, fake)
    page = page_of(window)
    window.set_answers({CONTAINERS: (PEOPLE,), EXCLUDED: (BASEL,)})
    page.extent.buttons["all"].click()
    scope = window.session.settings.scope
    assert (scope.containers, scope.exclude_containers) == ((HEAD,), ())
    assert not page.finder.isVisible()
    page.extent.buttons["selected"].click()
    scope = window.session.settings.scope
    assert (scope.containers, scope.exclude_containers) == ((PEOPLE,), (BASEL,))
    assert page.finder.isVisible()


def test_a_tick_on_the_domain_leaves_the_tree_where_it_is(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = page_of(at_scope(qtbot, open_window, fake))
    QTest.keyClick(page.tree, KEY.Key_Space)
    assert page.selection.containers == (HEAD,)
    assert page.finder.isVisible()
    assert page.extent.value() == "selected"


def test_what_is_ticked_is_told_with_people_and_causes(
    qtbot: QtBot, open_window: Open, fake: FakeController, heard: Heard
) -> None:
    window = at_scope(qtbot, open_window, fake)
    page = page_of(window)
    window.set_answers({CONTAINERS: (PEOPLE,)})
    focus(page, 0)
    checked(qtbot, page)
    assert page.panel.who.text() == "corp.test/People"
    assert page.panel.about.text() == "Organizational unit"
    assert page.panel.standing.text() == "In the scope, with everything below it."
    assert page.panel.sum_up.text() == "79 people: 75 can reset, 4 can't"
    grid = page.panel.causes.layout()
    told = [grid.itemAt(at).widget().text() for at in range(grid.count())]
    assert told == ["2", "Protected by AdminSDHolder", "2", "Inheritance is off"]
    assert not page.panel.would.isVisible()
    assert heard.any("corp.test/People: 79 people: 75 can reset")
    _, settings, _, container = fake.permissions.calls[-1]
    assert (settings.scope.containers, container) == ((PEOPLE,), PEOPLE)


def test_what_is_not_ticked_is_checked_as_if_it_were(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_scope(qtbot, open_window, fake)
    page = page_of(window)
    window.set_answers({CONTAINERS: (PEOPLE,), EXCLUDED: (BASEL,)})
    focus(page, 2)
    checked(qtbot, page)
    assert page.panel.standing.text() == "Not in the scope."
    assert page.panel.would.isVisible()
    _, settings, _, container = fake.permissions.calls[-1]
    assert settings.scope.containers == (PEOPLE, USERS)
    assert (settings.scope.exclude_containers, container) == ((BASEL,), USERS)
    assert window.session.settings.scope.containers == (PEOPLE,)


def test_a_check_that_is_left_is_cancelled(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = page_of(at_scope(qtbot, open_window, fake))
    checked(qtbot, page)
    fake.permissions.hold_below = True
    stops: list[threading.Event] = []
    real = fake.permissions.foresee_below

    def foresee_below(*arguments: Any, stop: threading.Event, **named: Any) -> Any:
        stops.append(stop)
        return real(*arguments, stop=stop, **named)

    fake.permissions.foresee_below = foresee_below  # type: ignore[method-assign]
    focus(page, 0)
    qtbot.waitUntil(lambda: len(stops) == 1)
    focus(page, 2)
    assert stops[0].is_set()
    assert not page.panel.found.isVisible()
    fake.permissions.go.set()
    checked(qtbot, page)
    assert page.panel.who.text() == "corp.test/Users"
    assert len(stops) == 2


def test_more_than_are_looked_at_is_said(
    qtbot: QtBot, open_window: Open, fake: FakeController, monkeypatch: Any
) -> None:
    monkeypatch.setattr("wizard.ui.jobs.container_reach.MOST_PEOPLE", 10)
    fake.permissions.below = {Cause.NONE: 30}
    page = page_of(at_scope(qtbot, open_window, fake))
    checked(qtbot, page)
    text = page.panel.sum_up.text()
    assert text == "The first 10 people: 10 can reset, 0 can't"


def test_without_an_account_people_are_only_counted(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_scope(qtbot, open_window, fake)
    page = page_of(window)
    checked(qtbot, page)
    window.session.put({"directory.account.kind": "existing"})
    focus(page, 0)
    checked(qtbot, page)
    assert page.panel.sum_up.text() == f"{fake.people.people:,} people".replace(
        ",", "\u202f"
    )
    assert page.panel.note.text() == AFTER_ACCOUNT
    assert not page.panel.link.isVisible()


def test_people_that_cannot_be_checked_say_why_and_try_again(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.error = Unreachable("dc1", Text("no answer"), Text("look"))
    page = page_of(at_scope(qtbot, open_window, fake))
    qtbot.waitUntil(page.panel.trouble.isVisible)
    assert "no answer" in page.panel.reason.text()
    fake.permissions.error = None
    page.panel.again.click()
    checked(qtbot, page)
    assert not page.panel.trouble.isVisible()


def test_the_link_leads_to_permissions_and_back(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_scope(qtbot, open_window, fake)
    page = page_of(window)
    checked(qtbot, page)
    assert not page.panel.link.isVisible()  # nothing is chosen yet
    window.set_answers({CONTAINERS: (PEOPLE,)})
    focus(page, 0)
    checked(qtbot, page)
    page.panel.link.click()
    assert window.page_id() == "permissions"
    window.back()
    assert window.page_id() == "self_service"


REFUSED = SignInRefused("dc1", Text("refused"), Text("type it again"), 49, "data 52e")


def test_a_sign_in_that_is_refused_is_tried_once(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.unlistable = REFUSED
    page = page_of(at_scope(qtbot, open_window, fake, **{CONTAINERS: (PEOPLE,)}))
    qtbot.waitUntil(lambda: not page.tree.containers.worker.busy)
    assert not page.panel.worker.busy
    assert not page.panel._soon.isActive()
    assert len(fake.named("containers")) == 1
    assert not fake.named("missing_containers")
    assert not fake.permissions.calls
    fake.unlistable = None
    page.tree.setCurrentIndex(
        page.tree.containers.index(1, 0, page.tree.currentIndex())
    )
    QTest.keyClick(page.tree, KEY.Key_Space)
    checked(qtbot, page)
    assert fake.named("missing_containers")


def test_people_whose_check_is_refused_are_not_tried_at_each_step(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.error = REFUSED
    page = page_of(at_scope(qtbot, open_window, fake))
    qtbot.waitUntil(page.panel.trouble.isVisible)
    focus(page, 0)
    focus(page, 1)
    assert not page.panel._soon.isActive()
    assert "refused" in page.panel.reason.text()
    assert len(fake.permissions.calls) == 1
    fake.permissions.error = None
    page.panel.again.click()
    checked(qtbot, page)
    focus(page, 0)
    checked(qtbot, page)
    assert len(fake.permissions.calls) == 3


def test_why_a_container_cannot_be_read_is_told_whole_beside_the_tree(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = page_of(at_scope(qtbot, open_window, fake))
    fake.unlistable = Unreachable("dc1.corp.test", Text("no answer"), Text("look"))
    containers = page.tree.containers
    people = containers.index(0, 0, containers.index(0, 0))
    page.tree.expand(people)
    qtbot.waitUntil(lambda: not containers.worker.busy)
    page.tree.setCurrentIndex(containers.index(0, 0, people))
    told = page.panel.standing.text()
    assert told.startswith("Can't be read: ")
    assert "no answer" in told


def test_a_name_is_found_in_the_directory_where_it_is_not_loaded(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = page_of(at_scope(qtbot, open_window, fake))
    page.finder.line.setFocus()
    QTest.keyClicks(page.finder.line, "it")
    hits = page.finder.hits
    qtbot.waitUntil(lambda: page.finder.shown is hits)
    assert fake.named("find_containers") == [("find_containers", "it")]
    assert [call[1] for call in fake.named("containers")] == [HEAD]
    assert page.finder.told.text() == "1 container found"
    QTest.keyClick(page.finder.line, KEY.Key_Down)
    assert hits.hasFocus()
    assert hits.currentIndex().data() == "corp.test/People/Zurich/IT"
    QTest.keyClick(hits, KEY.Key_Space)
    assert page.selection.containers == (f"OU=IT,OU=Zurich,{PEOPLE}",)
    page.finder.line.clear()
    assert page.finder.shown is page.tree


def test_enter_in_the_field_finds_at_once_and_stays_on_the_page(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_scope(qtbot, open_window, fake)
    page = page_of(window)
    page.finder.line.setFocus()
    page.finder.line.setText("People")
    QTest.keyClick(page.finder.line, KEY.Key_Return)
    qtbot.waitUntil(lambda: page.finder.shown is page.finder.hits)
    assert window.page_id() == "scope"
    assert len(fake.named("find_containers")) == 1


def test_more_hits_than_are_shown_are_said(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.tree[HEAD] = tuple(unit(f"Site {at}") for at in range(MOST_FOUND + 1))
    page = page_of(at_scope(qtbot, open_window, fake))
    page.finder.line.setText("site")
    page.finder.find_now()
    qtbot.waitUntil(lambda: page.finder.shown is page.finder.hits)
    assert page.finder.told.text().startswith(f"The first {MOST_FOUND} are shown")


def test_one_that_is_gone_is_shown_and_can_be_removed_by_the_keyboard(
    qtbot: QtBot, open_window: Open, heard: Heard
) -> None:
    scope = SETTINGS.scope.model_copy(update={"containers": (PEOPLE, GONE)})
    settings = SETTINGS.model_copy(update={"scope": scope})
    found = replace(INSTALLED, settings=settings)
    fake = FakeController(found=found, gone=(GONE,))
    window = open_window(fake)
    window.set_answers({"task": "options"})
    go(qtbot, window, "relay", "directory", "account", "scope")
    page = page_of(window)
    first = "Not found: corp.test/Retired"
    qtbot.waitUntil(lambda: page.named.rows.index(0).data() == first)
    assert "1 container is not found." in page.named.warning.text()
    assert heard.any("1 container is not found.")
    page.named.view.setFocus()
    page.named.view.setCurrentIndex(page.named.rows.index(0))
    QTest.keyClick(page.named.view, KEY.Key_Delete)
    assert window.session.settings.scope.containers == (PEOPLE,)
    assert not page.named.warning.isVisible()


def test_one_left_out_that_is_gone_says_that_nobody_is_reset(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.gone = (f"OU=Old,{PEOPLE}",)
    window = at_scope(qtbot, open_window, fake)
    page = page_of(window)
    window.set_answers({CONTAINERS: (PEOPLE,), EXCLUDED: fake.gone})
    qtbot.waitUntil(page.named.warning.isVisible)
    assert "nobody at all is reset" in page.named.warning.text()
    assert page.named.rows.index(0).data() == "Not found: except corp.test/People/Old"
    focus(page, 0)  # what is there is checked without it
    checked(qtbot, page)
    assert page.panel.figures.coverage.people == 79


def test_the_distinguished_name_is_a_detail_to_be_copied(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = page_of(at_scope(qtbot, open_window, fake))
    focus(page, 0)
    checked(qtbot, page)
    page.panel.copy.click()
    assert QGuiApplication.clipboard().text() == PEOPLE
    focus(page, 2)
    assert page.panel.copy.text() == "Copy"


def test_a_wrong_exclusion_is_told_in_words(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_scope(qtbot, open_window, fake)
    window.set_answers({CONTAINERS: (USERS,), EXCLUDED: (BASEL,)})
    window.press_next()
    assert window.page_id() == "scope"
    assert "below none of containers" in page_of(window).wrong.text


@pytest.mark.parametrize("way", ["back", "next"])
def test_what_is_under_way_is_given_up_with_the_page(
    qtbot: QtBot, open_window: Open, fake: FakeController, way: str
) -> None:
    window = at_scope(qtbot, open_window, fake)
    page = page_of(window)
    window.set_answers({CONTAINERS: (PEOPLE,)})
    fake.permissions.hold_below = True
    focus(page, 0)
    qtbot.waitUntil(lambda: page.panel.worker.busy)
    if way == "back":
        window.back()
    else:
        go(qtbot, window, "identify")
    assert not page.panel.worker.busy
    fake.permissions.go.set()
