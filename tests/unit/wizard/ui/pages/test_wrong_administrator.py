"""Who is asked for once: what nobody can have typed is told beside its field."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED, RECOVERY
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.fake_permissions import UNGRANTED
from tests.unit.wizard.ui.walk import go
from wire.secret import Secret

_CONTROL, _LONG = "no control characters", "256 characters or fewer"
_MARK = "Never-shown-9"
WRONG = [
    ("admin_user", "ann\x07a", f"Must have {_CONTROL}."),
    ("admin_user", "ann\u202ea", f"Must have {_CONTROL}."),
    ("admin_user", "a" * 10_000, f"Must have {_LONG}."),
    ("admin_password", Secret(f"{_MARK}\n"), f"Must have {_CONTROL}."),
    ("admin_password", Secret(f"{_MARK}\0"), f"Must have {_CONTROL}."),
    ("admin_password", Secret(_MARK * 1000), f"Must have {_LONG}."),
]
Begin = Callable[[QtBot, Open], tuple[FakeController, Any, str, Callable[[], None]]]


def removal(
    qtbot: QtBot, open_window: Open
) -> tuple[FakeController, Any, str, Callable[[], None]]:
    fake = FakeController(found=INSTALLED)
    window = open_window(fake)
    window.set_answers({"task": "remove"})
    go(qtbot, window, "remove", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    window.set_answers({"input.accept_final": True})
    return fake, window.shown, "input", window.press_next


def recovery(
    qtbot: QtBot, open_window: Open
) -> tuple[FakeController, Any, str, Callable[[], None]]:
    fake = FakeController(cut_off=RECOVERY)
    window = open_window(fake)
    return fake, window.shown, "input", window.press_next


def grant(
    qtbot: QtBot, open_window: Open
) -> tuple[FakeController, Any, str, Callable[[], None]]:
    fake = FakeController(found=INSTALLED)
    fake.permissions.everybody = dict(UNGRANTED)
    window = open_window(fake)
    window.set_answers({"task": "explain"})
    go(qtbot, window, "explain")
    page = window.page("explain")
    page.set_answers({"explain.user": "anna.keller@corp.test"})
    page.ask()
    qtbot.waitUntil(page.grant_button.isVisible)
    page.grant_button.click()
    qtbot.waitUntil(page.granting.plan.isVisible)
    return fake, page, "grant", page.granting.act.click


def spoken(widget: QWidget) -> str:
    parts = [widget, *widget.findChildren(QWidget)]
    said = [
        f"{p.toolTip()} {p.accessibleName()} {p.accessibleDescription()}" for p in parts
    ]
    return " ".join([*said, *(p.text() for p in parts if isinstance(p, QLabel))])


@pytest.mark.parametrize("begin", [removal, recovery, grant])
def test_what_nobody_can_have_typed_goes_no_further(
    qtbot: QtBot, open_window: Open, begin: Begin
) -> None:
    fake, page, below, press = begin(qtbot, open_window)
    right = {
        f"{below}.admin_user": "administrator@corp.test",
        f"{below}.admin_password": Secret("right"),
    }
    for name, value, says in WRONG:
        wrong = f"{below}.{name}"
        page.set_answers({**right, wrong: value})
        press()
        assert page.field_boxes[wrong].wrong.text == says
        assert page.field_boxes[wrong].value() == value
        assert not page.busy
        assert _MARK not in spoken(page)
    assert not fake.named("apply")
    assert not fake.named("recover")
    page.set_answers(right)
    press()
    qtbot.waitUntil(lambda: bool(fake.named("apply") or fake.named("recover")))
    (call,) = fake.named("apply") or fake.named("recover")
    inputs = next(each for each in call[1:] if hasattr(each, "admin"))
    assert inputs.admin.user == "administrator@corp.test"


@pytest.mark.parametrize(
    ("password", "says"),
    [(f"{_MARK}\0", _CONTROL), (f"{_MARK}\n", _CONTROL), (_MARK * 1000, _LONG)],
)
def test_a_new_password_that_no_agent_takes_is_not_sent(
    qtbot: QtBot, open_window: Open, password: str, says: str
) -> None:
    fake = FakeController(found=INSTALLED)
    window = open_window(fake)
    window.set_answers({"task": "test"})
    go(qtbot, window, "test")
    panel = window.page("test").test
    typed = {"test.value": "anna@corp.test", "test.check_only": False}
    window.set_answers({**typed, "test.password": Secret(password)})
    panel.test()
    box = panel.field_boxes["test.password"]
    assert box.wrong.text == f"Must have {says}."
    assert box.value() == Secret(password)
    assert not fake.named("test_reset")
    assert _MARK not in spoken(window.shown)


@pytest.mark.parametrize(
    ("by", "person", "says"),
    [
        ("userPrincipalName", "an\0na@corp.test", "must not hold control characters"),
        ("userPrincipalName", "a" * 1025, "must have 1\u202f024 characters or fewer"),
        ("objectGUID", "anna@corp.test", "must be a GUID"),
    ],
)
def test_a_name_that_nobody_can_have_is_told_beside_the_person(
    qtbot: QtBot, open_window: Open, by: str, person: str, says: str
) -> None:
    fake = FakeController(found=INSTALLED)
    window = open_window(fake)
    window.set_answers({"task": "test"})
    go(qtbot, window, "test")
    panel = window.page("test").test
    window.set_answers({"test.by": by, "test.value": person})
    panel.test()
    box = panel.field_boxes["test.value"]
    assert f"{by} {says}" in box.wrong.text
    assert box.value() == person
    assert not fake.named("test_reset")
    window.set_answers({"test.by": "userPrincipalName", "test.value": "anna@corp.test"})
    with qtbot.waitSignal(panel.tested):
        panel.test()
    assert not box.wrong.text
