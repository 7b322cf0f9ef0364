"""The relay's command, as an operator runs it."""

import json
import os
import signal
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

from lab.authority import issue, make_authority
from relay.cli.main import main
from tests.fixtures.relay_stage import Enrolled
from wire import sas
from wire.enrolment_code import parse
from wire.keys import PrivateKeys, fingerprint

ISSUER = "https://acme.test"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert main(["setup", "--only-data", "--data", str(folder)]) == 0
    return folder


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    path = tmp_path / "portal.json"
    path.write_text(json.dumps({"keys": PrivateKeys.generate().public.jwks()}))
    return path


def add_portal(data: Path, jwks: Path, name: str = "acme", issuer: str = ISSUER) -> int:
    command = ["portal", "add", name, "--data", str(data)]
    return main([*command, "--issuer", issuer, "--keys", str(jwks)])


@contextmanager
def serving(
    data: Path, folder: Path
) -> Iterator[tuple[str, Path, subprocess.Popen[str]]]:
    """Run the server as a process; give its address, its CA and itself."""
    authority = make_authority(folder / "ca")
    issue(authority, folder / "leaf", ["localhost"], ["127.0.0.1"])
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "relay", "serve", "--data", str(data)]
    command += ["--listen", "127.0.0.1:0", "--name", "relay.corp.test"]
    command += ["--cert", f"{folder}/leaf.pem", "--key", f"{folder}/leaf.key"]
    process = subprocess.Popen(
        [*command, "--ready-fd", str(writing)],
        pass_fds=[writing],
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            address = pipe.readline().strip()
        yield address, authority.certificate, process
    finally:
        process.kill()
        process.communicate()


def test_a_portal_is_added_and_its_key_is_shown_once(
    data: Path, jwks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add_portal(data, jwks) == 0
    shown = json.loads(capsys.readouterr().out)
    assert set(shown) == {"name", "issuer", "send_key_name", "send_key"}
    assert (shown["name"], shown["issuer"]) == ("acme", ISSUER)
    assert add_portal(data, jwks) == 1
    assert "already registered" in capsys.readouterr().err


def test_the_database_is_for_its_owner_alone(data: Path, jwks: Path) -> None:
    add_portal(data, jwks)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in data.iterdir()} == {0o600}


def test_a_database_that_others_can_read_is_refused(
    data: Path, jwks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_portal(data, jwks)
    data.chmod(0o750)
    assert main(["code", "--data", str(data), "--portal", "acme"]) == 1
    assert "set its mode to 0700" in capsys.readouterr().err


def test_private_keys_of_a_portal_are_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = PrivateKeys.generate()
    private = tmp_path / "private.json"
    pair = [(keys.signing, "sig"), (keys.sealing, "enc")]
    jwks = [key.as_dict(private=True) | {"use": use} for key, use in pair]
    private.write_text(json.dumps(jwks))
    assert add_portal(data, private) == 1
    error = capsys.readouterr().err
    assert "give only public keys" in error
    assert str(jwks[0]["d"]) not in error


@pytest.mark.parametrize("name", ["", "Upper", "a/b", "-x", "a" * 41])
def test_a_portal_name_has_a_rule(
    data: Path, jwks: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["portal", "add", f"--data={data}", f"--issuer={ISSUER}"]
    assert main([*command, f"--keys={jwks}", "--", name]) == 1
    assert "must be 1 to 40" in capsys.readouterr().err


def test_a_code_of_an_unknown_portal_is_refused(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["code", "--data", str(data), "--portal", "nobody"]) == 1
    assert "there is no portal 'nobody'" in capsys.readouterr().err


def test_a_key_that_does_not_fit_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = make_authority(tmp_path)
    issue(authority, tmp_path / "leaf", ["localhost"], [])
    command = ["serve", "--data", str(data), "--listen", "127.0.0.1:0"]
    command += ["--name", "x", "--cert", f"{tmp_path}/leaf.pem"]
    assert main([*command, "--key", f"{tmp_path}/ca.key"]) == 1
    assert "is not the private key" in capsys.readouterr().err


async def test_codes_work_while_the_server_runs_and_sigterm_ends_it_with_1001(
    data: Path, jwks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_portal(data, jwks)
    with serving(data, tmp_path) as (address, ca, process):
        capsys.readouterr()
        assert main(["code", "--data", str(data), "--portal", "acme"]) == 0
        agent = Enrolled("agent1", parse(capsys.readouterr().out))
        tls = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(ca)))
        base = f"https://{address}"
        expires = int(time.time() + 60)
        token = sas.sign(
            agent.listen_key, "listen", f"http://{address}/agent1", expires
        )
        async with aiohttp.ClientSession(base, connector=tls) as client:
            async with client.post("/$enrol", json=agent.application) as answer:
                assert answer.status == 201
            query = {"sb-hc-action": "listen", "sb-hc-token": token}
            async with client.ws_connect("/$hc/agent1", params=query) as socket:
                process.send_signal(signal.SIGTERM)
                frame = await socket.receive(timeout=10)
                assert (frame.type, frame.data) == (aiohttp.WSMsgType.CLOSE, 1001)
        log = process.communicate(timeout=10)[1]
        assert process.returncode == 0
    assert "agent1 listens" in log
    for leak in ("sig", "SharedAccess", agent.listen_key, agent.application["secret"]):
        assert leak not in log
    _check_listing(data, agent, capsys)


def _check_listing(
    data: Path, agent: Enrolled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["agents", "--data", str(data), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(one["connection"], one["portal"]) for one in listed] == [
        ("agent1", "acme")
    ]
    assert listed[0]["fingerprint"] == fingerprint(agent.keys.public.jwks())
    assert listed[0]["last_seen"] is not None
    assert main(["agents", "--data", str(data)]) == 0
    assert "agent1  portal acme" in capsys.readouterr().out


def test_a_forgotten_agents_name_is_free(
    data: Path, jwks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_portal(data, jwks)
    assert main(["forget", "nobody", "--data", str(data)]) == 1
    assert "writeback-relay agents" in capsys.readouterr().err
