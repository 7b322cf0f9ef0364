"""What the agent starts from, and what it says about itself."""

import base64
import errno
import json
import ssl
from pathlib import Path

import pytest

from agent.__main__ import main
from agent.config import agent_config, enrolment, secret_store, settings_file
from agent.config.enrolment import Enrolment, EnrolmentError
from agent.config.errors import SettingsError
from agent.ldap.pool import PoolState
from agent.relay_client.listener import ListenerState, Phase
from agent.service import assembly, self_check
from agent.service.metrics import Metrics
from agent.service.status import Status
from agent.system import atomic_files
from agent.system.paths import Paths
from lab.machines.proxy import proxy
from tests.unit.agent.config.test_settings import GOOD
from wire import names
from wire.keys import PrivateKeys
from wire.outcomes import Code
from wire.secret import Secret

CANARY = "Canary-7f3a-Passw0rd!"


def enrolled() -> Enrolment:
    return Enrolment(
        relay_url="https://relay.corp.test",
        connection="berlin-1",
        listen_key_name="listen",
        test_key_name="self-test",
        portal_issuer="https://portal.corp.test",
        portal_keys=tuple(PrivateKeys.generate().public.jwks()),
        self_test_issuer=names.self_test_issuer("berlin-1"),
        self_test_keys=tuple(PrivateKeys.generate().public.jwks()),
    )


@pytest.fixture
def places(tmp_path: Path) -> Paths:
    made = Paths.below(tmp_path)
    chosen = settings_file.validate(GOOD)
    atomic_files.write_atomically(made.settings, settings_file.dump(chosen))
    enrolment.save(made.enrolment, enrolled())
    kept = secret_store.in_folder(made.secrets)
    kept.put(secret_store.AGENT_KEYS, PrivateKeys.generate().secret())
    kept.put(secret_store.LISTEN_KEY, Secret("A" * 43 + "="))
    kept.put(secret_store.DIRECTORY_PASSWORD, Secret(CANARY))
    return made


def test_everything_is_read(places: Paths) -> None:
    found = agent_config.load(places)
    wanted = assembly.target(found)
    assert wanted.user == "svc@corp.test"
    assert wanted.base_dn == "DC=corp,DC=test"
    assert CANARY not in repr(found) + repr(wanted)


@pytest.mark.parametrize("name", ["agent-keys", "relay-listen-key"])
def test_a_spoiled_secret_is_named_and_not_shown(places: Paths, name: str) -> None:
    secret_store.in_folder(places.secrets).put(name, Secret(CANARY))
    with pytest.raises(SettingsError, match=name) as refused:
        agent_config.load(places)
    assert CANARY not in str(refused.value)


def test_every_thing_missing_is_named_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--home", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    for name in ("settings.yaml", "enrolment.json", *secret_store.NAMES[:3]):
        assert name in said
    assert main(["check", "--json", "--home", str(tmp_path)]) == 2
    found = json.loads(capsys.readouterr().out)
    assert {each["state"] for each in found} == {"failed"}


def test_an_enrolment_comes_back_with_its_portals(tmp_path: Path) -> None:
    first = enrolled()
    enrolment.save(tmp_path / "enrolment.json", first)
    again = enrolment.load(tmp_path / "enrolment.json")
    assert again == first
    issuers = {portal.issuer for portal in again.portals().values()}
    assert issuers == {first.portal_issuer, first.self_test_issuer}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"relay_url": "x"}'])
def test_a_spoiled_enrolment_is_refused(text: str) -> None:
    with pytest.raises(EnrolmentError, match="wizard"):
        enrolment.parse(text, "enrolment.json")


def test_private_keys_do_not_pass_as_the_portals() -> None:
    data = json.loads(enrolment.dump(enrolled()))
    data["portal_keys"][0]["d"] = "AAAA"
    with pytest.raises(EnrolmentError, match="private"):
        enrolment.parse(json.dumps(data), "enrolment.json")


def test_a_key_for_tests_that_others_could_read_is_named(places: Paths) -> None:
    assert agent_config.load(places).test_key is None
    secret_store.in_folder(places.secrets).put(secret_store.TEST_KEY, Secret(CANARY))
    (path,) = places.secrets.glob(f"*{secret_store.TEST_KEY}")
    path.chmod(0o644)
    with pytest.raises(SettingsError, match=secret_store.TEST_KEY) as refused:
        agent_config.load(places)
    assert CANARY not in str(refused.value)


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
    found = agent_config.load(places)
    way = assembly.relay_endpoint(found)
    assert way.proxy == "http://proxy.corp.test:3128"
    told = base64.b64encode(f"CORP\\me:{CANARY}".encode()).decode()
    assert way.proxy_headers == {"Proxy-Authorization": f"Basic {told}"}
    assert CANARY not in repr(found) + repr(way)


def test_a_check_says_that_the_proxy_refuses_the_password(places: Paths) -> None:
    with proxy("127.0.0.1") as there:
        there.ask_for("CORP\\me:right")
        through_a_proxy(places, there.of("CORP\\me"))
        secret_store.in_folder(places.secrets).put(
            secret_store.PROXY_PASSWORD, Secret(CANARY)
        )
        found = self_check._relay(agent_config.load(places))
    assert found.state == "failed"
    assert "does not accept its user's password (407)" in found.detail
    assert "writeback apply (proxy_password)" in found.remedy
    assert CANARY not in repr(found)
    assert there.refused == ["relay.corp.test:443"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x"), 1),
        (OSError(errno.EMFILE, "Too many open files"), 1),
        (FileNotFoundError(errno.ENOENT, "No such file", "/ca.pem"), 2),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 2),
        (ssl.SSLError(1, "no certificate"), 2),
    ],
)
def test_what_may_pass_by_itself_has_it_started_again(
    places: Paths,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: OSError,
    code: int,
) -> None:
    """Exit code 2 is the one that systemd does not start it again for."""

    def fails(*_arguments: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr("agent.__main__.Service", fails)
    assert main(["run", "--home", str(places.home)]) == code
    assert str(error.strerror) in capsys.readouterr().err


def test_a_ledger_that_can_not_be_opened_is_told(
    places: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    places.ledger.parent.mkdir(parents=True, exist_ok=True)
    places.ledger.write_bytes(b"no database " * 1000)
    assert main(["run", "--home", str(places.home)]) == 2
    said = capsys.readouterr().err
    assert f"{places.ledger} can't be used" in said
    assert "Traceback" not in said


def test_the_agent_is_ready_when_both_sides_are(tmp_path: Path) -> None:
    path = tmp_path / "state/status.json"
    status = Status(path, "1.0", paused=False)
    status.on_listener(ListenerState(Phase.CONNECTED))
    assert not status.ready
    status.on_pool(PoolState("dc1.corp.test"))
    told = json.loads(path.read_text())
    assert (told["ready"], told["directory"]["controller"]) == (True, "dc1.corp.test")
    status.on_pool(PoolState(None, "refused; wait"))
    told = json.loads(path.read_text())
    assert (told["ready"], told["directory"]["reason"]) == (False, "refused; wait")
    assert told["directory"]["state"] == "waiting"
    status.remove()
    assert not path.exists()


def test_why_it_is_not_connected_is_told_also_while_it_tries_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "status.json"
    status = Status(path, "1.0", paused=False)
    told = []
    for state in (
        ListenerState(Phase.CONNECTING),
        ListenerState(Phase.WAITING, "the relay is away"),
        ListenerState(Phase.CONNECTING),
        ListenerState(Phase.CONNECTED),
        ListenerState(Phase.CONNECTING),
    ):
        status.on_listener(state)
        relay = json.loads(path.read_text())["relay"]
        told.append((relay["state"], relay["reason"]))
    assert told == [
        ("connecting", ""),
        ("waiting", "the relay is away"),
        ("connecting", "the relay is away"),
        ("connected", ""),
        ("connecting", ""),
    ]


def test_answers_are_counted_as_prometheus_reads_them(tmp_path: Path) -> None:
    status = Status(tmp_path / "status.json", "1.0", paused=True)
    metrics = Metrics()
    for ms in (5.0, 40.0, 20_000.0):
        metrics.count(Code.OK, ms)
    lines = metrics.text(status.gauges()).splitlines()
    assert 'writeback_requests_total{code="ok"} 3' in lines
    assert 'writeback_request_seconds_bucket{le="0.01"} 1' in lines
    assert 'writeback_request_seconds_bucket{le="0.05"} 2' in lines
    assert 'writeback_request_seconds_bucket{le="+Inf"} 3' in lines
    assert "writeback_paused 1" in lines


def test_one_that_waits_to_take_over_leaves_the_others_file(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    serving = Status(path, "1.0", paused=False)
    serving.listens_on(1)
    waiting = Status(path, "2.0", paused=False, waiting=True)
    waiting.listens_on(2)
    waiting.remove()
    assert json.loads(path.read_text())["port"] == 1
    serving.remove()
    assert not path.exists()
