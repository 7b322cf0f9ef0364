"""What the service does for its callers: one row for each method, typed by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import Signature, signature
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from wizard.controller.changes import Changes
from wizard.controller.checks import Checks
from wizard.controller.controller import Controller
from wizard.controller.health import HealthReadings
from wizard.controller.installation import Installation
from wizard.controller.permissions import Permissions
from wizard.controller.portal_sign_in import PortalSignIn
from wizard.controller.recovery import RunRecovery
from wizard.elevation.secret_codec import holds_secret

# who watches looks again and again: nobody is asked for a password meanwhile
Action = Literal["look", "watch", "change"]
Function = Callable[..., Any]

_STOP = "stop"


@dataclass(frozen=True)
class Row:
    """One method that a window asks for; what has no row is not served.

    The caller must be authorised for `action`. `plans` make the plans an administrator
    may have accepted; the service asks them again, and applies what they say.
    """

    function: Function
    action: Action = "look"
    plans: tuple[Function, ...] = ()


_ROWS = (
    Row(Installation.installed),
    Row(Installation.verify),
    Row(Installation.portal_details),
    # it writes a password where one is given
    Row(Installation.test_reset, "change"),
    Row(Installation.close_breaker, "change"),
    Row(Checks.find_domain),
    Row(Checks.run),
    Row(Checks.containers),
    Row(Checks.find_containers),
    Row(Checks.missing_containers),
    Row(Checks.people_below),
    Row(Changes.plan),
    Row(Changes.plan_removal),
    Row(
        Changes.apply,
        "change",
        (Changes.plan, Changes.plan_removal, Permissions.plan_grant),
    ),
    Row(RunRecovery.find),
    Row(RunRecovery.recover, "change"),
    Row(Permissions.find_people),
    Row(Permissions.explain),
    Row(Permissions.coverage),
    Row(Permissions.foresee),
    Row(Permissions.foresee_below),
    Row(Permissions.foresee_self_service),
    Row(Permissions.about_account),
    Row(Permissions.plan_grant),
    Row(Permissions.entries),
    Row(HealthReadings.read, "watch"),
    Row(HealthReadings.answers_about),
    Row(HealthReadings.count_people, "watch"),
    Row(HealthReadings.certificates, "watch"),
    Row(PortalSignIn.run),
)


@dataclass(frozen=True)
class Method:
    """How one method crosses: the types of its arguments, its reports and its result.

    `open` are the arguments that hold no secret, `sealed` those that do; `reports` by
    the argument that takes them. `stops`: it looks at an event that stops it.
    """

    name: str
    signature: Signature
    action: Action
    open: Mapping[str, Any]
    sealed: Mapping[str, Any]
    reports: Mapping[str, TypeAdapter[Any]]
    stops: bool
    result: TypeAdapter[Any]
    plans: tuple[Function, ...]

    def of(self, controller: Controller) -> Function:
        """Give the function of a controller that does it."""
        part, _, own = self.name.partition(".")
        function: Function = getattr(getattr(controller, part), own)
        return function

    def bind(self, *values: Any, **named: Any) -> dict[str, Any]:
        """Give the arguments of a call by name; TypeError where it takes others."""
        return self.signature.bind(*values, **named).arguments


# the parts of the controller, by name
PARTS: Mapping[str, type] = get_type_hints(Controller)
_PART_OF = {part.__name__: name for name, part in PARTS.items()}


def name_of(function: Function) -> str:
    """Name a method as a call gives it: `changes.plan`, `permissions.explain`."""
    owner, _, own = function.__qualname__.rpartition(".")
    return f"{_PART_OF[owner]}.{own}"


_BY_NAME = {name_of(row.function): row for row in _ROWS}
NAMES: tuple[str, ...] = tuple(_BY_NAME)


@cache
def method_of(name: str) -> Method:
    """Find a method by its name, or raise KeyError."""
    row = _BY_NAME[name]
    own = signature(row.function)
    hints = get_type_hints(row.function)
    result: Any = hints.pop("return")
    stops = hints.pop(_STOP, None) is not None
    reports = {
        each: hint for each, hint in hints.items() if get_origin(hint) in _REPORTS
    }
    parameters = {each: hint for each, hint in hints.items() if each not in reports}
    return Method(
        name=name,
        signature=own.replace(parameters=tuple(own.parameters.values())[1:]),
        action=row.action,
        open={
            each: hint for each, hint in parameters.items() if not holds_secret(hint)
        },
        sealed={each: hint for each, hint in parameters.items() if holds_secret(hint)},
        reports={each: adapter(*get_args(hint)[0]) for each, hint in reports.items()},
        stops=stops,
        result=adapter(result),
        plans=row.plans,
    )


_REPORTS = (get_origin(Callable[[int], None]),)


@cache
def adapter(hint: Any) -> TypeAdapter[Any]:
    """Give what turns values of a type to JSON and back."""
    return TypeAdapter(hint)
