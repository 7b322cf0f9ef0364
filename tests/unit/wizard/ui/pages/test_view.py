"""What the window saves is what `export` prints and `apply` takes."""

from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from agent.config.settings_file import load, validate
from tests.unit.wizard.answered import EXPRESS, SETTINGS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wizard.cli.commands.status import export
from wizard.ui.widgets.text_viewer import TextDialog

# what YAML could take for something else
_NAMES = ("OU=Vertrieb\\, Süd: #1,DC=corp,DC=test", "OU=No,DC=corp,DC=test")


def test_a_saved_plan_is_the_export_of_what_it_leads_to(
    qtbot: QtBot, open_window: Open, fake: FakeController, tmp_path: Path
) -> None:
    found = {path: value for path, value in EXPRESS.items() if path != "mode"}
    window = open_window(fake, **found)
    go(qtbot, window, "mode")
    window.set_answers({"mode": "custom"})
    go(qtbot, window, "relay", "directory", "account", "scope")
    window.set_answers({"scope.containers": _NAMES})
    go(qtbot, window, "identify", "pilot", "features", "self_service")
    go(qtbot, window, "permissions", "review")
    window.page("review").file.click()
    dialog = window.page("review").findChild(TextDialog)
    saved = tmp_path / "site.yaml"
    dialog.view.save(str(saved))
    dialog.close()

    settings = window.session.settings
    assert settings.scope.containers == _NAMES
    assert load(saved) == settings
    assert saved.read_text("utf-8") == f"{export(settings).text}\n"


def test_a_saved_configuration_is_the_export_of_what_is_in_force(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    plain = SETTINGS.model_dump(mode="json")
    settings = validate({**plain, "scope": {"containers": list(_NAMES)}})
    found = replace(INSTALLED, settings=settings)
    window = open_window(FakeController(found=found))
    window.set_answers({"task": "view"})
    go(qtbot, window, "view")
    saved = tmp_path / "settings.yaml"
    view = window.page("view").view
    qtbot.waitUntil(lambda: bool(view.text.toPlainText()))
    view.save(str(saved))

    assert load(saved) == settings
    assert saved.read_text("utf-8") == f"{export(settings).text}\n"
