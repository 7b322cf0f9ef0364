"""A relay, a controller or a caller says what it likes: a line of it, printable."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agent.config.settings import Relay
from agent.ldap.errors import refused, sign_in_refused
from agent.relay_client.endpoint import RelayEndpoint
from wire.enrolment_code import RelayHalf
from wire.failure import Failure
from wire.keys import PrivateKeys
from wire.portal_statement import PortalStatement
from wire.secret import Secret
from wizard.checks.relay import check_relay
from wizard.cli.output import Exit, Result, checks_text
from wizard.cli.output import refused as told
from wizard.enrolment import relay_client
from wizard.enrolment.relay_client import Application, RelayFailed

FORGED = "\n  Fingerprint  AB12 CD34"
HOSTILE = {
    "a line": FORGED,
    "an escape sequence": "\x1b[2K\x1b[1A\x1b]0;x\x07",
    "the C1 form of one": "\x9b2K\x85",
    "another direction": "\u202e\u2066\u200f",
    "another line separator": "\u2028\u2029",
    "a megabyte": "x" * 1_000_000,
    "a megabyte of escapes": "\x1b" * 1_000_000,
}
KEYS = PrivateKeys.generate()
STATED = PortalStatement.sign("https://portal.corp.test", KEYS, 1)
CODE = RelayHalf(b"s" * 16).joined(STATED.digest)
SHARED = (Secret("bGlzdGVu"), Secret("dGVzdA"))
APPLICATION = Application("sync-01", KEYS, CODE.secret, *SHARED)


@pytest.fixture(params=list(HOSTILE.values()), ids=list(HOSTILE))
def words(request: pytest.FixtureRequest) -> str:
    said: str = request.param
    return said


class Hostile:
    """A relay that answers what it is told to, with any status and reason."""

    def __init__(self) -> None:
        self.status, self.body, self.reason = 200, b"{}", "OK"

    async def answer(self, _request: web.Request) -> web.Response:
        headers = {"Date": "x", "Content-Type": "application/json"}
        return web.Response(
            status=self.status, reason=self.reason, body=self.body, headers=headers
        )

    def says(self, status: int, content: dict[str, Any]) -> None:
        self.status, self.body = status, json.dumps(content).encode()


@pytest.fixture
async def stage() -> AsyncIterator[tuple[Hostile, RelayEndpoint]]:
    relay, app = Hostile(), web.Application()
    app.router.add_route("*", "/{path:.*}", relay.answer)
    server = TestServer(app)
    await server.start_server()
    # a relay is asked over TLS alone; what is looked at here comes after that
    url = f"http://127.0.0.1:{server.port}"
    settings = Relay.model_construct(url=url, ca=None, proxy="")
    yield relay, RelayEndpoint(settings)
    await server.close()


def is_tame(text: str) -> bool:
    return len(text) < 1200 and all(line.isprintable() for line in text.split("\n"))


CALLS: dict[str, Callable[[RelayEndpoint], object]] = {
    "enrol": lambda there: relay_client.enrol(there, APPLICATION),
    "withdraw": lambda there: relay_client.withdraw(there, "sync-01", KEYS),
    "rotate": lambda there: relay_client.rotate_shared_keys(
        there, "sync-01", KEYS, SHARED
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
@pytest.mark.parametrize("status", [400, 401, 403, 409, 418, 500])
async def test_what_a_relay_refuses_with_is_one_line(
    stage: tuple[Hostile, RelayEndpoint],
    words: str,
    call: Callable[[RelayEndpoint], object],
    status: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    relay, there = stage
    relay.says(
        status, {"error": words, "remedy": words, "reason": words, "field": words}
    )
    with pytest.raises(RelayFailed) as failed:
        await asyncio.to_thread(call, there)
    for text in (failed.value.what, failed.value.remedy, str(failed.value)):
        assert is_tame(text)
        assert "\n" not in text
    told(failed.value)
    assert capsys.readouterr().err.count("\n") == 1


async def test_what_a_relay_tells_of_a_code_is_one_line(
    stage: tuple[Hostile, RelayEndpoint], words: str
) -> None:
    relay, there = stage
    for content in (
        {"state": words, "agent": words, "used_at": words, "portal": words},
        {"state": "used", "agent": words, "used_at": words},
        {"state": "used", "agent": "srv1", "used_at": words},
        {"state": "open", "portal": {"issuer": words, "keys": words}},
        {"state": "open", "expires_at": words},
        {"state": "open", "expires_at": "0001-01-01T00:00:00+23:59"},
        {"error": words, "remedy": words},
    ):
        relay.says(200, content)
        rows = await asyncio.to_thread(
            check_relay, there, Secret(CODE.text), threading.Event()
        )
        shown = checks_text(rows)
        assert is_tame(shown)
        assert FORGED not in shown
        assert any(row.state == "failed" for row in rows)


async def test_a_reason_phrase_is_shown_nowhere(
    stage: tuple[Hostile, RelayEndpoint],
) -> None:
    relay, there = stage
    relay.status, relay.body, relay.reason = 418, b"", "AB12 CD34 \x1b[2K"
    with pytest.raises(RelayFailed) as failed:
        await asyncio.to_thread(relay_client.enrol, there, APPLICATION)
    assert "AB12" not in failed.value.whole


def failures(words: str) -> Iterator[Failure]:
    yield refused("dc1.corp.test", 1, words)
    yield refused("dc1.corp.test", 53, f"0000052D: {words}")
    yield refused(words, 80, words)
    yield sign_in_refused("dc1.corp.test", 49, f"80090308: data 52e, {words}")


def test_what_a_controller_refuses_with_is_one_line(words: str) -> None:
    for failure in failures(words):
        shown = str(failure)
        assert shown.isprintable()
        assert len(shown) < 20_000


def test_whatever_is_said_on_a_terminal_is_printable(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what is no text of ours, such as a name that a directory gave."""
    Result(Exit.DONE, f"Agent  {words}", {"name": words}).print(as_json=False)
    Result(Exit.DONE, f"Agent  {words}", {"name": words}).print(as_json=True)
    for line in capsys.readouterr().out.splitlines():
        assert line.isprintable()
