"""What is read of an agent, as it crosses between processes."""

from dataclasses import dataclass
from datetime import datetime

from wire.text import EMPTY, Text
from wizard.health.week import Week
from wizard.results import Installed


@dataclass(frozen=True)
class Reading:
    """What changes from moment to moment. The installation has no fingerprint here."""

    installed: Installed
    week: Week
    at: datetime


@dataclass(frozen=True)
class PeopleCount:
    """How many people are in the scope, and how many of them a reset would work for.

    For `short` of the others a permission is missing. `trouble` says why nobody was
    counted.
    """

    works: int
    people: int
    short: int
    at: datetime
    trouble: Text = EMPTY


@dataclass(frozen=True)
class ControllerCertificate:
    """What one controller shows: until when it is good, or why it does not answer.

    `distrust` says why it is not trusted; empty where it is.
    """

    host: str
    until: datetime | None = None
    distrust: Text = EMPTY
    trouble: Text = EMPTY
    remedy: Text = EMPTY
