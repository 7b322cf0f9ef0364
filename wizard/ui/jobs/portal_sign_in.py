"""Asking a portal for an enrolment code, off the GUI thread."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.config.settings import Relay
from wizard.controller.controller import Controller
from wizard.inputs import Inputs
from wizard.results import SignedIn


@dataclass(frozen=True)
class PortalSignInJob:
    """Asks and waits; reports what people do now (`PortalAsked`)."""

    controller: Controller
    agent: str
    inputs: Inputs

    def of(self, portal: Relay) -> Callable[..., SignedIn | None]:
        """Give the job that asks one portal, by the way to it."""

        def run(
            report: Callable[[Any], None], stop: threading.Event
        ) -> SignedIn | None:
            return self.controller.sign_in.run(
                portal, self.agent, self.inputs, stop, report
            )

        return run
