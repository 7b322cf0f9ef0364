"""The relay's command, as an operator runs it."""

import base64
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
from typing import Any

import aiohttp
import pytest

from lab.authority import issue, make_authority
from relay.cli.main import main
from tests.fixtures.relay_stage import Enrolled
from wire import jose, sas
from wire.enrolment_code import parse_half
from wire.keys import PrivateKeys, fingerprint, fingerprint_digest
from wire.portal_statement import KIND, PortalStatement

ISSUER = "https://acme.test"
PORTAL_KEYS = PrivateKeys.generate()
KEY_ROW = ["name", "issuer", "send_key_name", "send_key", "former_key_until"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return new_data(tmp_path)


def new_data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert main(["setup", "--only-data", "--data", str(folder)]) == 0
    return folder


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    return stated(tmp_path / "statement", PORTAL_KEYS)


def stated(path: Path, keys: PrivateKeys, issuer: str = ISSUER) -> Path:
    path.write_text(PortalStatement.sign(issuer, keys, int(time.time())).token)
    return path


def add_portal(data: Path, statement: Path, name: str = "acme") -> int:
    command = ["portal", "add", name, "--data", str(data)]
    return main([*command, "--statement", str(statement)])


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
    data: Path, statement: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add_portal(data, statement) == 0
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == ["fingerprint", *KEY_ROW]
    assert (shown["name"], shown["issuer"]) == ("acme", ISSUER)
    assert shown["fingerprint"] == PORTAL_KEYS.public.fingerprint
    assert add_portal(data, statement) == 1
    assert "already registered" in capsys.readouterr().err


def test_the_database_is_for_its_owner_alone(data: Path, statement: Path) -> None:
    add_portal(data, statement)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in data.iterdir()} == {0o600}


def test_a_database_that_others_can_read_is_refused(
    data: Path, statement: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_portal(data, statement)
    data.chmod(0o750)
    assert main(["code", "--data", str(data), "--portal", "acme"]) == 1
    assert "set its mode to 0700" in capsys.readouterr().err


def _changed(claims: dict[str, Any], keys: PrivateKeys = PORTAL_KEYS) -> str:
    sound = PortalStatement.sign(ISSUER, PORTAL_KEYS, int(time.time())).token
    kept = jose.read_signed(sound.encode(), PORTAL_KEYS.public, KIND)
    return jose.sign(kept | claims, keys, KIND).decode()


BAD_STATEMENTS: dict[str, tuple[str, str]] = {
    "nothing": ("", "is no signed statement"),
    "another's signature": (_changed({}, PrivateKeys.generate()), "does not verify"),
    "a private key": (
        _changed(
            {"keys": [PORTAL_KEYS.signing.as_dict(private=True) | {"use": "sig"}]}
        ),
        "give only public keys",
    ),
    "no keys": (_changed({"keys": 7}), "keys: must be a list"),
    "another version": (_changed({"v": 2}), "version 1 of the wire"),
    "no URI": (_changed({"iss": "acme"}), "must be a URI of at most 256"),
    "an issuer with a line": (_changed({"iss": "https://a\nb"}), "must be a URI"),
    "an issuer with an escape": (_changed({"iss": "urn:\x1b[2K"}), "must be a URI"),
    "an issuer with a direction": (_changed({"iss": "urn:\u202e"}), "must be a URI"),
    "an endless issuer": (_changed({"iss": f"urn:{'x' * 300}"}), "must be a URI"),
    "an agent's own name": (_changed({"iss": "URN:Writeback:x"}), "not begin with urn"),
    "a megabyte": ("x" * 1_000_000, "is over 8192 bytes"),
}


@pytest.mark.parametrize(
    ("text", "rule"), BAD_STATEMENTS.values(), ids=BAD_STATEMENTS.keys()
)
def test_what_is_no_statement_of_a_portal_is_refused(
    data: Path, tmp_path: Path, text: str, rule: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "statement"
    path.write_text(text)
    assert add_portal(data, path) == 1
    error = capsys.readouterr().err
    assert rule in error
    assert str(PORTAL_KEYS.signing.as_dict(private=True)["d"]) not in error
    assert error.count("\n") == 1
    assert error.strip("\n").isprintable()
    assert main(["portal", "list", "--json", "--data", str(data)]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("name", ["", "Upper", "a/b", "-x", "a" * 41])
def test_a_portal_name_has_a_rule(
    data: Path, statement: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["portal", "add", f"--data={data}", f"--statement={statement}"]
    assert main([*command, "--", name]) == 1
    assert "must be 1 to 40" in capsys.readouterr().err


def test_a_code_of_an_unknown_portal_is_refused(
    data: Path, statement: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_portal(data, statement)
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
    data: Path, statement: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_portal(data, statement)
    with serving(data, tmp_path) as (address, ca, process):
        capsys.readouterr()
        assert main(["code", "--data", str(data), "--portal", "acme"]) == 0
        half = parse_half(capsys.readouterr().out)
        digest = fingerprint_digest(PORTAL_KEYS.public.jwks())
        agent = Enrolled("agent1", half.joined(digest))
        agent.host = "127.0.0.1"
        tls = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(ca)))
        base = f"https://{address}"
        expires = int(time.time() + 60)
        token = sas.sign(
            agent.listen_key, "listen", f"http://{address}/agent1", expires
        )
        async with aiohttp.ClientSession(base, connector=tls) as client:
            async with client.post("/$enrol", data=agent.application) as answer:
                assert answer.status == 201
            query = {"sb-hc-action": "listen", "sb-hc-token": token}
            async with client.ws_connect("/$hc/agent1", params=query) as socket:
                process.send_signal(signal.SIGTERM)
                frame = await socket.receive(timeout=10)
                assert (frame.type, frame.data) == (aiohttp.WSMsgType.CLOSE, 1001)
        log = process.communicate(timeout=10)[1]
        assert process.returncode == 0
    assert "agent1 listens" in log
    secret = base64.urlsafe_b64encode(agent.code.secret).decode().rstrip("=")
    for leak in ("sig", "SharedAccess", agent.listen_key, secret):
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
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == agent.keys.public.fingerprint
    assert "agent1  portal acme" in shown[1]


def test_a_forgotten_agents_name_is_free(
    data: Path, statement: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_portal(data, statement)
    assert main(["forget", "nobody", "--data", str(data)]) == 1
    assert "writeback-relay agents" in capsys.readouterr().err
