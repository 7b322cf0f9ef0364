"""The parts are made of what the agent starts from."""

import base64
import time
from dataclasses import replace

import pytest

from agent.config import agent_config, enrolment, secret_store, settings_file
from agent.config.errors import SettingsError
from agent.service import assembly, self_check
from agent.service.metrics import Metrics
from agent.service.status import Status
from agent.system import atomic_files
from agent.system.paths import Paths
from lab.machines.proxy import proxy
from tests.fixtures.enrolled import CANARY
from tests.unit.agent.config.test_settings import GOOD
from wire import jose
from wire.hybrid_connections import RelayRequest
from wire.keys import PrivateKeys, PublicKeys
from wire.secret import Secret


def test_everything_is_read(places: Paths) -> None:
    config = agent_config.load(places)
    controllers = assembly.target(config)
    assert controllers.user == "svc@corp.test"
    assert controllers.base_dn == "DC=corp,DC=test"
    assert CANARY not in repr(config) + repr(controllers)


def through_a_proxy(places: Paths, proxy: str) -> None:
    chosen = settings_file.validate(
        {**GOOD, "relay": {**GOOD["relay"], "proxy": proxy}}
    )
    atomic_files.write_atomically(places.settings, settings_file.dump(chosen))


def test_the_password_of_a_proxy_is_needed_where_it_names_a_user(
    places: Paths,
) -> None:
    through_a_proxy(places, "http://proxy.corp.test:3128")
    assert assembly.relay_endpoint(agent_config.load(places)).proxy_headers is None
    through_a_proxy(places, "http://CORP%5Cme@proxy.corp.test:3128")
    with pytest.raises(SettingsError, match="relay-proxy-password: is not kept") as bad:
        agent_config.load(places)
    assert "writeback apply (proxy_password)" in str(bad.value)
    secret_store.in_folder(places.secrets).put(
        secret_store.PROXY_PASSWORD, Secret(CANARY)
    )
    config = agent_config.load(places)
    endpoint = assembly.relay_endpoint(config)
    assert endpoint.proxy == "http://proxy.corp.test:3128"
    credentials = base64.b64encode(f"CORP\\me:{CANARY}".encode()).decode()
    assert endpoint.proxy_headers == {"Proxy-Authorization": f"Basic {credentials}"}
    assert CANARY not in repr(config) + repr(endpoint)


def test_a_check_says_that_the_proxy_refuses_the_password(places: Paths) -> None:
    with proxy("127.0.0.1") as there:
        there.ask_for("CORP\\me:right")
        through_a_proxy(places, there.of("CORP\\me"))
        secret_store.in_folder(places.secrets).put(
            secret_store.PROXY_PASSWORD, Secret(CANARY)
        )
        result = self_check._relay(agent_config.load(places))
    assert result.state == "failed"
    assert "does not accept the user name or password (407)" in result.detail
    assert "writeback apply (proxy_password)" in result.remedy
    assert CANARY not in repr(result)
    assert there.refused == ["relay.corp.test:443"]


def published(places: Paths) -> tuple[PublicKeys, PrivateKeys]:
    """Start an agent and ask for its keys; give those of its secret too."""
    config = agent_config.load(places)
    status = Status(places.status, "1.0", paused=False)
    parts = assembly.assemble(config, status, Metrics(), None)
    try:
        answer = parts.endpoints.answer(RelayRequest("GET", "/srv1/keys", {}, b""))
    finally:
        parts.close()
    claims = jose.read_signed(answer.body, config.keys.public, "writeback-keys+jwt")
    return PublicKeys.of(claims["keys"]), config.keys


def test_an_agent_tells_the_sealing_key_that_it_made_itself(places: Paths) -> None:
    first, stored = published(places)
    again, _ = published(places)
    assert again.sealing.thumbprint() == first.sealing.thumbprint()
    assert first.sealing.thumbprint() != stored.sealing.thumbprint()
    assert first.fingerprint == stored.public.fingerprint


def test_an_administrator_has_the_sealing_key_replaced(places: Paths) -> None:
    first, _ = published(places)
    enrolled = enrolment.load(places.enrolment)
    asked = replace(enrolled, replace_sealing_before=int(time.time()) + 1)
    enrolment.save(places.enrolment, asked)
    deadline = time.monotonic() + 10
    while time.time() < asked.replace_sealing_before:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    second, _ = published(places)
    assert second.sealing.thumbprint() != first.sealing.thumbprint()
    former = {key.thumbprint() for key in second.former}
    assert first.sealing.thumbprint() in former
