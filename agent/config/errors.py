"""What is wrong with settings, in words: each problem with its dotted path."""

import difflib
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from agent.config.validators import FieldRule
from wire.failure import Failure
from wire.text import EMPTY, Text, filled, in_lines, verbatim

_LONGEST = 80
# where an address may stand, in all settings or in those of a relay alone
_ADDRESSES = frozenset({"relay", "url", "proxy"})
_LONG_TEXTS = frozenset({"ca_certificate"})
# by the type of pydantic's error
_RULES = {
    "bool_type": Text("must be true or false, without quotes"),
    "int_type": Text("must be a whole number, without quotes"),
    "enum": Text("must be {expected}"),
    "string_type": Text("must be text"),
    "string_unicode": Text("must be text, of whole characters"),
    "tuple_type": Text("must be a list: each item on its own line, after '- '"),
    "greater_than_equal": Text("must be {ge} or more"),
    "less_than_equal": Text("must be {le} or less"),
    "string_too_short": Text("must not be empty"),
    "too_long": Text("must have {max_length} entries or fewer"),
    "string_too_long": Text("must have {max_length} characters or fewer"),
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a settings file, at a dotted path.

    `value` is what it is, where that can be said; it begins with a blank. `field` is
    the path of the one setting that breaks a rule over several.
    """

    path: str
    rule: Text
    value: Text = EMPTY
    field: str = ""

    @property
    def message(self) -> Text:
        """The rule and the value that breaks it."""
        if not self.value:
            return self.rule
        return Text("{rule}{value}", rule=self.rule, value=self.value)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class SettingsError(Failure):
    """The settings can't be used; nothing was touched.

    `source` is the file, or where they came from; `remedy` more than to mend them.
    """

    def __init__(
        self, source: str, problems: tuple[Problem, ...], remedy: Text = EMPTY
    ) -> None:
        lines = in_lines(
            Text("  {path}: {rule}", path=each.path, rule=each.message)
            for each in problems
        )
        what = Text("{source} can't be used:\n{lines}", source=source, lines=lines)
        super().__init__(what, remedy)
        self.source = source
        self.problems = problems


def explain(
    error: ValidationError, model: type[BaseModel], below: tuple[str, ...] = ()
) -> tuple[Problem, ...]:
    """Translate pydantic's errors, in the order of the file.

    `below` is where in the model the part lies that was validated alone.
    """
    return tuple(
        _problem(dict(item), (*below, *item["loc"]), model) for item in error.errors()
    )


def _problem(
    item: dict[str, Any], location: tuple[int | str, ...], model: type[BaseModel]
) -> Problem:
    path = _dotted(location)
    if item["type"] == "extra_forbidden":
        return Problem(path, _unknown_key(location, model))
    if item["type"] == "missing":
        return Problem(path, Text("is missing"))
    rule, value = _rule(item, location, model), item.get("input")
    if location and location[-1] in _LONG_TEXTS:
        return Problem(path, rule)  # no line, and what was pasted may be a key
    if "@" in str(value) and _ADDRESSES.intersection(location or _ADDRESSES):
        return Problem(path, rule)  # an address that may hold a password
    cause = item.get("ctx", {}).get("error")
    field = f"{path}.{cause.field}" if isinstance(cause, FieldRule) else ""
    return Problem(path, rule, shown(value), field)


def _rule(
    item: dict[str, Any], location: tuple[int | str, ...], model: type[BaseModel]
) -> Text:
    """Say what a value must be, so that whoever edits the file can write it."""
    kind, details = str(item["type"]), item.get("ctx", {})
    if kind in ("model_type", "model_attributes_type"):
        keys = ", ".join(_keys_at(location, model))
        return Text("must hold, each on its own line: {keys}", keys=keys)
    if kind == "literal_error":
        expected = details["expected"].replace("'", "")
        if expected.isdigit():
            return Text("must be {value}, without quotes", value=expected)
        return Text("must be {value}", value=expected)
    if kind == "too_long" and isinstance(item.get("input"), str):
        kind = "string_too_long"  # its rule stands behind a check of our own
    if kind in _RULES:
        return filled(_RULES[kind], details)
    cause = details.get("error")
    if isinstance(cause, ValueError) and isinstance(cause.args[0], Text):
        return cause.args[0]
    message = str(item["msg"]).removeprefix("Value error, ")
    return verbatim(message[:1].lower() + message[1:])


def shown(value: Any) -> Text:
    """Say what a value is, where that can be said in a line; it begins with a blank."""
    if value is None:
        return Text(" (it is empty)")
    if not isinstance(value, str | int | float):
        return EMPTY
    words = str(value).lower() if isinstance(value, bool) else quoted(value)
    return Text(" (it is {value})", value=words)


def quoted(value: str | float) -> str:
    """Quote a value as one line of plain signs, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _dotted(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".") or "(file)"


def _unknown_key(location: tuple[int | str, ...], model: type[BaseModel]) -> Text:
    known = _keys_at(location[:-1], model)
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    if near:
        return Text("is not a setting; did you mean {name}?", name=near[0])
    return Text("is not a setting; known are: {names}", names=", ".join(known))


def _keys_at(location: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    for part in location:
        if isinstance(part, str):
            model = _model_of(model.model_fields[part].annotation)
    return list(model.model_fields)


def _model_of(annotation: Any) -> type[BaseModel]:
    """Give the model that a field holds, alone or in a tuple."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return _model_of(get_args(annotation)[0])
