"""The desktop wizard: finds the machine and the offers, opens the window."""

import argparse
import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.system.process import leave_no_core
from wire.failure import Failure
from wizard.controller.controller import Controller
from wizard.elevation.remote_controller import remote_controller
from wizard.flow.defaults import Offers, machine_offers
from wizard.flow.offers_file import read_offers
from wizard.host.detect import is_installed, this_machine
from wizard.host.sandbox.host import SandboxHost
from wizard.plan.change import allow_all

USAGE = 2


def offers_of(environment: Mapping[str, str]) -> Offers:
    """Give what is offered: the rows of the file in WRITEBACK_OFFERS, then our name.

    Raises:
        OffersRefused: the file is not one that may be offered from.

    """
    file = environment.get("WRITEBACK_OFFERS")
    offers = read_offers(Path(file)) if file else Offers()
    return offers.and_also(machine_offers())


def home_of(option: str | None, environment: Mapping[str, str]) -> Path | None:
    """Give the folder everything is below: --home, else WRITEBACK_HOME."""
    home = option or environment.get("WRITEBACK_HOME")
    return Path(home) if home else None


def no_screen(environment: Mapping[str, str]) -> str:
    """Say why no window can open here; empty when one can."""
    instead = "use the command writeback, which does the same without a screen."
    if importlib.util.find_spec("PySide6") is None:
        return (
            "The desktop wizard needs PySide6, which is not installed: install "
            f"ad-password-writeback[wizard], or {instead}"
        )
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(environment.get(name) for name in named):
        return f"There is no display (DISPLAY is not set): {instead}"
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the wizard; 0 when its window was closed, 2 when it could not open."""
    leave_no_core()
    parser = argparse.ArgumentParser(prog="writeback-wizard", description=__doc__)
    parser.add_argument("--home", help="try it below a folder (or WRITEBACK_HOME)")
    home = home_of(parser.parse_args(arguments).home, os.environ)
    missing = no_screen(os.environ)
    if missing:
        print(missing, file=sys.stderr)
        return USAGE
    try:
        controller, offers = controller_for(home), offers_of(os.environ)
    except Failure as error:
        print(error, file=sys.stderr)
        return USAGE
    return _show(controller, offers)


def controller_for(home: Path | None) -> Controller:
    """Give the controller: below a folder, of this server, or by its root service.

    Raises:
        NoHost: nothing was named, and the agent's package is not on this machine.

    """
    if home is not None:
        return Controller(SandboxHost(home), allow_all)
    if os.geteuid() == 0 or not is_installed():
        return Controller(this_machine(), allow_all)
    return remote_controller()


def _show(controller: Controller, offers: Offers) -> int:
    try:
        from wizard.ui.application import application
    except ImportError as error:
        remedy = f"Install {_QT_NEEDS}, or use writeback."
        print(f"Qt can't be loaded ({error}). {remedy}", file=sys.stderr)
        return USAGE

    from wizard.ui.window import WizardWindow

    app = application()
    window = WizardWindow(controller, offers)
    # hidden while its work ends, it is no "last window" that Qt would see close
    window.finished.connect(app.quit)
    window.show()
    return app.exec()


# Debian's names of what the package recommends
_QT_NEEDS = "libgl1, libegl1, libxkbcommon0, libfontconfig1 and libdbus-1-3"


if __name__ == "__main__":
    sys.exit(main())
