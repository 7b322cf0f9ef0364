"""What carries messages of the queue away: a mail server, a text message gateway."""

from typing import Protocol

from portal.database.outbox import Message


class NotSent(Exception):
    """A message was not taken; `for_good` where it never will be."""

    def __init__(self, what: str, *, for_good: bool = False) -> None:
        super().__init__(what)
        self.for_good = for_good


class Delivery(Protocol):
    """One way that messages go."""

    async def send(self, message: Message) -> None:
        """Send a message; NotSent says why not, never with the message's words."""
