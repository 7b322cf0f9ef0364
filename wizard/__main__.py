"""The desktop wizard: finds the machine and the offers, opens the window."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent.platform.detect import these_surroundings, this_platform
from agent.system.process import leave_no_core
from wire.failure import Failure
from wire.printable import printable_lines
from wire.text import EMPTY, Text
from wizard.flow.defaults import Offers, machine_offers
from wizard.flow.kept_answers import KeptAnswers, state_file
from wizard.host.detect import is_installed, refuse_uninstalled, this_machine
from wizard.translation import say, use_preferred

if TYPE_CHECKING:
    from wizard.controller.controller import Controller

USAGE = 2


def offers_of(environment: Mapping[str, str]) -> Offers:
    """Give what is offered: the rows of the file in WRITEBACK_OFFERS, then our name.

    OffersRefused where the file is not one that may be offered from.
    """
    file = environment.get("WRITEBACK_OFFERS")
    if not file:
        return machine_offers()
    from wizard.flow.offers_file import read_offers

    return read_offers(Path(file)).and_also(machine_offers())


def home_of(option: str | None, environment: Mapping[str, str]) -> Path | None:
    """Give the folder everything is below: --home, else WRITEBACK_HOME."""
    home = option or environment.get("WRITEBACK_HOME")
    return Path(home) if home else None


def no_screen(environment: Mapping[str, str]) -> Text:
    """Say why no window can open here; empty when one can."""
    if not these_surroundings().has_desktop():
        return Text(
            "This edition of Windows has no desktop: use the command writeback, which "
            "does the same without a screen: {plan}, then {apply}.",
            plan="writeback plan --settings site.yaml",
            apply="writeback apply --settings site.yaml",
        )
    if importlib.util.find_spec("PySide6") is None:
        return Text(
            "The desktop wizard needs PySide6, which is not installed: install "
            "ad-password-writeback[wizard], or use the command writeback, which does "
            "the same without a screen."
        )
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(environment.get(name) for name in named):
        return Text(
            "There is no display (DISPLAY is not set): use the command writeback, "
            "which does the same without a screen."
        )
    return EMPTY


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the wizard; 0 when its window was closed, 2 when it could not open."""
    leave_no_core()
    use_preferred()
    parser = argparse.ArgumentParser(prog="writeback-wizard", description=__doc__)
    parser.add_argument("--home", help="try it below a folder (or WRITEBACK_HOME)")
    home = home_of(parser.parse_args(arguments).home, os.environ)
    missing = no_screen(os.environ)
    if missing:
        return _refused(missing)
    try:
        if home is None:
            refuse_uninstalled()
        offers = offers_of(os.environ)
    except Failure as error:
        return _refused(error.whole)
    # a trial below a folder is not what somebody left
    kept = KeptAnswers(state_file(os.environ)) if home is None else None
    return _show(partial(controller_for, home), offers, kept)


def _refused(why: Text) -> int:
    words = printable_lines(say(why))
    if not this_platform().desktop.tell("Writeback", words):
        print(words, file=sys.stderr)
    return USAGE


def controller_for(home: Path | None) -> Controller:
    """Give the controller: below a folder, of this server, or by its root service.

    NoHost where nothing was named, and the agent's package is not on this machine.
    """
    from wizard.controller.controller import Controller
    from wizard.elevation.remote_controller import remote_controller
    from wizard.host.sandbox.host import SandboxHost
    from wizard.plan.change import allow_all

    if home is not None:
        return Controller(SandboxHost(home), allow_all)
    if this_platform().machine.is_administrator or not is_installed():
        return Controller(this_machine(), allow_all)
    return remote_controller()


def _show(
    make: Callable[[], Controller], offers: Offers, kept: KeptAnswers | None
) -> int:
    """Open the window on a controller that is made once it is asked."""
    try:
        from wizard.ui.application import application
    except ImportError as error:
        # by Debian's names, as the package recommends them
        text = Text(
            "Qt can't be loaded ({reason}). Install libgl1, libegl1, libxkbcommon0, "
            "libfontconfig1 and libdbus-1-3, or use writeback.",
            reason=str(error),
        )
        return _refused(text)

    from wizard.ui.jobs import garbage
    from wizard.ui.jobs.deferred_controller import deferred_controller
    from wizard.ui.window import WizardWindow

    app = application()
    window = WizardWindow(deferred_controller(make), offers, kept)
    # hidden while its work ends, it is no "last window" that Qt would see close
    window.finished.connect(app.quit)
    window.pages.imported.connect(garbage.keep)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
