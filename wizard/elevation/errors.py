"""Errors that cross to the wizard: the same class, text and fields on its side.

Those that nobody foresaw cross by their kind alone: their text could quote anything.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from wire.failure import Failure
from wire.text import EMPTY, Text, verbatim
from wizard.elevation.detect import by_hand, to_look
from wizard.errors import place_of, unexpected

# where what crosses is declared; the names of their kinds are told apart by a test
_PACKAGES = ("agent", "wire", "wizard")
# of a request that an agent took, and of servers' own commands: no method of a
# controller raises them
_NEVER_RAISED = frozenset({"BadClaims", "ServerUnusable"})
# what every error says
_WORDS = ("what", "remedy")


class NotAllowed(Failure):
    """The caller is not let in; nothing was looked at or changed."""

    def __init__(self, why: Text) -> None:
        super().__init__(why, by_hand())


class NotReached(Failure):
    """The service could not be asked, or went away before it answered."""

    def __init__(self, why: Text, remedy: Text | None = None) -> None:
        super().__init__(why, by_hand() if remedy is None else remedy)


class BadCall(Failure):
    """A call that is none of the service's; nothing was done, none of it is quoted."""

    def __init__(self, what: Text) -> None:
        super().__init__(what, Text("Use the wizard and the agent of one version."))


class Unexpected(Failure):
    """Something nobody foresaw; its kind is told, its text is not."""

    def __init__(self, kind: str, place: str = "") -> None:
        super().__init__(unexpected(kind, place), to_look())


def crossing() -> Mapping[str, type[Failure]]:
    """Give the kinds that may cross, by name: each Failure of the wizard's packages."""
    ours = re.compile(rf"({'|'.join(_PACKAGES)})\.")
    kinds = (kind for kind in _kinds_of(Failure) if ours.match(kind.__module__))
    named = {kind.__name__: kind for kind in kinds}
    return {name: kind for name, kind in named.items() if name not in _NEVER_RAISED}


def _kinds_of(kind: type[Failure]) -> Iterator[type[Failure]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds_of(each)


def spell(error: Exception) -> dict[str, Any]:
    """Give an error as JSON takes it; an unknown one by its kind and place alone."""
    kind = type(error)
    name = kind.__name__
    if crossing().get(name) is not kind:
        return spell(Unexpected(name, place_of(error)))
    try:
        fields = {
            field: TypeAdapter[Any](type_).dump_python(
                vars(error)[field], mode="json", warnings="error"
            )
            for field, type_ in _types(kind).items()
            if field in vars(error)
        }
    except PydanticSerializationError:  # nobody foresaw that either
        return spell(Unexpected(name, place_of(error)))
    # a window of before, open over an upgrade, reads a string and no template here
    texts = {word: fields[word] for word in _WORDS}
    fields |= {word: str(vars(error)[word]) for word in _WORDS}
    return {"kind": name, "text": str(error), "fields": fields, "texts": texts}


def read(data: Mapping[str, Any]) -> Exception:
    """Make the error that `spell` gave; KeyError or ValueError where it is none.

    A field that its kind lacks is passed over.
    """
    kind, fields = crossing()[data["kind"]], data["fields"] | data.get("texts", {})
    error = kind.__new__(kind, str(data["text"]))  # no `__init__`: only typed fields
    # of a version without them
    error.what, error.remedy = verbatim(str(data["text"])), EMPTY
    for name, type_ in _types(kind).items():
        if name in fields:
            setattr(error, name, TypeAdapter[Any](type_).validate_python(fields[name]))
    return error


def _types(kind: type[Failure]) -> dict[str, Any]:
    """Give the types of an error's fields: as its classes declare or take them."""
    types: dict[str, Any] = get_type_hints(kind)
    for each in reversed(kind.__mro__):
        if issubclass(each, Failure) and "__init__" in vars(each):
            types |= get_type_hints(vars(each)["__init__"])
    types.pop("return", None)
    return types | dict.fromkeys(_WORDS, Text)
