"""The desktop wizard: finds the home and the offers, opens the window."""

import argparse
import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.settings import SettingsError
from wizard.offers import Offers, lab_offers, machine_offers

USAGE = 2


def offers_of(environment: Mapping[str, str]) -> Offers:
    """Give what is offered: the machine's name, and the lab's answers if there.

    Args:
        environment: WRITEBACK_LAB names the lab's description (lab.json);
            WRITEBACK_OFFERS a JSON file with the enrolment code.

    """
    lab, code = environment.get("WRITEBACK_LAB"), environment.get("WRITEBACK_OFFERS")
    if not lab:
        return machine_offers()
    found = lab_offers(Path(lab), Path(code) if code else None)
    return found.and_also(machine_offers())


def home_of(given: str | None, environment: Mapping[str, str]) -> Path | None:
    """Give the folder everything is below: --home, else WRITEBACK_HOME."""
    home = given or environment.get("WRITEBACK_HOME")
    return Path(home) if home else None


def no_screen(environment: Mapping[str, str]) -> str:
    """Say why no window can open here; empty when one can."""
    told = "use the command writeback, which does the same without a screen."
    if importlib.util.find_spec("PySide6") is None:
        return (
            "The desktop wizard needs PySide6, which is not installed: install "
            f"ad-password-writeback[wizard], or {told}"
        )
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(environment.get(name) for name in named):
        return f"There is no display (DISPLAY is not set): {told}"
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the wizard; 0 when its window was closed, 2 when it could not open."""
    parser = argparse.ArgumentParser(prog="writeback-wizard", description=__doc__)
    parser.add_argument("--home", help="folder to install below (or WRITEBACK_HOME)")
    home = home_of(parser.parse_args(arguments).home, os.environ)
    if home is None:
        print("Say where to install: --home FOLDER or WRITEBACK_HOME.", file=sys.stderr)
        return USAGE
    missing = no_screen(os.environ)
    if missing:
        print(missing, file=sys.stderr)
        return USAGE
    try:
        offers = offers_of(os.environ)
    except (OSError, ValueError, KeyError) as error:
        print(f"The lab's offers can't be read: {error}", file=sys.stderr)
        return USAGE
    return _show(home, offers)


def _show(home: Path, offers: Offers) -> int:
    from PySide6.QtWidgets import QMessageBox

    from wizard.controller import Controller
    from wizard.journal import JournalDamaged
    from wizard.trial import TrialHost
    from wizard.ui.application import application
    from wizard.ui.window import WizardWindow

    app = application()
    try:
        window = WizardWindow(Controller(TrialHost(home)), offers)
    except (SettingsError, JournalDamaged) as error:
        # what is installed can't be read: nothing may be changed over it
        print(error, file=sys.stderr)
        QMessageBox.critical(None, "Writeback", str(error))
        return USAGE
    # hidden while its work ends, it is no "last window" that Qt would see close
    window.finished.connect(app.quit)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
