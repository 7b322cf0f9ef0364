"""The queue of text messages before a real gateway: away, slow, refusing, lying."""

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from sqlalchemy import select

from lab.authority import Authority, make_authority
from portal.database.engine import Database
from portal.database.migrations import migrate
from portal.database.outbox import SMS, Message, Outbox
from portal.database.schema import OUTBOX
from portal.keys.row_keys import RowKeys, new_key
from portal.methods.one_time_code import LIFETIME_S
from portal.notifications import text_gateway as gateway_module
from portal.notifications.sender import Sender
from portal.notifications.text_gateway import TextGateway
from portal.text_messages import TextMessages
from tests.fixtures.portal.running import Clock
from tests.fixtures.portal.text_gateway import (
    NUMBER,
    GatewayThread,
    settings_for,
    text_gateway,
)
from wire.secret import Secret

HOUR = 3600.0
TEXT = 'Canary-735912 is "your" code & no {number}, {secret}'
SECRET = "Bearer Canary-of-the-gateway"


@dataclass
class Queue:
    """A queue in a file, the gateway it goes to, and time that is told to go on."""

    file: Path
    gateway: GatewayThread
    ca: Path
    settings: dict[str, Any] = field(default_factory=dict)
    key: Secret = field(default_factory=new_key)
    clock: Clock = field(default_factory=Clock)
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.database = Database(f"sqlite:///{self.file}")
        migrate(self.database)
        self.outbox = Outbox(RowKeys.of(self.key))

    def restart(self) -> None:
        """Go on as a new process would."""
        self.database.close()
        self.open()

    def put(self, text: str = TEXT) -> None:
        message = Message(SMS, "code", None, NUMBER, "", text)
        with self.database.begin() as connection:
            self.outbox.put(connection, message, self.clock.now, LIFETIME_S)

    async def go_on(self, seconds: float, step: float = 30.0) -> None:
        """Let time pass; what is due meanwhile is sent, or tried."""
        values = settings_for(self.gateway.url, self.ca, **self.settings)
        settings = TextMessages.model_validate(values)
        secret = Secret(SECRET) if settings.needs_secret else None
        ends = self.clock.now + seconds
        async with TextGateway(settings, secret) as gateway:
            sender = Sender(self.database, self.outbox, SMS, gateway, self.clock)
            while True:
                while await sender.send_one():
                    pass
                if self.clock.now >= ends:
                    return
                self.clock.now += step

    def failure(self) -> str:
        with self.database.begin() as connection:
            return str(connection.scalar(select(OUTBOX.c.failure)))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "ca")


@pytest.fixture
def queue(authority: Authority, tmp_path: Path) -> Iterator[Queue]:
    with text_gateway(authority, tmp_path / "gateway") as gateway:
        made = Queue(tmp_path / "portal.db", gateway, authority.certificate)
        yield made
        made.database.close()


async def test_a_message_is_asked_for_as_the_settings_say(queue: Queue) -> None:
    queue.settings = {
        "method": "PUT",
        "headers": {"Authorization": "{secret}", "X-Account": "contoso"},
        "fields": {"to": ["{digits}"], "message": {"body": "{text}", "urgent": True}},
    }
    queue.put()
    await queue.go_on(0)
    (asked,) = queue.gateway.asked
    assert (asked.method, asked.path) == ("PUT", "/messages?api-version=1")
    assert asked.headers["Authorization"] == SECRET
    assert asked.headers["X-Account"] == "contoso"
    assert asked.headers["Content-Type"] == "application/json"
    filled = {"to": [NUMBER[1:]], "message": {"body": TEXT, "urgent": True}}
    assert json.loads(asked.body) == filled


async def test_a_form_is_sent_where_the_settings_say_so(queue: Queue) -> None:
    queue.settings = {
        "format": "form",
        "fields": {"To": "{number}", "Body": "{text}", "From": "Contoso & more"},
    }
    queue.put()
    await queue.go_on(0)
    (asked,) = queue.gateway.asked
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(asked.body, strict_parsing=True) == {
        "To": [NUMBER],
        "Body": [TEXT],
        "From": ["Contoso & more"],
    }


async def test_a_gateway_of_an_unknown_authority_learns_nothing(
    queue: Queue, tmp_path: Path
) -> None:
    queue.put()
    known, queue.ca = queue.ca, make_authority(tmp_path / "another").certificate
    await queue.go_on(0)
    assert queue.gateway.asked == []
    queue.ca = known
    await queue.go_on(60)
    assert len(queue.gateway.asked) == 1


async def test_after_an_hour_away_no_old_code_is_sent_and_a_new_one_once(
    queue: Queue,
) -> None:
    queue.gateway.stop()
    queue.put("111111 is old")
    await queue.go_on(HOUR - 120)
    queue.put("222222 is new")
    await queue.go_on(120)
    queue.restart()
    queue.gateway.start()
    await queue.go_on(HOUR)
    assert ["222222" in each.body for each in queue.gateway.asked] == [True]


async def test_a_restart_in_the_middle_loses_nothing(queue: Queue) -> None:
    queue.put()
    with queue.database.begin() as connection:
        # taken, and its process ended before it was sent
        assert queue.outbox.take(connection, queue.clock.now, SMS) is not None
    queue.restart()
    await queue.go_on(0)
    assert queue.gateway.asked == []
    await queue.go_on(180)
    assert len(queue.gateway.asked) == 1


async def test_a_redirect_takes_no_number_elsewhere(
    queue: Queue, authority: Authority, tmp_path: Path
) -> None:
    with text_gateway(authority, tmp_path / "elsewhere") as elsewhere:
        queue.gateway.status, queue.gateway.location = 307, elsewhere.url
        queue.put()
        await queue.go_on(LIFETIME_S)
        assert elsewhere.asked == []
    assert "a redirect, which is not followed" in queue.failure()


async def test_an_answer_without_end_is_not_read(queue: Queue) -> None:
    queue.gateway.body = b"x" * 64 * 1024 * 1024
    queue.put()
    began = time.monotonic()
    await queue.go_on(0)
    assert time.monotonic() - began < 10
    await queue.go_on(LIFETIME_S)
    assert len(queue.gateway.asked) == 1


async def test_a_gateway_that_says_nothing_is_asked_once(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it sent the message is not known: two are worse than none."""
    timeout = aiohttp.ClientTimeout(total=0.5)
    monkeypatch.setattr(gateway_module, "_TIMEOUT", timeout)
    queue.gateway.silent = True
    queue.put()
    await queue.go_on(LIFETIME_S)
    assert len(queue.gateway.asked) == 1
    assert "it may have been sent" in queue.failure()


@pytest.mark.parametrize(
    ("status", "is_asked_again"),
    [(400, False), (401, True), (404, True), (422, False), (429, True), (503, True)],
)
async def test_what_may_pass_is_tried_again(
    queue: Queue, status: int, *, is_asked_again: bool
) -> None:
    queue.gateway.status = status
    queue.put()
    await queue.go_on(60)
    assert (len(queue.gateway.asked) > 1) is is_asked_again
    assert queue.failure() == f"the gateway answered {status}"


async def test_neither_number_nor_words_nor_secret_are_logged(
    queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    queue.settings = {"headers": {"Authorization": "{secret}"}}
    queue.gateway.status, queue.gateway.body = 500, f"{NUMBER} {TEXT}".encode()
    queue.put()
    await queue.go_on(60)
    queue.gateway.stop()
    await queue.go_on(60)
    held = caplog.text + queue.file.read_bytes().decode("latin-1")
    assert "was not sent" in caplog.text
    assert not [each for each in (NUMBER[1:], TEXT, SECRET) if each in held]
