"""The wizard's errors; one Failure(what, remedy) is the base of all."""

import errno
import os
from datetime import datetime


class Busy(Exception):  # noqa: N818 - says what is
    """Another wizard or command is at work on this machine.

    Args:
        who: the user and the process.
        since: when it began.

    """

    # no frozen dataclass: Python itself sets the traceback of what it passes on
    def __init__(self, who: str, since: datetime) -> None:
        self.who, self.since = who, since
        self.remedy = "Let it end, or close it."
        began = f"{since:%Y-%m-%d %H:%M} {since:%Z}".strip()
        told = f"{who} has been changing this installation since {began}."
        super().__init__(f"{told} {self.remedy}")


class RecoveryNeeded(Exception):  # noqa: N818 - says what is
    """An earlier run was cut off; it is rolled back before anything else."""

    def __init__(self) -> None:
        super().__init__(
            "An earlier run was cut off. Roll it back first: the wizard offers it, "
            "and writeback rollback does it."
        )
        self.remedy = "Run writeback rollback."


def sentence(text: str) -> str:
    """Write what an error says as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def reason(error: Exception) -> str:
    """Say why, for people.

    Errors of ours, known by their remedy, give their own words; the system's give its
    words for their number; unexpected ones give their kind only.
    """
    if hasattr(error, "remedy"):
        return str(error)
    number = error.errno if isinstance(error, OSError) else None
    # numbers of TLS and of name resolution are other ones
    plain = type(error).__module__ == "builtins"
    if plain and number is not None and number in errno.errorcode:
        return f"The system refused: {os.strerror(number)}."
    return f"An unexpected error of kind {type(error).__name__}."
