"""Errors that cross to the wizard: the same class, text and fields on its side.

Those that nobody foresaw cross by their kind alone: their text could quote anything.
"""

from collections.abc import Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from agent.config.enrolment import EnrolmentError
from agent.config.errors import SettingsError
from agent.config.secret_store import SecretsUnavailable
from agent.ldap import errors
from agent.ldap.errors import DirectoryError
from wire.outcomes import Refused
from wizard.checks.attempt import Failed
from wizard.enrolment.relay_client import RelayFailed
from wizard.errors import Busy, RecoveryNeeded
from wizard.host.detect import NoHost
from wizard.host.interface import ServiceFailed
from wizard.plan.change import ApplyError, StepFailed
from wizard.plan.journal import JournalDamaged

BY_HAND = "Use sudo writeback on a terminal, which does the same."


class NotAllowed(Exception):  # noqa: N818 - says what is
    """The caller is not let in; nothing was looked at or changed.

    Args:
        why: in words.

    """

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} {BY_HAND}")
        self.why, self.remedy = why, BY_HAND


class NotReached(Exception):  # noqa: N818 - says what is
    """The service could not be asked, or went away before it answered.

    Args:
        why: in words.
        remedy: what to do next.

    """

    def __init__(self, why: str, remedy: str = BY_HAND) -> None:
        super().__init__(f"{why} {remedy}")
        self.why, self.remedy = why, remedy


class BadCall(Exception):  # noqa: N818 - says what came
    """A call that is none of the service's; nothing was looked at or changed.

    Args:
        what: what is wrong with it; nothing of what was given is quoted.

    """

    def __init__(self, what: str) -> None:
        remedy = "Use the wizard and the agent of one version."
        super().__init__(f"{what} {remedy}")
        self.what, self.remedy = what, remedy


class Unexpected(Exception):  # noqa: N818 - says what happened
    """Something nobody foresaw; its kind is told, its text is not."""

    def __init__(self, kind: str) -> None:
        self.remedy = "Look at the machine with sudo writeback status."
        super().__init__(f"An unexpected error of kind {kind}. {self.remedy}")


_DIRECTORY = (
    DirectoryError,
    errors.Unreachable,
    errors.Untrusted,
    errors.SignInRefused,
    errors.Denied,
    errors.NoSuchObject,
    errors.AlreadyThere,
    errors.ConstraintViolation,
    errors.TimedOut,
)
_OTHERS = (
    ApplyError,
    BadCall,
    Busy,
    EnrolmentError,
    Failed,
    JournalDamaged,
    NoHost,
    NotAllowed,
    NotReached,
    RecoveryNeeded,
    Refused,
    RelayFailed,
    SecretsUnavailable,
    ServiceFailed,
    SettingsError,
    StepFailed,
    Unexpected,
)
KNOWN: Mapping[str, type[Exception]] = {
    each.__name__: each for each in (*_DIRECTORY, *_OTHERS)
}


def spell(error: Exception) -> dict[str, Any]:
    """Give an error as JSON takes it; an unknown one by its kind alone."""
    kind = type(error)
    if KNOWN.get(kind.__name__) is not kind:
        return spell(Unexpected(kind.__name__))
    types = _types(kind)
    try:
        fields = {
            name: TypeAdapter[Any](types.get(name, str)).dump_python(
                value, mode="json", warnings="error"
            )
            for name, value in vars(error).items()
            if not name.startswith("_")
        }
    except PydanticSerializationError:  # nobody foresaw that either
        return spell(Unexpected(kind.__name__))
    return {"kind": kind.__name__, "text": str(error), "fields": fields}


def read(data: Mapping[str, Any]) -> Exception:
    """Make the error that `spell` gave.

    Raises:
        KeyError, ValueError: it is none.

    """
    kind = KNOWN[data["kind"]]
    types = _types(kind)
    error = kind.__new__(kind, data["text"])  # with its text, whatever `__init__` takes
    for name, value in data["fields"].items():
        adapter = TypeAdapter[Any](types.get(name, str))
        setattr(error, name, adapter.validate_python(value))
    return error


def _types(kind: type[Exception]) -> dict[str, Any]:
    """Give the types of an error's fields: as they are given when it is made."""
    types: dict[str, Any] = {}
    for each in reversed(kind.__mro__):
        if "__init__" in vars(each) and each.__module__ != "builtins":
            types |= get_type_hints(vars(each)["__init__"])
    return types
