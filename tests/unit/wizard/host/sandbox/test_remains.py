"""What an agent makes in its own folder goes with it."""

from pathlib import Path

from agent.keys.portals import Portals
from agent.keys.sealing_rotation import SealingRotation
from agent.request.ledger import Ledger
from agent.system.instance import Instance
from tests.unit.agent.keys.portal_orders import AGENT_ID, ISSUER, order
from wire.keys import PrivateKeys
from wire.messages import Portal
from wizard.host.sandbox.host import SandboxHost


def test_keys_and_orders_go_too(tmp_path: Path) -> None:
    host = SandboxHost(tmp_path)
    places, own = host.places, PrivateKeys.generate()
    portal = Portal(ISSUER, own.public)
    SealingRotation(places.sealing_keys, own)
    portals = Portals(
        places.succession, AGENT_ID, portal, Portal("urn:test", portal.keys)
    )
    portals.succeed(order(own, PrivateKeys.generate()))
    Instance.begin(places.starts)
    Ledger(places.ledger).close()
    places.breaker.write_text("{}")
    assert len(list(places.state.iterdir())) >= 7
    host.remove_remains(audit=True)
    assert not places.state.exists() or list(places.state.iterdir()) == []
