"""The controller of this machine, for an ordinary user: each method asks the service.

It keeps the promises of `wizard.controller.controller.Controller`, as far as the rows
of `wizard.elevation.methods` go; beside its errors each method may raise NotAllowed
and NotReached, and StepFailed where the machine changed since a plan was shown.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from wizard.controller.controller import Controller
from wizard.elevation.methods import PARTS, method_of

if TYPE_CHECKING:
    from wizard.elevation.answer import Client


class RemotePart:
    """One part of the controller: what has a row is asked of the service, no more."""

    def __init__(self, part: str, client: Client) -> None:
        self._part, self._client = part, client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            row = method_of(f"{self._part}.{name}")
        except KeyError:
            raise AttributeError(name) from None
        return lambda *values, **named: self._client.ask(
            row, row.bind(*values, **named)
        )


def remote_controller(client: Client | None = None) -> Controller:
    """Give this machine's controller; nothing is asked yet."""
    if client is None:
        from wizard.elevation.detect import service_client

        client = service_client()
    parts = {part: RemotePart(part, client) for part in PARTS}
    return cast("Controller", SimpleNamespace(**parts))
