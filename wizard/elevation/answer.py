"""The caller's side of any transport: reports and answer, of the lines that come."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from wire.text import Text
from wizard.elevation import errors
from wizard.elevation.errors import NotReached
from wizard.elevation.methods import Method

_AGAIN = Text("Start the wizard again: what was cut off is found and offered.")


class Client(Protocol):
    """The set-up service, as its callers reach it."""

    def ask(self, method: Method, arguments: Mapping[str, Any]) -> Any:
        """Have the service do what a method does; its errors come as the same classes.

        Among the arguments are what takes its reports, and the stop. NotAllowed: the
        person may not. NotReached: the service can't be asked, or is gone.
        """
        ...

    def close(self) -> None:
        """Let go of it; a later call comes back."""
        ...


def hear(method: Method, arguments: Mapping[str, Any], lines: Iterator[bytes]) -> Any:
    """Pass reports on until the result comes, or raise the error that does."""
    for line in lines:
        match json.loads(line):
            case {"report": name, "value": value}:
                arguments[name](method.reports[name].validate_python(value))
            case {"result": value}:
                return method.result.validate_python(value)
            case {"error": error}:
                raise errors.read(error)
    raise NotReached(Text("The set-up service ended before it answered."), _AGAIN)
