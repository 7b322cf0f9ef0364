"""What an agent does for one user: the one name of it, from the wire to the verdict."""

from enum import StrEnum


class Operation(StrEnum):
    """What may be done for one user; the values are those of the claim `op`.

    Attributes:
        MUST_CHANGE: a step of a reset; no request is for it alone.
        CHECK: a request to say what would come of a reset; nothing is done.

    """

    RESET = "reset"
    CHANGE = "change"
    UNLOCK = "unlock"
    MUST_CHANGE = "must_change"
    CHECK = "check"
