"""What Windows refuses, in words."""

from collections.abc import Callable
from typing import TypeVar

from wire.text import Text
from wizard.host.interface import ServiceFailed

_Answer = TypeVar("_Answer")


def asked(ask: Callable[[], _Answer]) -> _Answer:
    """Ask Windows something; ServiceFailed where it does not do it."""
    try:
        return ask()
    except OSError as error:
        why = str(error.strerror or error).rstrip(".")
        raise ServiceFailed(Text("Windows refused: {why}.", why=why)) from error
