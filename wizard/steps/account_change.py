"""What a change of the directory account does, read from the facts it is kept as."""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from agent.config.settings import DirectorySettings
from wizard.plan.change import Change, Facts, directory_of


class Act(Enum):
    """What is done with the account, or with its password."""

    CREATE = "create"
    TAKE_OVER = "take over"  # one of an earlier setup: it is given a new password
    STORE = "store"  # the password of an existing one
    DELETE = "delete"


@dataclass(frozen=True)
class AccountChange:
    """A change of the account, as its facts tell it.

    `entry` is the account that is there, its `dn` and `info`; empty for none. `stored`:
    a password was stored before, of use or not.
    """

    act: Act
    directory: DirectorySettings
    entry: Facts
    stored: bool = False

    @classmethod
    def of(cls, change: Change) -> Self:
        """Read the facts of a change, also as an older version wrote them."""
        entry = change.before or {}
        if change.after is None:
            return cls(Act.DELETE, directory_of(change.before), entry)
        act = Act.TAKE_OVER if "dn" in entry else Act.CREATE
        if change.after["kind"] == "existing":
            act = Act.STORE
        stored = bool(change.after["stored"])
        return cls(act, directory_of(change.after), entry, stored)
