"""One call, from who asks to what it came to: the boundary, where all is told."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from wizard.controller.controller import Controller
from wizard.elevation import codec
from wizard.elevation.dbus import polkit
from wizard.elevation.dbus.channel import Channel
from wizard.elevation.errors import NotAllowed
from wizard.elevation.methods import Action, Method, method, name_of
from wizard.elevation.quota import Quota
from wizard.plan.change import MayChange, Plan, StepFailed, allow_all

Doors = Callable[[str, MayChange], Controller]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class CallRequest:
    """One message.

    Attributes:
        sender: the caller's unique name on the bus.
        user: the number of the caller's account, as the bus knows it.
        action: what it asks to be let in for.
        text: the call as it came.

    """

    sender: str
    user: int
    action: Action
    text: str


def answer(asked: CallRequest, channel: Channel, doors: Doors, places: Quota) -> None:
    """Answer one call and close its channel.

    Args:
        asked: the call; nothing of it is read before its sender is let in.
        channel: to the caller.
        doors: gives the controller that works for a person, as far as they may.
        places: the call waits in one of its user's; it is left here.

    """
    try:
        try:
            person = polkit.let_in(asked.sender, asked.action)
        finally:
            places.wait_no_more(asked.user)
        with places.at_work():
            told = _answered(asked, person, channel, doors)
    except Exception as error:  # noqa: BLE001 - the boundary
        told = codec.spell_error(error)
        # the kind alone, as a text could quote
        _LOG.warning("%s: %s", asked.action, type(error).__name__)
    channel.say(told)
    channel.close()


def _answered(asked: CallRequest, person: str, channel: Channel, doors: Doors) -> bytes:
    call = codec.read_call(asked.text, asked.action)
    _LOG.info("%s asks: %s", person, call.method.name)
    arguments = call.read(channel.first_line())
    door = doors(person, _may_change(asked))
    done = _do(call.method, door, arguments, channel)
    return codec.spell_result(call.method, done)


def _may_change(asked: CallRequest) -> MayChange:
    """Give what says whether the caller may change the machine, asking polkit once."""

    @cache
    def let_in() -> bool:
        try:
            polkit.let_in(asked.sender, "change")
        except NotAllowed:
            return False
        return True

    return allow_all if asked.action == "change" else let_in


def _do(
    asked: Method, controller: Controller, given: dict[str, Any], channel: Channel
) -> Any:
    if asked.plans:
        given = {**given, "plan": _planned_again(asked, controller, given)}
    for name in asked.reports:
        given[name] = partial(_report, asked, name, channel)
    if asked.stops:
        given["stop"] = channel.stop
    return asked.of(controller)(**given)


def _report(asked: Method, name: str, channel: Channel, value: object) -> None:
    channel.say(codec.spell_report(asked, name, value))


def _planned_again(
    asked: Method, controller: Controller, given: dict[str, Any]
) -> Plan:
    """Plan again: what is made is what this machine says, not what a caller wrote."""
    accepted: Plan = given["plan"]
    known = {**given, "settings": accepted.settings}
    refusals: list[StepFailed] = []
    planners = [method(name_of(function)) for function in asked.plans]
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
    raise StepFailed(
        "The machine changed since the plan was shown.",
        "Look at the new plan, and accept that.",
    )
