"""The queue of mails before a real mail server: away, refusing, over TLS."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from lab.authority import Authority, make_authority
from portal.database.engine import Database
from portal.database.migrations import migrate
from portal.database.outbox import MAIL, Message, Outbox
from portal.database.schema import OUTBOX
from portal.keys.row_keys import RowKeys, new_key
from portal.notifications import sender as sender_module
from portal.notifications.mail_server import MailServer
from portal.notifications.messages import NOTICE_S
from portal.notifications.sender import Sender
from portal.settings import Mail
from tests.fixtures.portal.mail import MailServerThread, mail_server
from tests.fixtures.portal.running import Clock
from wire.secret import Secret

HOUR = 3600.0
ANNA, BEN = "anna@example.com", "ben@example.com"


@dataclass
class Queue:
    """A queue in a file, with the keys that open it, and time that is told to go on."""

    file: Path
    server: MailServerThread
    ca: Path
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

    @property
    def sender(self) -> Sender:
        mail = Mail(
            host="localhost",
            port=self.server.port,
            sender="noreply@contoso.test",
            ca=self.ca,
        )
        server = MailServer(mail, None)
        return Sender(self.database, self.outbox, MAIL, server, self.clock)

    def put(self, to: str, words: str = "Your password has been changed.") -> None:
        message = Message("mail", "reset", None, to, "Changed", words)
        with self.database.begin() as connection:
            self.outbox.put(connection, message, self.clock.now, NOTICE_S)

    async def go_on(self, seconds: float, step: float = 30.0) -> None:
        """Let time pass; what is due meanwhile is sent, or tried."""
        ends = self.clock.now + seconds
        sender = self.sender
        while True:
            while await sender.send_one():
                pass
            if self.clock.now >= ends:
                return
            self.clock.now += step

    def failures(self) -> list[str | None]:
        with self.database.begin() as connection:
            return list(connection.execute(select(OUTBOX.c.failure)).scalars())

    @property
    def came(self) -> list[str]:
        return [str(each["To"]) for each in self.server.mailbox.mails]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "ca")


@pytest.fixture
def queue(authority: Authority, tmp_path: Path) -> Iterator[Queue]:
    with mail_server(authority, tmp_path / "server") as server:
        made = Queue(tmp_path / "portal.db", server, authority.certificate)
        yield made
        made.database.close()


async def test_a_mail_goes_over_tls_of_a_known_authority(
    queue: Queue, tmp_path: Path
) -> None:
    queue.put(ANNA)
    known = queue.ca
    queue.ca = make_authority(tmp_path / "another").certificate
    await queue.go_on(0)
    assert queue.came == []
    queue.ca = known
    await queue.go_on(60)
    (mail,) = queue.server.mailbox.mails
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail["From"], mail["To"]) == ("noreply@contoso.test", ANNA)


async def test_a_server_that_was_away_for_an_hour_gets_each_mail_once(
    queue: Queue,
) -> None:
    queue.server.stop()
    for _ in range(3):
        queue.put(ANNA)
        queue.put(BEN)
        await queue.go_on(HOUR / 3)
    assert queue.came == []
    queue.restart()
    queue.server.start()
    await queue.go_on(HOUR)
    assert sorted(queue.came) == [ANNA] * 3 + [BEN] * 3
    await queue.go_on(2 * HOUR, step=600)
    assert len(queue.came) == 6
    assert set(queue.failures()) == {None}


async def test_an_address_that_is_refused_is_never_tried_again(queue: Queue) -> None:
    queue.server.mailbox.refused[ANNA] = "550 5.1.1 no such mailbox"
    queue.put(ANNA)
    queue.put(BEN)
    await queue.go_on(NOTICE_S, step=600)
    assert queue.server.mailbox.asked.count(ANNA) == 1
    assert queue.came == [BEN]
    assert "the server refused the address" in queue.failures()


async def test_an_address_that_is_put_off_is_tried_again(queue: Queue) -> None:
    queue.server.mailbox.refused[ANNA] = "451 4.7.1 greylisted, come back later"
    queue.put(ANNA)
    await queue.go_on(60)
    assert queue.came == []
    queue.server.mailbox.refused.clear()
    await queue.go_on(HOUR)
    assert queue.came == [ANNA]


async def test_a_sender_that_the_server_refuses_loses_no_mail(queue: Queue) -> None:
    queue.server.mailbox.refused["noreply@contoso.test"] = "550 not from there"
    queue.put(ANNA)
    await queue.go_on(60)
    assert queue.came == []
    queue.server.mailbox.refused.clear()
    await queue.go_on(HOUR)
    assert queue.came == [ANNA]


async def test_a_restart_in_the_middle_loses_nothing(queue: Queue) -> None:
    queue.put(ANNA)
    queue.put(BEN)
    with queue.database.begin() as connection:
        # taken, and its process ended before it was sent
        assert queue.outbox.take(connection, queue.clock.now) is not None
    queue.restart()
    await queue.go_on(0)
    assert len(queue.came) == 1
    await queue.go_on(300)
    assert sorted(queue.came) == [ANNA, BEN]


async def test_a_database_that_was_away_ends_no_sending(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "_FAULT_S", 0.0)
    sender, failed = queue.sender, asyncio.Event()
    take = queue.outbox.take

    def away(connection: Connection, now: float, channel: str) -> object:
        if not failed.is_set():
            failed.set()
            raise OSError("the database is away")
        return take(connection, now, channel)

    monkeypatch.setattr(queue.outbox, "take", away)
    queue.put(ANNA)
    running = asyncio.create_task(sender.run())
    try:
        async with asyncio.timeout(20):
            while not queue.came:
                await asyncio.sleep(0.02)
                assert not running.done(), running.exception()
    finally:
        while not running.done():  # a cancellation may be taken for an answer
            running.cancel()
            await asyncio.wait({running}, timeout=1)
