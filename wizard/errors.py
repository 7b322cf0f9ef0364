"""Errors of every part of the wizard, and why an error came, for people."""

import errno
import os
import traceback
from datetime import datetime

from wire.failure import Failure
from wire.text import Text, moment

_OURS = ("agent", "wire", "wizard")


class Busy(Failure):
    """Another wizard or command is at work on this machine.

    Args:
        who: the user and the process.
        since: when it began.

    """

    def __init__(self, who: str, since: datetime) -> None:
        began = moment(since, zone=True)
        what = Text(
            "{who} has been changing this installation since {began}.",
            who=who,
            began=began,
        )
        super().__init__(what, Text("Let it end, or close it."))
        self.who, self.since = who, since


class RecoveryNeeded(Failure):
    """An earlier run was cut off; it is rolled back before anything else."""

    def __init__(self) -> None:
        super().__init__(
            Text("An earlier run was cut off."),
            Text(
                "Roll it back first: the wizard offers it, and writeback rollback "
                "does it."
            ),
        )


def reason(error: BaseException) -> Text:
    """Say why, for people.

    Errors of ours give their own words; the system's give its words for their number;
    unexpected ones give their kind and place only, as a text could quote.
    """
    if isinstance(error, Failure):
        return error.whole
    number = error.errno if isinstance(error, OSError) else None
    # numbers of TLS and of name resolution are other ones
    plain = type(error).__module__ == "builtins"
    if plain and number is not None and number in errno.errorcode:
        return Text("The system refused: {why}.", why=os.strerror(number))
    return unexpected(type(error).__name__, place_of(error))


def unexpected(kind: str, place: str) -> Text:
    """Tell of an error that nobody foresaw; the place is empty where none is known."""
    where = {"kind": kind, "place": place}
    if not place:
        return Text("An unexpected error of kind {kind}.", kind=kind)
    return Text("An unexpected error of kind {kind} at {place}.", **where)


def place_of(error: BaseException) -> str:
    """Give the module and line of ours where an error came up, the innermost one."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in _OURS:
            place = f"{module}, line {line}"
    return place
