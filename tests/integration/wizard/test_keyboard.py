"""One journey in a real window, with the keyboard alone."""

import subprocess
import sys
from pathlib import Path

from lab.controller import Lab
from lab.demo.offers import write_offers
from lab.sandbox import Sandbox, sandbox
from tests.fixtures.desktop.screen import Screen


def test_express_installs_by_keys_alone(fresh_lab: Lab, tmp_path: Path) -> None:
    with sandbox(fresh_lab, tmp_path / "stage") as whole, Screen.open() as screen:
        wizard = _start(whole, screen, tmp_path)
        try:
            _install(screen)
            screen.press_till("alt+c", lambda: wizard.poll() is not None, "closed")
            assert wizard.returncode == 0
        finally:
            wizard.kill()
            wizard.wait()
        found = whole.controller.installation.installed()
        assert found is not None
        assert found.settings.agent == "by-keys"
        assert found.status.ready
        upn = fresh_lab.people["anna"]["upn"]

        assert whole.tested(upn).code == "ok"


def _install(screen: Screen) -> None:
    screen.find_window("Writeback")
    # before that the server is read, and there is nothing to go on from
    screen.wait_for("Set up password writeback")
    screen.press_to("Return", "Express or customize")
    screen.press_to("Return", "Connect to the cloud")
    screen.press("Tab", "Tab", "ctrl+a")
    screen.type("by-keys")
    screen.press_until("alt+n", "Connect directories")
    screen.press_until("Return", "Ready to configure")
    screen.press_until("alt+i", "Complete")


def _start(whole: Sandbox, screen: Screen, folder: Path) -> subprocess.Popen[bytes]:
    offers = write_offers(folder / "offers.json", whole.lab, whole.relay)
    environment = screen.environment | {
        "WRITEBACK_OFFERS": str(offers),
        "WRITEBACK_HOME": str(whole.host.places.home),
    }
    return subprocess.Popen([sys.executable, "-m", "wizard"], env=environment)
