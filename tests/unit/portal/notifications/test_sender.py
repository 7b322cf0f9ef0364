"""The queue goes on, whatever one of its messages is."""

from portal.database.outbox import MAIL, Message
from portal.notifications.sender import Sender
from tests.fixtures.portal.running import Running


class _Server:
    """Takes mails, but to one address."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, message: Message) -> None:
        if message.to == "bad":
            raise ValueError("it can't be composed")
        self.sent.append(message.to)


def _message(to: str) -> Message:
    return Message("mail", "code", None, to, "Subject", "Text")


async def test_a_mail_that_cannot_be_made_stops_no_other(portal: Running) -> None:
    services, server = portal.portal.services, _Server()
    with services.database.begin() as connection:
        for number, to in enumerate(("bad", "anna@example.org")):
            services.outbox.put(
                connection, _message(to), portal.clock.now - 2 + number, 600
            )
    sender = Sender(services.database, services.outbox, MAIL, server, services.clock)
    while await sender.send_one():
        pass
    assert server.sent == ["anna@example.org"]


async def test_a_message_that_is_not_ours_stops_no_other(portal: Running) -> None:
    """Who writes the database silences nobody's mail by one row."""
    services, server = portal.portal.services, _Server()
    with services.database.begin() as connection:
        for number, to in enumerate(("lost@example.org", "anna@example.org")):
            services.outbox.put(
                connection, _message(to), portal.clock.now - 2 + number, 600
            )
        connection.exec_driver_sql(
            "UPDATE outbox SET message = x'00' "
            "WHERE due = (SELECT MIN(due) FROM outbox)"
        )
    sender = Sender(services.database, services.outbox, MAIL, server, services.clock)
    while await sender.send_one():
        pass
    assert server.sent == ["anna@example.org"]
