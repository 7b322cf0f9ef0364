"""The pages that do something; a page that only asks is a Form."""

from wizard.ui.form import Form
from wizard.ui.page import WizardPage
from wizard.ui.pages.applying import ApplyPage
from wizard.ui.pages.complete import CompletePage
from wizard.ui.pages.directory import DirectoryPage
from wizard.ui.pages.explain import ExplainPage
from wizard.ui.pages.permissions import PermissionsPage
from wizard.ui.pages.recovery import RecoveryPage
from wizard.ui.pages.removing import RemovedPage, RemovePage
from wizard.ui.pages.review import ReviewPage
from wizard.ui.pages.scope import ScopePage
from wizard.ui.pages.tasks import TasksPage
from wizard.ui.pages.test_reset import TestResetPage
from wizard.ui.pages.view import ViewPage
from wizard.ui.pages.welcome import WelcomePage

_PAGES: dict[str, type[WizardPage]] = {
    "welcome": WelcomePage,
    "recovery": RecoveryPage,
    "tasks": TasksPage,
    "scope": ScopePage,
    "view": ViewPage,
    "directory": DirectoryPage,
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
