"""Which class draws which page; each is imported when it is first asked for.

The window opens without them: `import_pages` has them imported off the GUI thread.
"""

import threading
from collections.abc import Callable, Iterable

from wizard.ui.page import WizardPage

PageClass = type[WizardPage]


def _reading() -> PageClass:
    from wizard.ui.pages.reading import ReadingPage

    return ReadingPage


def _recovery() -> PageClass:
    from wizard.ui.pages.recovery import RecoveryPage

    return RecoveryPage


def _welcome() -> PageClass:
    from wizard.ui.pages.welcome import WelcomePage

    return WelcomePage


def _health() -> PageClass:
    from wizard.ui.pages.health import HealthPage

    return HealthPage


def _relay() -> PageClass:
    from wizard.ui.pages.enrolment import EnrolmentPage

    return EnrolmentPage


def _directory() -> PageClass:
    from wizard.ui.pages.directory import DirectoryPage

    return DirectoryPage


def _account() -> PageClass:
    from wizard.ui.pages.account import AccountPage

    return AccountPage


def _scope() -> PageClass:
    from wizard.ui.pages.scope import ScopePage

    return ScopePage


def _self_service() -> PageClass:
    from wizard.ui.pages.self_service import SelfServicePage

    return SelfServicePage


def _permissions() -> PageClass:
    from wizard.ui.pages.permissions import PermissionsPage

    return PermissionsPage


def _explain() -> PageClass:
    from wizard.ui.pages.explain import ExplainPage

    return ExplainPage


def _view() -> PageClass:
    from wizard.ui.pages.view import ViewPage

    return ViewPage


def _test() -> PageClass:
    from wizard.ui.pages.self_test import TestResetPage

    return TestResetPage


def _rotate() -> PageClass:
    from wizard.ui.pages.rotate import RotatePage

    return RotatePage


def _remove() -> PageClass:
    from wizard.ui.pages.remove import RemovePage

    return RemovePage


def _review() -> PageClass:
    from wizard.ui.pages.review import ReviewPage

    return ReviewPage


def _apply() -> PageClass:
    from wizard.ui.pages.apply import ApplyPage

    return ApplyPage


def _complete() -> PageClass:
    from wizard.ui.pages.complete import CompletePage

    return CompletePage


def _removed() -> PageClass:
    from wizard.ui.pages.remove import RemovedPage

    return RemovedPage


def _form() -> PageClass:
    from wizard.ui.form import Form

    return Form


# in the order in which a journey may come to them
_PAGES: dict[str, Callable[[], PageClass]] = {
    "reading": _reading,
    "recovery": _recovery,
    "welcome": _welcome,
    "health": _health,
    "relay": _relay,
    "rekey": _relay,
    "rotate": _rotate,
    "directory": _directory,
    "account": _account,
    "scope": _scope,
    "self_service": _self_service,
    "permissions": _permissions,
    "explain": _explain,
    "view": _view,
    "test": _test,
    "remove": _remove,
    "review": _review,
    "apply": _apply,
    "complete": _complete,
    "removed": _removed,
}
# one of them is first, once it is known what is on the machine
FIRST = ("recovery", "welcome", "health")


def page_class(page_id: str) -> PageClass:
    """Give the class that draws a page."""
    return _PAGES.get(page_id, _form)()


def import_pages(
    page_ids: Iterable[str] = (), stop: threading.Event | None = None
) -> None:
    """Import the classes of pages, all of them where none is named; blocks.

    It ends early once `stop` is set.
    """
    for page_id in page_ids or ("", *_PAGES):
        if stop and stop.is_set():
            return
        page_class(page_id)
