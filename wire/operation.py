"""What an agent does for one user: the one name of it, from the wire to the verdict."""

from enum import StrEnum


class Operation(StrEnum):
    """What may be done for one user; the values are those of the claim `op`.

    `MUST_CHANGE` is a step of a reset, never a request alone; `CHECK` asks what would
    come of a reset, and nothing is done.
    """

    RESET = "reset"
    CHANGE = "change"
    UNLOCK = "unlock"
    MUST_CHANGE = "must_change"
    CHECK = "check"
