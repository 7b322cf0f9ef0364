"""What crosses between an ordinary user's wizard and the service that is root.

A D-Bus message carries the call, JSON without secrets, and one end of a socket pair:
the channel. The caller writes one JSON line there, the arguments that hold secrets;
the service writes lines back: any number of reports, then the result or the error.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, ValidationError

from agent.config import settings_file
from agent.config.errors import SettingsError, explain
from agent.config.settings import Settings
from wire import bounded_json
from wire.text import Text
from wizard.elevation import errors, secret_codec
from wizard.elevation.errors import BadCall
from wizard.elevation.methods import Action, Method, adapter, method_of
from wizard.plan.change import Plan

NAME = "org.writeback.Setup1"
PATH = "/org/writeback/Setup1"
MEMBERS: Mapping[str, Action] = {
    "Look": "look",
    "Watch": "watch",
    "Change": "change",
}
SIGNATURE = "sh"
# the error of a service that ends just now: the bus starts another
LEAVING = f"{NAME}.Leaving"
LONGEST = 1_000_000  # characters of a call, and bytes of its sealed line

_SOURCE = "The call's settings"


@dataclass(frozen=True)
class Call:
    """One call as it came: the method, and its arguments still to be read."""

    method: Method
    arguments: Mapping[str, Any]

    def read(self, line: bytes) -> dict[str, Any]:
        """Make the arguments of the call and its sealed line, or tell what is wrong.

        BadCall, SettingsError: they are not what the method takes.
        """
        secrets = _object(line, set(self.method.sealed))
        hidden = {
            name: secret_codec.read(hint, secrets[name])
            for name, hint in self.method.sealed.items()
        }
        opened = {
            name: _read(name, hint, self.arguments[name])
            for name, hint in self.method.open.items()
        }
        return opened | hidden


def spell_call(method: Method, arguments: Mapping[str, Any]) -> str:
    """Give a call as the message carries it: without secrets."""
    plain = {
        name: adapter(hint).dump_python(arguments[name], mode="json", warnings="error")
        for name, hint in method.open.items()
    }
    return json.dumps({"method": method.name, "arguments": plain})


def spell_sealed(method: Method, arguments: Mapping[str, Any]) -> bytes:
    """Give the line with the arguments that hold secrets, for the channel alone."""
    return _line({name: secret_codec.spell(arguments[name]) for name in method.sealed})


def read_call(text: str, action: Action) -> Call:
    """Read a call as the message carried it; BadCall where the action has none."""
    data = _object(text.encode(), {"method", "arguments"})
    name, arguments = data["method"], data["arguments"]
    try:
        method = method_of(name)
    except (KeyError, TypeError):
        raise BadCall(Text("There is no such method.")) from None
    if method.action != action:
        what = Text(
            "{method} is for {its}, not for {action}.",
            method=method.name,
            its=method.action,
            action=action,
        )
        raise BadCall(what)
    if not isinstance(arguments, dict) or set(arguments) != set(method.open):
        raise BadCall(Text("{method} takes other arguments.", method=method.name))
    return Call(method, arguments)


def spell_report(method: Method, name: str, value: object) -> bytes:
    """Give a line that reports."""
    data = method.reports[name].dump_python(value, mode="json", warnings="error")
    return _line({"report": name, "value": data})


def spell_result(method: Method, value: object) -> bytes:
    """Give the line that ends a call well."""
    data = method.result.dump_python(value, mode="json", warnings="error")
    return _line({"result": data})


def spell_error(error: Exception) -> bytes:
    """Give the line that ends a call with an error."""
    return _line({"error": errors.spell(error)})


def same(one: Plan, other: Plan) -> bool:
    """Say whether two plans are the same, as they cross."""
    plans = adapter(Plan)
    return plans.dump_json(one) == plans.dump_json(other)


def _line(data: object) -> bytes:
    return json.dumps(data).encode() + b"\n"


def _object(text: bytes, keys: set[str]) -> dict[str, Any]:
    """Read a JSON object of exactly these keys; what it holds is never quoted."""
    try:
        data = bounded_json.loads(text)
    except ValueError:
        raise BadCall(Text("The call is no JSON.")) from None
    if not isinstance(data, dict) or set(data) != keys:
        raise BadCall(Text("The call has other parts."))
    return data


def _read(name: str, hint: Any, data: Any) -> Any:
    """Read an argument; of settings, alone or in a value, it is told what is wrong."""
    if is_dataclass(hint) and isinstance(data, dict):
        parts = {each: _model_of(part) for each, part in get_type_hints(hint).items()}
        data = data | {
            each: _read(name, model, data[each])
            for each, model in parts.items()
            if model is not None and data.get(each) is not None
        }
    if hint is Settings:
        return settings_file.validate(data, _SOURCE)
    try:
        return adapter(hint).validate_python(data)
    except ValidationError as error:
        model = _model_of(hint)
        if model is not None:
            raise SettingsError(_SOURCE, explain(error, model)) from None
        raise BadCall(Text("{argument} is not of its type.", argument=name)) from None


def _model_of(hint: Any) -> type[BaseModel] | None:
    """Give the settings that a type is, or may be."""
    for kind in (hint, *get_args(hint)):  # such as Relay | None
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None
