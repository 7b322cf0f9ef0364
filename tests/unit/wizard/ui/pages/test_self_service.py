"""Self-service reset: off hides the rest; whom it means is counted as one looks on."""

from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from agent.config.self_service import Roles, SelfService
from agent.ldap.errors import SignInRefused
from tests.fixtures.gallery.self_service import FILLED
from tests.unit.wizard.answered import EXPRESS, SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED, SELF_SERVICE_GROUP
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wire.self_service.proof_kind import ProofKind
from wire.text import Text
from wizard.checks.outcome import Outcome
from wizard.flow.route import route
from wizard.results import Check
from wizard.ui.window import WizardWindow

WHO, GROUPS = "self_service.who", "self_service.groups"
TWO = "self_service.two_proof_groups"
PROOFS, KINDS = "self_service.proofs", "self_service.kinds"
STAFF = "CN=Office staff,OU=Groups,DC=corp,DC=test"
REFUSED = SignInRefused("dc1", Text("refused"), Text("type it again"), 49, "data 52e")
TWICE = Outcome(
    tuple(
        Check(
            "named",
            "Groups",
            "failed",
            f"Nobody is named {name}.",
            "Check the name.",
            field=GROUPS,
        )
        for name in ("Ofice", "Staf")
    )
)


def at_page(
    qtbot: QtBot, open_window: Open, fake: FakeController, **answers: Any
) -> WizardWindow:
    """Open a window at the page, as Customize comes to it."""
    window = open_window(fake)
    scope = {"scope.containers": ("OU=People,DC=corp,DC=test",)}
    window.session.put({**EXPRESS, **scope, "mode": "custom", **answers})
    ids = [page.id for page in route(window.session.answers)]
    window.pages.go_to(*ids[1 : ids.index("self_service") + 1])
    assert qtbot
    return window


def page_of(window: WizardWindow) -> Any:
    return window.page("self_service")


def asked(page: Any) -> list[str]:
    return [path for path, box in page.field_boxes.items() if not box.isHidden()]


def counted(qtbot: QtBot, page: Any) -> list[str]:
    """Wait for the count; give what it says, line by line."""
    qtbot.waitUntil(lambda: page.panel.figures is not None)
    grid = page.panel.counts.layout()
    texts = [grid.itemAt(at).widget().text() for at in range(grid.count())]
    lines = [" ".join(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]
    return [page.panel.sum_up.text(), *lines]


def test_nobody_hides_the_rest_and_asks_nothing_of_the_directory(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake)
    page = page_of(window)
    assert asked(page) == [WHO]
    assert not page.panel.isVisible()
    assert not page.more.isVisible()
    assert not page.check_panel.isVisible()
    go(qtbot, window, "permissions")
    assert not [c for c in fake.permissions.calls if c[0] == "foresee_self_service"]
    assert window.session.settings.self_service == SelfService()


def test_the_usual_questions_are_seven_and_the_rest_is_folded(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = page_of(at_page(qtbot, open_window, fake, **{WHO: "groups"}))
    questions = len(page.page.fields)
    qtbot.waitUntil(lambda: len(page.field_boxes) == questions)
    seen = [p for p in asked(page) if page.field_boxes[p].isVisible()]
    assert seen == [
        *(WHO, GROUPS, PROOFS, KINDS),
        *("self_service.help.text", "self_service.help.phone"),
        "self_service.help.url",
    ]
    assert not page.more.opened


def test_what_is_chosen_is_what_the_settings_hold(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake)
    window.set_answers(FILLED)
    window.set_answers(
        {
            "self_service.exceptions": ("CN=Board,OU=Groups,DC=corp,DC=test",),
            "self_service.operations.change": False,
            "self_service.registration.confirm_days": 90,
            "self_service.registration.allowed_from": "networks",
            "self_service.roles.help_desk": ("CN=Desk,OU=Groups,DC=corp,DC=test",),
            "self_service.banned_words": ("contoso",),
        }
    )
    window.set_answers({"self_service.registration.networks": ("192.0.2.0/24",)})
    made = window.session.settings.self_service
    assert (made.who, made.groups) == ("groups", (STAFF,))
    assert made.kinds == SelfService().kinds
    assert made.help.phone == "+41 44 555 55 55"
    assert not made.operations.change
    assert made.registration.confirm_days == 90
    assert made.registration.networks == ("192.0.2.0/24",)
    assert made.roles == Roles(help_desk=("CN=Desk,OU=Groups,DC=corp,DC=test",))
    assert made.banned_words == ("contoso",)


def test_who_is_meant_is_counted(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake)
    window.set_answers(FILLED)
    assert counted(qtbot, page_of(window)) == [
        "223 of 1\u202f250 people in the scope may reset their own password",
        "214 can reset it",
        "6 never can: protected by AdminSDHolder",
        "3 can't: Account disabled",
        "12 of them always need two methods",
    ]


def test_what_changes_nothing_of_who_is_meant_is_not_counted_again(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake)
    window.set_answers(FILLED)
    page = page_of(window)
    counted(qtbot, page)
    window.set_answers({PROOFS: 1, "self_service.help.text": "Ask"})
    assert not page.panel.busy
    window.set_answers({WHO: "all"})
    assert counted(qtbot, page)[0].startswith("1\u202f250 of 1\u202f250 people")
    calls = [c for c in fake.permissions.calls if c[0] == "foresee_self_service"]
    assert len(calls) == 2


def test_two_asked_for_and_one_on_is_refused_as_it_is_answered(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake, **{WHO: "all"})
    window.set_answers({KINDS: ("email",)})
    page = page_of(window)
    wrong = page.field_boxes[PROOFS].wrong
    assert wrong.isVisible()
    assert wrong.text == (
        "Two are asked for, and only one that counts is ticked. Tick another, or ask "
        "for one."
    )
    window.press_next()
    assert window.page_id() == "self_service"
    assert window.focusWidget() is page.field_boxes[PROOFS].editor.focus_widget()
    page.field_boxes[KINDS].editor.boxes["totp"].click()
    assert not wrong.isVisible()
    go(qtbot, window, "permissions")


def test_a_passkey_alone_is_two(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake, **{WHO: "all"})
    window.set_answers({KINDS: ("passkey",)})
    page = page_of(window)
    assert not page.field_boxes[PROOFS].wrong.isVisible()
    window.set_answers({"self_service.passkey_alone": False})
    assert page.field_boxes[PROOFS].wrong.isVisible()


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({KINDS: ("questions", "totp"), PROOFS: 1}, (PROOFS, "never enough alone")),
        ({KINDS: ("questions", "email")}, (KINDS, "never enough together")),
        ({KINDS: ("sms", "totp"), TWO: (STAFF,)}, (TWO, "They need two methods")),
    ],
)
def test_methods_that_are_never_enough_are_refused_in_the_words_of_the_page(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    answers: dict[str, Any],
    refusal: tuple[str, str],
) -> None:
    window = at_page(qtbot, open_window, fake, **{WHO: "all"})
    window.set_answers(answers)
    path, words = refusal
    assert words in page_of(window).field_boxes[path].wrong.text


def test_a_text_message_alone_is_warned_of_and_one_can_go_on(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake, **{WHO: "all"})
    page = page_of(window)
    assert not page.warned.isVisible()
    window.set_answers({PROOFS: 1})
    assert page.warned.isVisible()
    window.press_next()
    qtbot.waitUntil(lambda: page.next_text == "Go o&n")
    go(qtbot, window, "permissions")


def test_each_name_that_is_not_found_is_said_beside_the_field(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.named_people = TWICE
    window = at_page(qtbot, open_window, fake, **{WHO: "groups"})
    window.set_answers({GROUPS: ("Ofice", "Staf")})
    page = page_of(window)
    window.press_next()
    qtbot.waitUntil(page.field_boxes[GROUPS].wrong.isVisible)
    assert page.field_boxes[GROUPS].wrong.text == (
        "Nobody is named Ofice. Check the name. Nobody is named Staf. Check the name."
    )
    assert window.page_id() == "self_service"
    qtbot.waitUntil(lambda: bool(page.panel.waits.text()))
    assert "Nobody is named Ofice" in page.panel.waits.text()
    fake.named_people = SELF_SERVICE_GROUP
    page.check_now()
    assert counted(qtbot, page)


def test_a_name_becomes_what_it_was_found_to_be_and_is_not_counted_again(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake, **{WHO: "groups"})
    window.set_answers({GROUPS: ("Office staff",)})
    page = page_of(window)
    counted(qtbot, page)
    go(qtbot, window, "permissions")
    assert window.session.settings.self_service.groups == (STAFF,)
    window.back()
    page = page_of(window)
    counted(qtbot, page)
    window.set_answers({PROOFS: 1})
    assert not page.panel.busy


def test_no_group_named_is_refused(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    window = at_page(qtbot, open_window, fake, **{WHO: "groups"})
    page = page_of(window)
    window.press_next()
    assert page.field_boxes[GROUPS].wrong.text == "This is needed."
    assert not page.panel.isVisible()


def test_a_refused_sign_in_is_not_tried_again_by_itself(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.error = REFUSED
    window = at_page(qtbot, open_window, fake, **{WHO: "all"})
    page = page_of(window)
    qtbot.waitUntil(lambda: page.panel.reason.text() != "")
    window.set_answers({"self_service.exceptions": (STAFF,)})
    assert not page.panel.busy
    assert "refused" in page.panel.reason.text()
    fake.permissions.error = None
    page.panel.again.click()
    assert counted(qtbot, page)


def test_the_count_can_be_stopped_and_is_said_to_be_of_the_first(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    fake.permissions.hold = True
    window = at_page(qtbot, open_window, fake, **{WHO: "all"})
    page = page_of(window)
    qtbot.waitUntil(lambda: bool(fake.permissions.held))
    page.panel.progress.stop.click()
    fake.permissions.go.set()
    assert "of the first" in counted(qtbot, page)[0]
    assert page.panel.again.isVisible()


def test_as_a_task_of_its_own_it_leads_to_the_plan(
    qtbot: QtBot, open_window: Open
) -> None:
    inside = SelfService(
        who="all", kinds=(ProofKind.EMAIL, ProofKind.PASSKEY, ProofKind.TOTP)
    )
    settings = SETTINGS.model_copy(update={"self_service": inside})
    fake = FakeController(found=replace(INSTALLED, settings=settings))
    window = open_window(fake)
    window.set_answers({"task": "self_service"})
    go(qtbot, window, "self_service")
    counted(qtbot, page_of(window))
    window.set_answers({"self_service.help.phone": "5555"})
    go(qtbot, window, "review")
    made = window.session.settings
    phone = inside.help.model_copy(update={"phone": "5555"})
    assert made.self_service == inside.model_copy(update={"help": phone})


def test_another_installation_is_left_as_it_is(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(FakeController(found=INSTALLED))
    window.set_answers({"task": "self_service"})
    go(qtbot, window, "self_service")
    go(qtbot, window, "review")
    assert window.session.settings == SETTINGS
