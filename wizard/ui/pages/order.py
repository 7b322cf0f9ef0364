"""Which class draws which page."""

from wizard.ui.form import Form
from wizard.ui.page import WizardPage
from wizard.ui.pages.account import AccountPage
from wizard.ui.pages.apply import ApplyPage
from wizard.ui.pages.complete import CompletePage
from wizard.ui.pages.directory import DirectoryPage
from wizard.ui.pages.enrolment import EnrolmentPage
from wizard.ui.pages.explain import ExplainPage
from wizard.ui.pages.health import HealthPage
from wizard.ui.pages.permissions import PermissionsPage
from wizard.ui.pages.reading import ReadingPage
from wizard.ui.pages.recovery import RecoveryPage
from wizard.ui.pages.remove import RemovedPage, RemovePage
from wizard.ui.pages.review import ReviewPage
from wizard.ui.pages.rotate import RotatePage
from wizard.ui.pages.scope import ScopePage
from wizard.ui.pages.self_test import TestResetPage
from wizard.ui.pages.view import ViewPage
from wizard.ui.pages.welcome import WelcomePage

_PAGES: dict[str, type[WizardPage]] = {
    "reading": ReadingPage,
    "welcome": WelcomePage,
    "recovery": RecoveryPage,
    "health": HealthPage,
    "scope": ScopePage,
    "view": ViewPage,
    "relay": EnrolmentPage,
    "rotate": RotatePage,
    "rekey": EnrolmentPage,
    "directory": DirectoryPage,
    "account": AccountPage,
    "permissions": PermissionsPage,
    "explain": ExplainPage,
    "test": TestResetPage,
    "remove": RemovePage,
    "review": ReviewPage,
    "apply": ApplyPage,
    "complete": CompletePage,
    "removed": RemovedPage,
}


def page_class(page_id: str) -> type[WizardPage]:
    """Give the class that draws a page."""
    return _PAGES.get(page_id, Form)
