"""What `check` says of one part that a portal needs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Checked:
    """One part: whether it is well, what was seen, and what to do where it is not."""

    part: str
    ok: bool
    what: str
    remedy: str = ""
