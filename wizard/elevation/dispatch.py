"""One call, from its sender to its result: the boundary, where every error ends."""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Protocol

from wire.text import Text
from wizard.controller.controller import Controller
from wizard.elevation import codec
from wizard.elevation.errors import NotAllowed
from wizard.elevation.methods import Action, Method, method_of, name_of
from wizard.elevation.quota import Quota
from wizard.plan.change import MayChange, Plan, StepFailed, allow_all

ControllerFor = Callable[[str, MayChange], Controller]
LetIn = Callable[[str, Action], str]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class CallRequest:
    """One message: of a unique name on the bus, and the number of a user's account."""

    sender: str
    user: int
    action: Action
    text: str


class Channel(Protocol):
    """What carries one call's arguments here, and its reports and result back.

    `stop` is set when the caller asks to stop, or is gone.
    """

    stop: threading.Event

    def first_line(self) -> bytes: ...
    def say(self, line: bytes) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Dispatcher:
    """Answers calls, whatever carries them.

    `controller_for` gives a controller that does for a person what they may; `let_in`
    lets a sender in for an action and names the person, or raises NotAllowed.
    """

    controller_for: ControllerFor
    let_in: LetIn
    quota: Quota

    def answer(self, request: CallRequest, channel: Channel) -> None:
        """Answer one call and close its channel.

        It waits in a place of its user's, for polkit and for its own arguments; nothing
        is read before its sender is let in. Whoever does not read the answer holds a
        place of theirs for that long, and nobody else's.
        """
        with ExitStack() as work, ExitStack() as wait:
            wait.callback(self.quota.wait_no_more, request.user)
            try:
                person = self.let_in(request.sender, request.action)
                call = codec.read_call(request.text, request.action)
                sealed = channel.first_line()
                work.enter_context(self.quota.at_work(request.user))
                wait.close()
                # who watches asks every few seconds
                level = logging.DEBUG if request.action == "watch" else logging.INFO
                _LOG.log(level, "%s asks: %s", person, call.method.name)
                arguments = call.read(sealed)
                controller = self.controller_for(person, self._may_change(request))
                result = _do(call.method, controller, arguments, channel)
                line = codec.spell_result(call.method, result)
            except Exception as error:  # noqa: BLE001 - the boundary
                line = codec.spell_error(error)
                # the kind alone, as a text could quote
                _LOG.warning("%s: %s", request.action, type(error).__name__)
            channel.say(line)
        channel.close()

    def _may_change(self, request: CallRequest) -> MayChange:
        """Give what says whether the caller may change the machine, asking once.

        Who watches is asked for nothing, and so may not.
        """
        if request.action == "watch":
            return lambda: False

        @cache
        def let_in() -> bool:
            try:
                self.let_in(request.sender, "change")
            except NotAllowed:
                return False
            return True

        return allow_all if request.action == "change" else let_in


def _do(
    method: Method, controller: Controller, arguments: dict[str, Any], channel: Channel
) -> Any:
    if method.plans:
        arguments = {**arguments, "plan": _planned_again(method, controller, arguments)}
    for name in method.reports:
        arguments[name] = partial(_report, method, name, channel)
    if method.stops:
        arguments["stop"] = channel.stop
    return method.of(controller)(**arguments)


def _report(method: Method, name: str, channel: Channel, value: object) -> None:
    channel.say(codec.spell_report(method, name, value))


def _planned_again(
    method: Method, controller: Controller, arguments: dict[str, Any]
) -> Plan:
    """Plan again: what is made is what this machine says, not what a caller wrote."""
    accepted: Plan = arguments["plan"]
    known = {**arguments, "settings": accepted.settings}
    refusals: list[StepFailed] = []
    planners = [method_of(name_of(function)) for function in method.plans]
    # a removal is planned without settings, and nothing else is
    fitting = [p for p in planners if ("settings" in p.open) is not accepted.removes]
    for planner in fitting:
        wanted = {name: known[name] for name in (*planner.open, *planner.sealed)}
        try:
            planned: Plan = planner.of(controller)(**wanted)
        except StepFailed as error:
            refusals.append(error)
        else:
            if codec.same(planned, accepted):
                return planned
    if len(refusals) == len(fitting):
        raise refusals[0]
    remedy = Text("Look at the new plan, and accept that.")
    raise StepFailed(Text("The machine changed since the plan was shown."), remedy)
