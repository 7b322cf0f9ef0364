"""Arguments that hold secrets, as the channel between two processes takes them.

Only what is written to the channel is made here: never a D-Bus message, never a log.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from wire.secret import Secret
from wire.text import Text
from wizard.elevation.errors import BadCall


def holds_secret(hint: Any) -> bool:
    """Say whether a value of a type may hold a secret."""
    if hint is Secret:
        return True
    if is_dataclass(hint):
        return any(holds_secret(each) for each in get_type_hints(hint).values())
    return any(holds_secret(each) for each in get_args(hint))


def spell(value: Any) -> Any:
    """Give a value with its secrets in the clear, as JSON takes it."""
    if isinstance(value, Secret):
        return value.reveal()
    if is_dataclass(value):
        return {each.name: spell(getattr(value, each.name)) for each in fields(value)}
    return value


def read(hint: Any, data: Any) -> Any:
    """Make a value of what `spell` gave; else BadCall, which quotes nothing of it."""
    if get_origin(hint) in (Union, UnionType):
        if data is None and NoneType in get_args(hint):
            return None
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
    if hint is Secret and isinstance(data, str):
        return Secret(data)
    if is_dataclass(hint) and isinstance(data, dict):
        types, make = get_type_hints(hint), cast("Callable[..., Any]", hint)
        if set(data) == set(types):
            return make(**{name: read(types[name], data[name]) for name in types})
    if hint in (str, bool) and type(data) is hint:
        return data
    raise BadCall(Text("A secret argument is not of its type."))
