"""What the portal works with, put together once and handed to who needs it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.agents.pool import AgentPool
from portal.database.engine import Database
from portal.database.events import Events
from portal.database.outbox import Outbox
from portal.database.proofs import Proofs
from portal.keys.pepper import Pepper
from portal.settings import Settings
from portal.templating import Templates


@dataclass(frozen=True)
class Services:
    """The portal's parts; `clock` gives Unix seconds."""

    settings: Settings
    database: Database
    agents: AgentPool
    pepper: Pepper
    events: Events
    proofs: Proofs
    outbox: Outbox
    templates: Templates
    clock: Callable[[], float] = field(default=time.time)


@dataclass(frozen=True)
class BrowserOrigin:
    """Where a request came from: an address, a browser's words, its device cookie."""

    address: str
    agent: str = ""
    device: str | None = None
    language: str = "en"
