"""The wizard on a fake controller, with the answers of Express offered."""

import sys
from typing import cast

from tests.unit.wizard.answered import EXPRESS
from tests.unit.wizard.ui.fake_controller import FakeController
from wizard.controller.controller import Controller
from wizard.flow.defaults import Offer, Offers
from wizard.ui.application import application
from wizard.ui.window import WizardWindow

# what a person has to give; the rest is found
ASKED = ("mode", "agent", "input.enrolment_code", "input.admin_password")


def main() -> int:
    app = application()
    found = {path: value for path, value in EXPRESS.items() if path not in ASKED}
    offers = Offers(tuple(Offer(path, each, "DNS") for path, each in found.items()))
    window = WizardWindow(cast("Controller", FakeController()), offers)
    window.finished.connect(app.quit)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
