"""What the portal works with, put together once and handed to who needs it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from portal.agents.code_orders import CodeOrders
from portal.agents.pool import AgentPool
from portal.brand.brand import Brand
from portal.database.engine import Database
from portal.database.events import Events
from portal.database.outbox import Outbox
from portal.database.proofs import Proofs
from portal.keys.pepper import Pepper
from portal.keys.row_keys import RowKeys
from portal.measures.measures import Measures
from portal.provider.provider import Provider
from portal.settings import Settings
from portal.templating import Templates
from wire.self_service.proof_kind import ProofKind


@dataclass(frozen=True)
class Services:
    """The portal's parts; `clock` gives Unix seconds.

    What must not tell who exists is answered at full ticks (`portal.visits.even_time`);
    where the directory itself takes its time, they are five times as long.
    """

    settings: Settings
    database: Database
    agents: AgentPool
    orders: CodeOrders
    pepper: Pepper
    events: Events
    row_keys: RowKeys
    proofs: Proofs
    outbox: Outbox
    templates: Templates
    clock: Callable[[], float]
    tick_s: float
    provider: Provider | None = None
    brand: Brand = field(default_factory=Brand)
    measures: Measures = field(default_factory=Measures)

    def serves(self, kind: ProofKind) -> bool:
        """Whether people can prove it so at this portal, wherever it counts."""
        return kind is not ProofKind.SMS or self.settings.sms is not None

    @property
    def long_tick_s(self) -> float:
        """The tick of what a directory was asked for."""
        return 5 * self.tick_s


@dataclass(frozen=True)
class BrowserOrigin:
    """Where a request came from: an address, a browser's words, its device cookie."""

    address: str
    agent: str = ""
    device: str | None = None
    language: str = "en"
