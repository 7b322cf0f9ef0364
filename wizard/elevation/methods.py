"""What the service does for its callers: one row for each method, typed by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from wizard.controller.controller import Controller
from wizard.controller.permissions import Permissions
from wizard.elevation.secret_codec import holds_secret

Action = Literal["look", "change"]
Function = Callable[..., Any]

_STOP = "stop"


@dataclass(frozen=True)
class Row:
    """One method that callers may ask for.

    Attributes:
        function: of the controller, or of its permissions.
        action: what the caller must be authorised for.
        plans: the methods that say which changes an administrator may have accepted;
            the service asks them again, and makes what they say.

    """

    function: Function
    action: Action = "look"
    plans: tuple[Function, ...] = ()


_ROWS = (
    Row(Controller.installed),
    Row(Controller.lost),
    Row(Controller.recovery),
    Row(Controller.recover, "change"),
    Row(Controller.find_domain),
    Row(Controller.check_relay),
    Row(Controller.inspect_directory),
    Row(Controller.inspect_controllers),
    Row(Controller.containers),
    Row(Controller.check_scope),
    Row(Controller.check_group),
    Row(Controller.check_identifier),
    Row(Controller.plan),
    Row(Controller.apply, "change", (Controller.plan, Permissions.plan_grant)),
    Row(Controller.plan_removal),
    Row(Controller.remove, "change", (Controller.plan_removal,)),
    Row(Controller.verify),
    Row(Controller.hand_over),
    # it writes a password where one is given
    Row(Controller.test_reset, "change"),
    Row(Permissions.explain),
    Row(Permissions.coverage),
    Row(Permissions.about_account),
    Row(Permissions.plan_grant),
    Row(Permissions.plan_revoke),
    Row(Permissions.entries),
)


@dataclass(frozen=True)
class Method:
    """How one method crosses.

    Attributes:
        name: as a call gives it.
        action: what the caller must be authorised for.
        open: the types of the arguments that hold no secret.
        sealed: the types of those that do.
        reports: the types that are reported, by the argument that is told of them.
        stops: it looks at an event that stops it.
        result: the type of what it gives.
        plans: as in its row.

    """

    name: str
    action: Action
    open: Mapping[str, Any]
    sealed: Mapping[str, Any]
    reports: Mapping[str, TypeAdapter[Any]]
    stops: bool
    result: TypeAdapter[Any]
    plans: tuple[Function, ...]

    def of(self, controller: Controller) -> Function:
        """Give the function of a controller that does it."""
        owner, _, own = self.name.rpartition(".")
        found: Function = getattr(controller.permissions if owner else controller, own)
        return found


def name_of(function: Function) -> str:
    """Name a method as a call gives it: `plan`, `permissions.explain`."""
    owner, _, own = function.__qualname__.rpartition(".")
    return own if owner == Controller.__name__ else f"{owner.lower()}.{own}"


_BY_NAME = {name_of(row.function): row for row in _ROWS}
NAMES: Sequence[str] = tuple(_BY_NAME)


@cache
def method(name: str) -> Method:
    """Find a method by its name.

    Raises:
        KeyError: there is none.

    """
    row = _BY_NAME[name]
    hints = get_type_hints(row.function)
    result: Any = hints.pop("return")
    stops = hints.pop(_STOP, None) is not None
    reports = {each: hint for each, hint in hints.items() if get_origin(hint) in _TOLD}
    given = {each: hint for each, hint in hints.items() if each not in reports}
    return Method(
        name=name,
        action=row.action,
        open={each: hint for each, hint in given.items() if not holds_secret(hint)},
        sealed={each: hint for each, hint in given.items() if holds_secret(hint)},
        reports={each: adapter(*get_args(hint)[0]) for each, hint in reports.items()},
        stops=stops,
        result=adapter(result),
        plans=row.plans,
    )


_TOLD = (get_origin(Callable[[int], None]),)


@cache
def adapter(hint: Any) -> TypeAdapter[Any]:
    """Give what turns values of a type to JSON and back."""
    return TypeAdapter(hint)
