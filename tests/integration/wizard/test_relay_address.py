"""An agent's way from one address of a relay to another, at a real relay."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config.secret_store import TEST_KEY
from agent.config.settings import Settings
from agent.config.settings_file import dump
from agent.relay_client.endpoint import RelayEndpoint
from lab.authority import make_authority
from lab.domain import ADDRESSES
from lab.machines.network import own_network
from lab.relay import LabRelay
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.secret import Secret
from wizard.enrolment.relay_client import RelayFailed, Sender
from wizard.inputs import Inputs
from wizard.plan.change import Begun, Context
from wizard.plan.step import Target
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.keys import Keys
from wizard.steps.old_enrolment import OldEnrolment

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - in a network of its own


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[LabRelay]:
    """A relay with several addresses, in a network where nobody else has one."""
    with own_network():
        authority = make_authority(tmp_path)
        made = LabRelay.make(tmp_path / "relay", EVERY_ADDRESS, authority)
        made.start(dies_with_us=True)
        yield made
        made.stop()


def by(address: str, relay: LabRelay) -> Settings:
    where = {
        "url": f"https://{address}:{relay.port}",
        "ca": str(relay.folder / "ca.pem"),
    }
    return SETTINGS.model_copy(
        update={"relay": SETTINGS.relay.model_copy(update=where)}
    )


def coded(host: FakeHost, relay: LabRelay) -> Context:
    return on(host, Inputs(enrolment_code=Secret(relay.code())))


def is_known(wanted: Settings, host: FakeHost) -> bool:
    """Say whether the relay would pass a request on, if the agent listened."""
    key = host.secrets.get(TEST_KEY)
    assert key is not None
    with pytest.raises(RelayFailed) as failed:
        Sender(RelayEndpoint(wanted.relay), wanted.agent, key, "self-test").send(
            "GET", "ready"
        )
    assert failed.value.status in (404, 502, 503), failed.value
    return failed.value.status != 404


def test_one_relay_by_another_address_keeps_its_agent(
    tmp_path: Path, relay: LabRelay
) -> None:
    host = FakeHost(tmp_path / "machine")
    (keys,) = Keys().plan(Target(SETTINGS, on(host)))
    Keys().apply(keys, on(host))
    before, after = (by(address, relay) for address in ADDRESSES[:2])
    context = coded(host, relay)
    (change,) = EnrolmentStep().plan(Target(before, context))
    EnrolmentStep().apply(change, context)
    host.write(host.places.settings, dump(before))

    context = coded(host, relay)
    (moving,) = EnrolmentStep().plan(Target(after, context))
    (leaving,) = OldEnrolment().plan(Target(after, context, (moving,)))
    made = EnrolmentStep().apply(moving, context)
    assert "same relay" in str(OldEnrolment().apply(leaving, on(host))["told"])
    assert is_known(after, host)
    EnrolmentStep().undo(Begun(0, moving, made), on(host))
    assert is_known(before, host)
