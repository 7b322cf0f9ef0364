"""The agent as a process: enrolled at a real relay, asked by a real portal."""

import asyncio
import base64
import contextlib
import json
import os
import queue
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from agent.config import enrolment, settings_file
from agent.config import secret_store as kept
from agent.config.enrolment import Enrolment
from agent.relay_client.clone_detection import CloneDetector, CloneQuery, Finding
from agent.relay_client.endpoint import RelayEndpoint
from agent.system import atomic_files
from agent.system.instance import Instance
from agent.system.paths import Paths
from docs.portal_client import Client, Portal
from lab.agent_settings import AGENT, settings_for
from lab.authority import Authority
from lab.controller import Lab
from lab.relay import LabRelay
from lab.slow_controller import ask_until_there
from tests.fixtures.agent_stage import CANARY, SELF_TEST
from wire import jose, messages, sas
from wire.agent_statements import sign_application
from wire.enrolment_code import parse
from wire.keys import PrivateKeys, PublicKeys
from wire.portal_statement import PortalStatement
from wire.secret import Secret
from wizard.host.sandbox import process

_SECONDS = 30.0


@dataclass
class Installed:
    """An installation in a folder, and the portal that may ask it."""

    lab: Lab
    relay: LabRelay
    places: Paths
    keys: PrivateKeys

    @contextlib.contextmanager
    def start(self, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """Run an agent, which the block ends; when that fails, it is killed."""
        argv = [sys.executable, "-m", "agent", "run", "--home", str(self.places.home)]
        with (
            (self.places.home / "out").open("a") as out,
            subprocess.Popen(
                argv,
                stdout=out,
                stderr=out,
                text=True,
                env={**os.environ, **environment},
            ) as agent,
        ):
            try:
                yield agent
            except BaseException:
                agent.kill()
                raise

    def check(self, *more: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "agent", "check"]
        argv += ["--home", str(self.places.home)]
        return subprocess.run(
            [*argv, *more], capture_output=True, text=True, check=False
        )

    def status(self) -> dict[str, Any]:
        with contextlib.suppress(FileNotFoundError):
            found: dict[str, Any] = json.loads(self.places.status.read_text())
            return found
        return {}

    def wait_ready(self) -> dict[str, Any]:
        deadline = time.monotonic() + _SECONDS
        while not (status := self.status()).get("ready") or not status.get("port"):
            assert time.monotonic() < deadline, (self.places.home / "out").read_text()
            time.sleep(0.02)
        return status

    def post(self, method: str, path: str, body: bytes | None = None) -> bytes:
        return call(self.relay, method, f"/{AGENT}/{path}", body, self.sender())

    def sender(self) -> dict[str, str]:
        portal = json.loads((self.relay.portal).read_text())
        audience = f"http://{self.relay.address}/{AGENT}"
        name, key = portal["send_key_name"], portal["send_key"]
        token = sas.sign(key, name, audience, int(time.time()) + 60)
        return {"ServiceBusAuthorization": token}

    def reset(self, key: str) -> dict[str, Any]:
        """Reset a person's password; again where the controller was only slow."""
        return ask_until_there(
            lambda: self.reset_once(key), lambda reply: str(reply["code"])
        )

    def reset_once(self, key: str) -> dict[str, Any]:
        portal = json.loads((self.relay.portal).read_text())
        own = PrivateKeys.of(Secret(json.dumps(portal["keys"])))
        now = int(time.time())
        claims = {
            "iss": portal["issuer"],
            "aud": AGENT,
            "iat": now,
            "exp": now + 60,
            "jti": messages.new_jti(),
            "op": "reset",
            "new_password": CANARY,
            "user": {"by": "objectGUID", "value": self.lab.people[key]["objectGUID"]},
        }
        token = messages.seal_request(claims, own, self.keys.public)
        answer = self.post("POST", "resets", token)
        return messages.open_answer(answer, own, self.keys.public)


def call(
    relay: LabRelay, method: str, path: str, body: bytes | None, head: dict[str, str]
) -> bytes:
    context = ssl.create_default_context(cafile=str(relay.folder / "ca.pem"))
    request = urllib.request.Request(relay.url + path, body, head, method=method)  # noqa: S310
    with urllib.request.urlopen(request, context=context, timeout=20) as answer:  # noqa: S310
        return bytes(answer.read())


@pytest.fixture
def installed(fresh_lab: Lab, tmp_path: Path) -> Iterator[Installed]:
    authority = Authority(fresh_lab.ca, fresh_lab.ca.parent / "ca.key")
    relay = LabRelay.make(tmp_path / "relay", fresh_lab.address, authority)
    relay.start(dies_with_us=True)
    try:
        yield install(fresh_lab, relay, Paths.below(tmp_path / "home"))
    finally:
        relay.stop()


def install(lab: Lab, relay: LabRelay, places: Paths) -> Installed:
    """Do by hand what the wizard does."""
    keys, tester = PrivateKeys.generate(), PrivateKeys.generate()
    listen, test = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in "12")
    code = parse(relay.code())
    shared = (Secret(listen), Secret(test))
    application = sign_application(keys, AGENT, relay.address, code.secret, shared)
    head = {"Content-Type": "application/jose"}
    reply = json.loads(call(relay, "POST", "/$enrol", application, head))
    portal = PortalStatement.read(reply["portal"])
    place = {"url": relay.url, "ca": str(relay.folder / "ca.pem")}
    chosen = settings_for(lab, relay=place)
    atomic_files.write_atomically(places.settings, settings_file.dump(chosen))
    enrolment.save(
        places.enrolment,
        Enrolment(
            relay_url=relay.url,
            connection=reply["connection"],
            listen_key_name=reply["listen_key_name"],
            test_key_name=reply["test_key_name"],
            portal_issuer=portal.issuer,
            portal_keys=tuple(portal.keys.jwks()),
            self_test_issuer=SELF_TEST,
            self_test_keys=tuple(tester.public.jwks()),
        ),
    )
    store = kept.in_folder(places.secrets)
    password = lab.accounts["svc-existing"]["password"]
    store.put(kept.DIRECTORY_PASSWORD, Secret(password))
    store.put(kept.AGENT_KEYS, keys.secret())
    store.put(kept.LISTEN_KEY, Secret(listen))
    store.put(kept.TEST_KEY, Secret(test))
    store.put(kept.SELF_TEST_KEYS, tester.secret())
    return Installed(lab, relay, places, keys)


def test_a_reset_through_the_relay(installed: Installed) -> None:
    with installed.start() as agent:
        try:
            status = installed.wait_ready()
            assert status["directory"]["controller"] == installed.lab.host
            signed = installed.post("GET", "keys")
            reply = jose.read_signed(
                signed, installed.keys.public, "writeback-keys+jwt"
            )
            assert PublicKeys.of(reply["keys"]).fingerprint == (
                installed.keys.public.fingerprint
            )
            answer = installed.reset("anna")
            assert answer["code"] == "ok"
            local = f"http://127.0.0.1:{status['port']}"
            with urllib.request.urlopen(f"{local}/ready") as ready:  # noqa: S310
                assert ready.status == 200
            with urllib.request.urlopen(f"{local}/metrics") as metrics:  # noqa: S310
                page = metrics.read().decode()
            assert 'writeback_requests_total{code="ok"} 1' in page
        finally:
            os.kill(agent.pid, signal.SIGTERM)
        assert agent.wait(_SECONDS) == 0
    installed.lab.sign_in(installed.lab.people["anna"]["upn"], CANARY)
    assert not installed.places.status.exists()
    password = installed.lab.accounts["svc-existing"]["password"]
    for path in installed.places.home.rglob("*"):
        if path.is_file() and path.parent != installed.places.secrets:
            assert CANARY.encode() not in path.read_bytes()
            assert password.encode() not in path.read_bytes()


def test_it_finds_a_controller_that_came_back(installed: Installed) -> None:
    with installed.start() as agent:
        try:
            installed.wait_ready()
            installed.lab.kill()
            assert installed.reset_once("bruno")["code"] == "directory_unavailable"
            assert installed.status()["directory"]["state"] == "waiting"
            installed.lab.restart()
            installed.wait_ready()
            assert installed.reset("bruno")["code"] == "ok"
        finally:
            os.kill(agent.pid, signal.SIGTERM)
        assert agent.wait(_SECONDS) == 0


def test_check_proves_what_the_service_needs(installed: Installed) -> None:
    done = installed.check("--json")
    found = {each["id"]: each["state"] for each in json.loads(done.stdout)}
    assert (done.returncode, found) == (
        0,
        {"secrets": "ok", "sign_in": "ok", "policy_hints": "ok", "relay": "ok"},
    )
    store = kept.in_folder(installed.places.secrets)
    store.put(kept.DIRECTORY_PASSWORD, Secret(CANARY))
    installed.relay.stop()
    done = installed.check()
    assert done.returncode == 4
    assert "the name or the password is wrong" in done.stdout
    assert "failed  Relay at" in done.stdout
    assert CANARY not in done.stdout + done.stderr


def test_what_can_not_be_used_is_told_in_full(installed: Installed) -> None:
    text = installed.places.settings.read_text()
    installed.places.settings.write_text(text.replace("port: 636", "port: 3269"))
    installed.places.enrolment.write_text("{}")
    kept.in_folder(installed.places.secrets).remove(kept.AGENT_KEYS)
    with installed.start() as agent:
        assert agent.wait(20) == 2
    page = (installed.places.home / "out").read_text()
    for name in ("directory.port", "enrolment.json", "agent-keys"):
        assert name in page
    assert installed.check().returncode == 2


@contextlib.contextmanager
def service_manager(folder: Path) -> Iterator[Callable[[str], str]]:
    """Listen as systemd does; gives a function that waits for a line."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(folder / "notify"))
        lines = queue.SimpleQueue[str]()

        def listen() -> None:
            # all the time: who tells more than the socket holds waits for this
            while reply := listening.recv(4096).decode():
                for line in reply.splitlines():
                    lines.put(line)

        def wait_for(start: str) -> str:
            while not (line := lines.get(timeout=_SECONDS)).startswith(start):
                pass
            return line.removeprefix(start)

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield wait_for
        finally:
            listening.shutdown(socket.SHUT_RD)
            thread.join()


def ask_on(installed: Installed, stop: threading.Event, codes: list[str]) -> None:
    """Ask about one person again and again, as a portal does: with retries."""
    client = Client(Portal.load(installed.relay.portal))
    with contextlib.closing(client):
        agent = client.agent(AGENT, installed.keys.public.fingerprint)
        guid = installed.lab.people["anna"]["objectGUID"]
        user = {"by": "objectGUID", "value": guid}
        while not stop.is_set():
            codes.append(client.request(agent, "check", user=user)["code"])


def test_a_successor_takes_over_without_a_gap(installed: Installed) -> None:
    with (
        service_manager(installed.places.home) as wait_for,
        installed.start(
            NOTIFY_SOCKET=str(installed.places.home / "notify"),
            WATCHDOG_USEC="3000000",
        ) as agent,
    ):
        wait_for("READY=1")
        assert installed.status()["ready"]
        wait_for("WATCHDOG=1")
        stop, codes = threading.Event(), list[str]()
        asking = threading.Thread(target=ask_on, args=(installed, stop, codes))
        asking.start()
        try:
            os.kill(agent.pid, signal.SIGHUP)
            successor = process.of(int(wait_for("MAINPID=")))
            assert agent.wait(_SECONDS) == 0
            # it was there before the other went, and stays
            assert installed.status()["pid"] == successor.pid
            before = len(codes)
            until(lambda: len(codes) > before + 3)
        finally:
            stop.set()
            asking.join()
        assert set(codes) == {"ok"}
        successor.signal(signal.SIGTERM)
        assert successor.ended_within(_SECONDS)
    assert not installed.places.status.exists()


async def test_two_agents_with_the_same_keys_are_found(
    installed: Installed, tmp_path: Path
) -> None:
    copied = replace(installed, places=Paths.below(tmp_path / "copy"))
    shutil.copytree(installed.places.home, copied.places.home)
    store = kept.in_folder(installed.places.secrets)
    made = enrolment.load(installed.places.enrolment)
    key = store.get(kept.TEST_KEY)
    assert key is not None
    ask_until_there = CloneQuery(
        RelayEndpoint(settings_file.load(installed.places.settings).relay),
        made.connection,
        made.test_key_name,
        key,
        installed.keys.public,
    )
    with installed.start() as first, copied.start() as second:
        try:
            for each in (installed, copied):
                await asyncio.to_thread(each.wait_ready)
            reply: list[Finding] = []
            looking = CloneDetector(
                ask_until_there, Instance("neither", 1), reply.append, 0.01
            )
            task = asyncio.create_task(looking.run())
            await asyncio.to_thread(until, lambda: Finding.COPY in reply)
            task.cancel()
        finally:
            first.send_signal(signal.SIGTERM)
            second.send_signal(signal.SIGTERM)
        assert (first.wait(_SECONDS), second.wait(_SECONDS)) == (0, 0)


def test_a_successor_that_can_not_start_takes_nobody_down(
    installed: Installed,
) -> None:
    with (
        service_manager(installed.places.home) as wait_for,
        installed.start(NOTIFY_SOCKET=str(installed.places.home / "notify")) as agent,
    ):
        wait_for("READY=1")
        text = installed.places.settings.read_text()
        installed.places.settings.write_text("version: 1\n")
        os.kill(agent.pid, signal.SIGHUP)
        out = installed.places.home / "out"
        until(lambda: "going on" in out.read_text())
        assert installed.reset("anna")["code"] == "ok"
        assert installed.status()["pid"] == agent.pid
        # mended, the next one takes over
        installed.places.settings.write_text(text)
        os.kill(agent.pid, signal.SIGHUP)
        successor = process.of(int(wait_for("MAINPID=")))
        assert agent.wait(_SECONDS) == 0
        successor.signal(signal.SIGTERM)
        assert successor.ended_within(_SECONDS)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
