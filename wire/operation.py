"""What an agent does for one user: the one name of it, from the wire to the verdict."""

from enum import StrEnum


class Operation(StrEnum):
    """What may be done for one user; the values are those of the claim `op`.

    `MUST_CHANGE` is a step of a reset, never a request alone; `CHECK` asks what would
    come of a reset, and nothing is done. `LOOKUP` asks what the settings let a person
    do for themselves, and `AUTHENTICATE` whether a password is theirs. `REGISTER` asks
    for a receipt of a verification method, `ROSTER` who is eligible: of no one user.
    """

    RESET = "reset"
    CHANGE = "change"
    UNLOCK = "unlock"
    MUST_CHANGE = "must_change"
    CHECK = "check"
    LOOKUP = "lookup"
    AUTHENTICATE = "authenticate"
    REGISTER = "register"
    ROSTER = "roster"
